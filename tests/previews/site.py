"""A web site on this machine: real HTTP, as well or badly spoken as a test wants."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes, content_type: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> bytes:
    """A whole answer."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


class Site:
    """Answers by path, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Serve] = {}
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.port = 0
        self.host = ""
        self.held: asyncio.Event | None = None
        """Nothing is answered before this is set."""
        self._news = asyncio.Event()
        self.serving: set[asyncio.Task[None]] = set()

    def url(self, path: str, host: str | None = None) -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    async def until_asked(self, times: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(10):
            while len(self.asked) < times:
                self._news.clear()
                await self._news.wait()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self.serving.add(serving)
        try:
            await self.serve(reader, writer)
        finally:
            self.serving.discard(serving)
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.asked.append(path)
            self.heads.append(head)
            self._news.set()
            if self.held is not None:
                await self.held.wait()
            page = self.pages.get(path, answer(b"", status=404))
            if isinstance(page, bytes):
                writer.write(page)
            else:
                await page(writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def site(host: str = "127.0.0.1") -> AsyncIterator[Site]:
    serving = Site()
    server = await asyncio.start_server(serving.connected, host, 0)
    serving.host, serving.port = host, server.sockets[0].getsockname()[1]
    try:
        yield serving
    finally:
        server.close()
        for task in (ending := list(serving.serving)):
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
