"""The commands `chappe user …`: accounts, for whoever owns the machine.

A running server is asked by the socket in its data folder; without one the command opens the data itself.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from chappe.accounts.machine import MAX_LISTED, Create, Deactivate, Fulfilled, ListAccounts, Lock, Reset, Wish
from chappe.accounts.machine_socket import ask
from chappe.config import Settings, load
from chappe.errors import StartupError

app = App(name="user", help="Accounts of this server, for whoever owns the machine. Works while it runs, and when not.")

Flag = Annotated[bool, Parameter(negative=())]


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


@app.command
def create(
    name: str,
    *,
    operator: Flag = False,
    where: Where | None = None,
) -> None:
    """Make an account and print a link: whoever opens it first, within a day, chooses the password.

    Parameters
    ----------
    name
        The user name.
    operator
        The account may administer the server.
    """
    done = _fulfil(Create(name, operator), _settings(where))
    print(f"{done.user_id}: pass this link on. It works once, within a day.\n{done.link}")


@app.command(name="list")
def list_accounts(
    *,
    waiting: Flag = False,
    where: Where | None = None,
) -> None:
    """Print all accounts: user id, the day it was made, and what is to be said of it.

    Parameters
    ----------
    waiting
        Only those that wait for approval.
    """
    settings = _settings(where)
    after = ""
    while page := _fulfil(ListAccounts(after, waiting), settings).accounts:
        for one in page:
            made = datetime.fromtimestamp(one.created_at / 1000, UTC).date()
            print("\t".join((one.user_id, made.isoformat(), " ".join(one.states))))
        if waiting or len(page) < MAX_LISTED:
            return
        after = page[-1].user_id


@app.command
def reset(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Print a link with which an account gets a new password. All its sessions are told, and end when it is used.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = _fulfil(Reset(name), _settings(where))
    print(f"{done.user_id}: pass this link on. It works once, within a day; all sessions were told.\n{done.link}")


@app.command
def lock(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Lock an account: until it is unlocked, nothing can be done with it. Its logins stay.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = _fulfil(Lock(name), _settings(where))
    print(f"{done.user_id} is locked.")


@app.command
def unlock(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Unlock an account.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = _fulfil(Lock(name, locked=False), _settings(where))
    print(f"{done.user_id} is not locked.")


@app.command
def deactivate(
    name: str,
    *,
    erase: Flag = False,
    where: Where | None = None,
) -> None:
    """End an account for good. Nobody can take its name.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    erase
        Also erase what its owner stored for themselves.
    """
    done = _fulfil(Deactivate(name, erase), _settings(where))
    print(f"{done.user_id} is deactivated.")


def _settings(where: Where | None) -> Settings:
    where = where or Where()
    flags = {"server_name": where.server_name, "data_dir": where.data_dir, "storage": where.storage}
    return load(where.config, os.environ, {name: given for name, given in flags.items() if given is not None})


def _fulfil(wish: Wish, settings: Settings) -> Fulfilled:
    if settings.data_dir.is_dir():
        done = ask(settings.data_dir, wish)
        if done is not None:
            return done
    if not isinstance(wish, Create) and settings.storage == "sqlite" and not (settings.data_dir / "chappe.db").exists():
        raise StartupError(
            f"There is no server's data in {settings.data_dir}.",
            "Say which server is meant, as for `chappe serve`: --config FILE, or --data-dir FOLDER.",
        )
    print(f"No server runs on {settings.data_dir}: it is opened for a moment.", file=sys.stderr)
    os.umask(0o077)
    from chappe.app import fulfil_alone  # loads the whole server, which a running one spares us

    return asyncio.run(fulfil_alone(settings, wish))
