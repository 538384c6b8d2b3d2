"""Telling a push gateway over HTTP, wherever its address leads, but never into a private network.

Push Gateway API v1.19. The addresses of a host name are looked at when it is connected to, and the connection
goes to the address that was looked at: a name that answers differently a moment later changes nothing.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

from chappe.outside.answers import Answered, Garbled

if TYPE_CHECKING:
    from chappe.outside.connections import Connections

MAX_SECONDS = 15.0
"""For one request, from the look-up of the name to the end of the answer."""
MAX_CONNECTIONS = 256
"""Open at once, to all gateways together."""
MAX_AT_ONE_HOST = 16
"""Requests at once to one host: one that does not answer keeps nobody from the others."""


class Undelivered(Exception):
    """The gateway did not take it. It is to be tried again."""


class _Rejecting(msgspec.Struct):
    rejected: list[str] = []


_decode = msgspec.json.Decoder(_Rejecting).decode
_JSON = [("Content-Type", "application/json")]
_NAME = ("User-Agent", "Chappe")


class Gateways:
    """Connections to push gateways."""

    def __init__(self, private_networks: tuple[str, ...]) -> None:
        self._all = asyncio.Semaphore(MAX_CONNECTIONS)
        self._busy: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._private_networks = private_networks
        self._connections: Connections | None = None
        """Made when the first is told, so that a server without pushers starts without TLS."""

    async def notify(self, url: str, body: bytes) -> list[str]:
        """Send one notification. Returns the pushkeys that the gateway rejects; raises `Undelivered`."""
        answer = await self.post(url, _JSON, body)
        if not answer.is_success:
            raise Undelivered(f"the gateway answered {answer.status}")
        try:
            return _decode(answer.body).rejected
        except msgspec.MsgspecError:
            return []  # it took it, and did not say what it rejects

    async def post(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Answered:
        """One request, and what came back, be it a refusal; raises `Undelivered` where nothing did."""
        host = urlsplit(url).netloc
        busy = self._busy.get(host)
        if busy is None:
            busy = self._busy[host] = asyncio.Semaphore(MAX_AT_ONE_HOST)
        async with busy, self._all:
            return await self._post(url, headers, body)

    async def _post(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Answered:
        if self._connections is None:
            from chappe.outside.connections import Connections

            self._connections = Connections(self._private_networks)
        try:
            async with asyncio.timeout(MAX_SECONDS):
                return await self._connections.post(url, [*headers, _NAME], body)
        except TimeoutError:
            raise Undelivered("the gateway took too long") from None
        except (OSError, ValueError, Garbled) as failure:
            raise Undelivered(f"{type(failure).__name__}: {failure}") from None

    async def close(self) -> None:
        """End all connections."""
        if self._connections is not None:
            self._connections.close()
