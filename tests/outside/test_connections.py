"""What goes out once, and what goes out again where a connection turns out to be closed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from chappe.outside.connections import Connections

pytestmark = pytest.mark.anyio

THIS_MACHINE = ("127.0.0.0/8",)


class Forgetful:
    """Answers the first requests of each connection, and closes it at the next one without a word."""

    def __init__(self) -> None:
        self.requests = 0
        self.port = 0
        self.answers = 1
        """Requests of one connection that are answered."""
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            for number in range(2):
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                if number >= self.answers:
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000)
                await writer.drain()
        writer.close()


@pytest.fixture
async def forgetful() -> AsyncIterator[Forgetful]:
    double = Forgetful()
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.port = server.sockets[0].getsockname()[1]
    yield double
    server.close()
    for writer in double.writers:
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_what_is_posted_once_is_not_repeated(forgetful: Forgetful) -> None:
    connections = Connections(THIS_MACHINE)
    url = f"http://127.0.0.1:{forgetful.port}/"
    assert len((await connections.post_once(url, [], b"", 100_000)).body) == 70_000
    forgetful.answers = 0
    with pytest.raises(ConnectionError):
        await connections.post_once(url, [], b"", 100_000)
    assert forgetful.requests == 2
    connections.close()
