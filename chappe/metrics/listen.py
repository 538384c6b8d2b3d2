"""`GET /metrics` on an address of its own, so that no proxy ever shows the figures to the world by mistake."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from chappe.errors import StartupError
from chappe.metrics.registry import Metrics

MAX_HEAD_BYTES = 8_192
MAX_AT_ONCE = 8
"""Requests answered at the same time; what comes beyond is closed."""
SECONDS = 5.0
"""How long one may take to ask, and to take its answer."""

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@contextlib.asynccontextmanager
async def listening(metrics: Metrics, address: str | None) -> AsyncIterator[None]:
    """Serve the figures on `address`, such as `127.0.0.1:9108`, as long as the context lasts; with None, nowhere."""
    if address is None:
        yield
        return
    host, _, port = address.rpartition(":")
    listener = _Listener(metrics)
    try:
        server = await asyncio.start_server(listener.serve, host.strip("[]"), int(port), limit=MAX_HEAD_BYTES)
    except OSError as error:
        raise StartupError(
            f"Cannot listen on {address} for metrics: {error.strerror or error}.",
            "Choose another address or port for `metrics`, or leave it out.",
        ) from error
    try:
        yield
    finally:
        server.close()
        listener.close()


class _Listener:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        self._open.add(writer)
        try:
            if len(self._open) <= MAX_AT_ONCE:
                async with asyncio.timeout(SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(await self._answer(head))
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked is slow, gone or talks too much: nothing is owed to them
        finally:
            self._open.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def close(self) -> None:
        """End the connections that are open."""
        for writer in self._open:
            writer.close()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if path != b"/metrics":
            return _response("404 Not Found", "The figures are at /metrics.\n")
        if method not in (b"GET", b"HEAD"):
            return _response("405 Method Not Allowed", "GET only.\n")
        answer = _response("200 OK", await self._metrics.text())
        return answer if method == b"GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def _response(status: str, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
