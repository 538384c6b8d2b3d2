"""A push gateway: a real HTTP server on this machine."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from chappe.push.pushers import PATH


class GatewayServer:
    """Answers each notification, remembers it, and can be told to answer otherwise."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.requests = 0
        self.status = 200
        self.answer: bytes = b'{"rejected":[]}'
        self.headers: dict[str, str] = {}
        self.port = 0
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers["content-length"]))
                assert head[0] == f"POST {PATH} HTTP/1.1"
                self.requests += 1
                if self.status == 200:
                    self.told.append(json.loads(body)["notification"])
                more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                answer = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.answer)}\r\n{more}\r\n"
                writer.write(answer.encode() + self.answer)
                await writer.drain()
                self._news.set()
        writer.close()

    async def until(self, number: int, *, requests: bool = False) -> list[dict[str, Any]]:
        """Wait until so many notifications (or requests) have come; returns the notifications."""
        async with asyncio.timeout(10):
            while (self.requests if requests else len(self.told)) < number:
                self._news.clear()
                await self._news.wait()
        return self.told


@contextlib.asynccontextmanager
async def gateway_server() -> AsyncIterator[GatewayServer]:
    gateway = GatewayServer()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()
