"""The least an HTTP server in Python can do: granian and uvloop as Chappe uses them, and nothing behind.

Started by `limits.py` as `python -m benchmarks.bare_http PORT`. `/wait` is answered when somebody asks for `/wake`;
`/bytes/N` is answered with N bytes; anything else with an empty object, its body having been read.
"""

import asyncio
import sys
from typing import Protocol

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

_HEADERS = [("content-type", "application/json")]


class _Scope(Protocol):
    path: str


class _Exchange(Protocol):
    async def __call__(self) -> bytes: ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class Bare:
    """The RSGI application."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    async def __call__(self, scope: _Scope, exchange: _Exchange) -> None:
        """Answer one request."""
        body = b"{}"
        if scope.path == "/wait":
            woken = asyncio.get_running_loop().create_future()
            self._waiting.append(woken)
            await woken
        elif scope.path == "/wake":
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each.set_result(None)
        elif scope.path.startswith("/bytes/"):
            body = bytes(int(scope.path.removeprefix("/bytes/")))
        else:
            await exchange()
        exchange.response_bytes(200, _HEADERS, body)


async def main(port: int) -> None:
    """Serve on 127.0.0.1 until killed."""
    server = Server(
        Bare(),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=8192,
        backpressure=100_000,
        http1_settings=HTTP1Settings(max_buffer_size=8192),
        log_enabled=False,
    )
    await server.serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
