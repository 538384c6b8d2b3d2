"""A lean HTTP/1.1 client: one keep-alive connection, one request at a time, raw bytes.

The client shares the machine with the server it measures, so a request must cost it a few microseconds.
It reads what homeservers answer with: `Content-Length` or chunked bodies; nothing else of HTTP is needed here.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import TypeVar, cast

import msgspec

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_UNFINISHED = -1

_Shape = TypeVar("_Shape")


class Unexpected(Exception):
    """An answer that is not the 200 the scenario needs, or a connection that broke."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of one HTTP answer."""

    status: int
    body: bytes

    def require(self) -> "Answer":
        """This answer, if its status is 200; otherwise raises `Unexpected` with the beginning of the body."""
        if self.status != 200:
            raise Unexpected(f"{self.status}: {self.body[:300].decode(errors='replace')}")
        return self

    def read(self, shape: type[_Shape]) -> _Shape:
        """The body as `shape`; raises `Unexpected` unless the status is 200."""
        return msgspec.json.decode(self.require().body, type=shape)


class Connection(asyncio.Protocol):
    """One connection to a server; open it with `connect`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._expected = _UNFINISHED  # bytes of head and body together, once the head told
        self._head = 0
        self._chunked = False
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop: a request under way fails."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unexpected(f"The server closed the connection: {exc}"))

    def data_received(self, data: bytes) -> None:
        """Called by the event loop: collects until one answer is whole."""
        received = self._received
        received += data
        if not self._head:
            self._read_head()
        if self._chunked:
            # Chunks are only unpacked once the last one is here: its marker cannot be missed, because it ends the data.
            if received.endswith(b"0\r\n\r\n"):
                body = _unchunk(received, self._head)
                if body is not None:
                    self._finish(body)
        elif self._head and len(received) >= self._expected:
            self._finish(bytes(received[self._head : self._expected]))

    def _read_head(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        self._head = end + 4
        if length := _LENGTH.search(self._received, 0, end):
            self._expected = self._head + int(length[1])
        else:
            self._chunked = _CHUNKED.search(self._received, 0, end) is not None
            self._expected = self._head

    def _finish(self, body: bytes) -> None:
        status = int(self._received[9:12])
        self._received.clear()
        self._head, self._expected, self._chunked = 0, _UNFINISHED, False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(status, body))

    def send(
        self, method: str, path: str, token: str = "", body: bytes = b"", content_type: str = "application/json"
    ) -> "asyncio.Future[Answer]":
        """Send one request now, and the future of its answer; fails with `Unexpected` if the connection breaks.

        The future is the caller's to wait for: a long poll is one that is waited for later.
        """
        if self._transport is None:
            raise Unexpected("The connection is closed.")
        assert self._answer is None or self._answer.done(), "one request at a time"
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        described = f"Content-Type: {content_type}\r\n" if body else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{described}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode() + body)
        return self._answer

    async def get(self, path: str, token: str = "") -> Answer:
        """GET `path` and its answer, whatever its status."""
        return await self.send("GET", path, token)

    async def put(self, path: str, token: str = "", body: bytes = b"{}") -> Answer:
        """PUT `body` (JSON) to `path` and its answer, whatever its status."""
        return await self.send("PUT", path, token, body)

    async def post(self, path: str, token: str = "", body: bytes = b"{}") -> Answer:
        """POST `body` (JSON) to `path` and its answer, whatever its status."""
        return await self.send("POST", path, token, body)

    def close(self) -> None:
        """Close the connection; a request under way is abandoned, as by a client that left."""
        if self._answer is not None:
            self._answer.cancel()
        if self._transport is not None:
            self._transport.close()


def _unchunk(received: bytearray, start: int) -> bytes | None:
    """The body of a chunked answer, or None while its last chunk is missing."""
    parts: list[bytes] = []
    while True:
        line = received.find(b"\r\n", start)
        if line < 0:
            return None
        size = int(received[start:line].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        end = line + 2 + size
        if len(received) < end + 2:
            return None
        parts.append(bytes(received[line + 2 : end]))
        start = end + 2


async def connect(port: int) -> Connection:
    """A new connection to 127.0.0.1:`port`; raises `OSError` if nobody listens there."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection
