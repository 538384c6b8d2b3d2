"""The network side: granian, embedded in our event loop."""

import asyncio
import contextlib
import logging
import socket
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from chappe.errors import StartupError
from chappe.http.application import Application
from chappe.http.asgi import ASGIFace
from chappe.http.connections import connections_for, memory_bytes
from chappe.http.limits import CONNECTION_BACKLOG, MAX_HEAD_BYTES

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 0.8
"""How long cancelled requests have for saying that the client should come again."""

CLOSE_SECONDS = 0.8
"""How long granian has for closing idle connections."""


class HTTPServer:
    """Serves an application on one address until it is stopped."""

    def __init__(self, application: Application, host: str, port: int, connections: int | None = None) -> None:
        self._application = application
        self._host = host
        self._connections = connections if connections is not None else connections_for(memory_bytes())
        self.port = port
        """Where it listens; with 0, a free port that is known once it has started."""
        self._granian: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises StartupError when the address cannot be had."""
        self.port = _claim(self._host, self.port)
        self._granian = Server(
            ASGIFace(self._application),
            address=self._host,
            port=self.port,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            backlog=CONNECTION_BACKLOG,
            backpressure=self._connections,
            http1_settings=HTTP1Settings(max_buffer_size=MAX_HEAD_BYTES),
            runtime_threads=1,  # with several, what is asked for at the same time (ahead.py) might not come in order
            log_level=LogLevels.error,
            # Granian's own logging set-up would close the handlers that are installed: change levels only.
            log_dictconfig={"incremental": True, "handlers": {}, "loggers": {}},
        )
        self._serving = asyncio.create_task(self._granian.serve())
        await self._until_listening()

    async def _until_listening(self) -> None:
        """Granian does not tell when it listens, so ask it: connect once."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104  # compared, not bound
        for _ in range(500):
            assert self._serving is not None
            if self._serving.done():
                break
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(host, self.port)
                writer.close()
                return
            await asyncio.sleep(0.01)
        raise StartupError(f"The HTTP server did not begin to listen on port {self.port}.", "The log says why.")

    async def stop(self) -> None:
        """End within 5 s: no new work, answer those who wait, then close.

        Granian does not return from its own stop while a request is open, so all are answered or cancelled first.
        """
        assert self._granian is not None
        assert self._serving is not None
        application = self._application
        application.stopping.set()
        await _wait(application.in_flight, application.bounds.stop_grace_seconds)
        for task in list(application.in_flight):
            task.cancel()
        await _wait(application.in_flight, CANCEL_SECONDS)
        self._granian.stop()  # type: ignore[no-untyped-call]  # granian leaves its return type out
        await _wait({self._serving}, CLOSE_SECONDS)
        if not self._serving.done():
            # Cancelled, granian would trip over its own future when it does end; the process's end ends it.
            logger.warning("Some connections did not close in time and are cut when the process ends.")


async def _wait(tasks: "set[asyncio.Task[Any]]", seconds: float) -> None:
    if waiting := set(tasks):
        await asyncio.wait(waiting, timeout=seconds)


def _claim(host: str, port: int) -> int:
    """The port, if it is free; a free one for 0.

    Granian shares its port with any other process that shares its own (SO_REUSEPORT): a second server
    would start without an error and take half of the connections. A plain bind finds that out.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            bound: int = trial.getsockname()[1]
            return bound
    except OSError as wrong:
        raise StartupError(
            f"Cannot listen on {host}:{port}: {wrong.strerror or wrong}.",
            "Choose another address or port (bind_host, port), or end the program that uses it.",
        ) from None
