"""The socket in the data folder by which `chappe user` and others ask a running server: one line of JSON each way.

Who may open it is who may enter the data folder, its owner alone; nothing of it can be reached over a network.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar, Union

import msgspec

from chappe.errors import Errcode, Refused, StartupError

logger = logging.getLogger(__name__)

NAME = "operator.sock"
MAX_WISH_BYTES = 65_536
MAX_ANSWER_BYTES = 1_000_000
TIMEOUT_S = 30.0
"""How long either side waits for the other."""

T = TypeVar("T")


class Fulfils(Protocol):
    """What fulfils wishes of whoever owns the machine: structs with a tag each. The answer is a struct, too."""

    @property
    def wishes(self) -> tuple[type[msgspec.Struct], ...]:
        """Which those are."""
        ...

    async def fulfil(self, wish: Any) -> object:
        """Do what is wished. Refuses with a sentence for the command line."""
        ...


class Machines:
    """All that can be wished for, each by the slice that fulfils it."""

    def __init__(self, *machines: Fulfils) -> None:
        self._by_wish = {wish: machine for machine in machines for wish in machine.wishes}
        self.read = msgspec.json.Decoder(Union[tuple(self._by_wish)]).decode  # noqa: UP007  # made of what is known here

    async def fulfil(self, wish: Any) -> object:
        """Have it done by who can."""
        return await self._by_wish[type(wish)].fulfil(wish)


class _Answer(msgspec.Struct):
    """What comes back: what was done, or why not."""

    done: Any = None
    refused: str = ""


_read_answer = msgspec.json.Decoder(_Answer).decode


@contextlib.asynccontextmanager
async def listening(folder: Path, machine: Machines) -> AsyncIterator[None]:
    """Answer wishes for as long as the context lasts."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                writer.write(msgspec.json.encode(await _answer(machine, await reader.readline())) + b"\n")
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            logger.info("A command on this machine went away before it had its answer")
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, sock=_listener(folder), limit=MAX_WISH_BYTES)
    try:
        yield
    finally:
        server.close()
        (folder / NAME).unlink(missing_ok=True)


def _listener(folder: Path) -> socket.socket:
    with _address(folder) as address:
        Path(address).unlink(missing_ok=True)  # left behind by a crash: the database's lock says that we are alone
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(address)
        Path(address).chmod(0o600)
    return listener


async def _answer(machine: Machines, line: bytes) -> _Answer:
    try:
        return _Answer(await machine.fulfil(machine.read(line)))
    except msgspec.DecodeError as wrong:
        return _Answer(refused=f"The command and the server are of different versions: {wrong}.")
    except Refused as no:
        return _Answer(refused=no.reason)


def ask(folder: Path, wish: msgspec.Struct, kind: type[T]) -> T | None:
    """Have the server that runs on a data folder fulfil a wish; None when none runs there. Refuses as it does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(TIMEOUT_S)
        try:
            with _address(folder) as address:
                asking.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            asking.sendall(msgspec.json.encode(wish) + b"\n")
            answer = _read_answer(_line(asking))
        except (TimeoutError, msgspec.DecodeError) as silent:
            raise StartupError("The running server did not answer.", "Look into its log.") from silent
    if answer.done is None:
        raise Refused(Errcode.FORBIDDEN, answer.refused)
    return msgspec.convert(answer.done, kind)


def _line(asking: socket.socket) -> bytes:
    with asking.makefile("rb") as incoming:
        return incoming.readline(MAX_ANSWER_BYTES)


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path through the open folder: the path of a socket may have 107 bytes only, a folder's many more."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)
