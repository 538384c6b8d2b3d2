"""Which server a command is about, and how it is asked: by the socket in its data folder, or by opening the data."""

import asyncio
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from cyclopts import Parameter

from chappe.accounts.machine_socket import ask
from chappe.config import Settings, load
from chappe.errors import StartupError

Flag = Annotated[bool, Parameter(negative=())]
T = TypeVar("T")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Where:
    """Which server is meant: what stands in no file is given as flags."""

    config: Annotated[Path | None, Parameter(env_var="CHAPPE_CONFIG")] = None
    """The TOML file with which the server runs."""
    server_name: str | None = None
    """The server name."""
    data_dir: str | None = None
    """The folder with the data."""
    storage: str | None = None
    """The database."""


def settings_of(where: Where | None) -> Settings:
    """The settings of the server that is meant."""
    where = where or Where()
    flags = {"server_name": where.server_name, "data_dir": where.data_dir, "storage": where.storage}
    return load(where.config, os.environ, {name: given for name, given in flags.items() if given is not None})


def require_data(settings: Settings) -> None:
    """Refuse a folder in which no server keeps anything."""
    if settings.storage == "sqlite" and not (settings.data_dir / "chappe.db").exists():
        raise StartupError(
            f"There is no server's data in {settings.data_dir}.",
            "Say which server is meant, as for `chappe serve`: --config FILE, or --data-dir FOLDER.",
        )


def fulfil_all(wishes: Iterable[msgspec.Struct], kind: type[T], settings: Settings) -> T:
    """Have several wishes fulfilled, one after the other, and return the answer to the last. The server is opened once
    for all of them, if none runs.
    """
    require_data(settings)
    done: T | None = None
    wished = iter(wishes)
    for wish in wished:
        done = ask(settings.data_dir, wish, kind)
        if done is None:
            wished = chain((wish,), wished)
            break
    else:
        assert done is not None, "there is at least one wish"
        return done
    print(f"No server runs on {settings.data_dir}: it is opened for a moment.", file=sys.stderr)
    os.umask(0o077)
    from chappe.app import fulfil_alone

    return msgspec.convert(asyncio.run(fulfil_alone(settings, *wished)), kind)


def fulfil(wish: msgspec.Struct, kind: type[T], settings: Settings, *, may_begin: bool = False) -> T:
    """Have a wish of whoever owns the machine fulfilled. With `may_begin` there need be no server's data yet."""
    if settings.data_dir.is_dir():
        done = ask(settings.data_dir, wish, kind)
        if done is not None:
            return done
    if not may_begin:
        require_data(settings)
    print(f"No server runs on {settings.data_dir}: it is opened for a moment.", file=sys.stderr)
    os.umask(0o077)
    from chappe.app import fulfil_alone  # loads the whole server, which a running one spares us

    return msgspec.convert(asyncio.run(fulfil_alone(settings, wish)), kind)
