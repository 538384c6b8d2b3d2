"""A push service with a browser behind it: a real HTTP server on this machine, with keys that decrypt what it gets."""

import asyncio
import contextlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Pushed(NamedTuple):
    """What came: the headers, and what the browser reads."""

    headers: dict[str, str]
    body: dict[str, Any]
    size: int


class PushService:
    def __init__(self) -> None:
        self.port = 0
        self.status = 201
        self.requests = 0
        self.pushed: list[Pushed] = []
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self._news = asyncio.Event()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` in a browser."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": f"{self.origin}/send/abc?x=1",
            "expirationTime": None,
            "keys": {"p256dh": _text(point), "auth": _text(self._secret)},
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                assert head[0] == "POST /send/abc?x=1 HTTP/1.1"
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers["content-length"]))
                self.requests += 1
                if self.status == 201:
                    text = http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret)
                    self.pushed.append(Pushed(headers, json.loads(text), len(body)))
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
                self._news.set()
        writer.close()

    async def until(self, number: int, *, requests: bool = False) -> list[Pushed]:
        async with asyncio.timeout(10):
            while (self.requests if requests else len(self.pushed)) < number:
                self._news.clear()
                await self._news.wait()
        return self.pushed


@contextlib.asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
