"""A push gateway that takes everything at once and notes when: in the client's process, on 127.0.0.1."""

import asyncio
import re
import time
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TAKEN = b'{"rejected":[]}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_TAKEN), _TAKEN)

PATH = "/_matrix/push/v1/notify"


class Gateway:
    """Listens between `open` and `close`."""

    def __init__(self) -> None:
        self._expected = b""
        self._arrived_s: list[float] = []
        self._missing = 0
        self._done: asyncio.Future[list[float]] | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Sender(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{PATH}"

    def expect(self, message: bytes, times: int) -> "asyncio.Future[list[float]]":
        """The times (performance counters, in seconds) at which notifications that contain `message` arrived.

        It is done when there were so many.
        """
        self._expected, self._missing, self._arrived_s = message, times, []
        self._done = asyncio.get_running_loop().create_future()
        return self._done

    def take(self, body: bytes) -> None:
        """One notification came."""
        if self._done is None or self._done.done() or self._expected not in body:
            return
        self._arrived_s.append(time.perf_counter())
        if len(self._arrived_s) == self._missing:
            self._done.set_result(self._arrived_s)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()


class _Sender(asyncio.Protocol):
    """A connection from the server: one request after another."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        while (end := received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(received, 0, end)
            assert length is not None, "servers tell the length of what they send"
            whole = end + 4 + int(length[1])
            if len(received) < whole:
                return
            self._gateway.take(bytes(received[end + 4 : whole]))
            del received[:whole]
            self._transport.write(_ANSWER)
