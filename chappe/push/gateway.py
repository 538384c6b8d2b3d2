"""Telling a push gateway over HTTP, wherever its address leads, but never into a private network.

Push Gateway API v1.19. The addresses of a host name are looked at when it is connected to, and the connection
goes to the address that was looked at: a name that answers differently a moment later changes nothing.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

if TYPE_CHECKING:
    import httpcore

MAX_SECONDS = 15.0
"""For one request, from the look-up of the name to the end of the answer."""
MAX_ANSWER_BYTES = 64 * 1024
MAX_CONNECTIONS = 256
"""Open at once, to all gateways together."""
MAX_AT_ONE_HOST = 16
"""Requests at once to one host: one that does not answer keeps nobody from the others."""


class Undelivered(Exception):
    """The gateway did not take it. It is to be tried again."""


class _Answer(msgspec.Struct):
    rejected: list[str] = []


_decode = msgspec.json.Decoder(_Answer).decode


class Gateways:
    """Connections to push gateways."""

    def __init__(self, private_networks: tuple[str, ...]) -> None:
        self._all = asyncio.Semaphore(MAX_CONNECTIONS)
        self._busy: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._private_networks = private_networks
        self._pools: dict[str, httpcore.AsyncConnectionPool] = {}
        """By scheme; made when the first is told, so that a server without pushers starts without an HTTP client."""

    async def notify(self, url: str, body: bytes) -> list[str]:
        """Send one notification. Returns the pushkeys that the gateway rejects; raises `Undelivered`."""
        host = urlsplit(url).netloc
        busy = self._busy.get(host)
        if busy is None:
            busy = self._busy[host] = asyncio.Semaphore(MAX_AT_ONE_HOST)
        async with busy, self._all:
            return await self._notify(url, body)

    async def _notify(self, url: str, body: bytes) -> list[str]:
        import httpcore

        headers = [("Content-Type", "application/json"), ("User-Agent", "Chappe")]
        try:
            async with asyncio.timeout(MAX_SECONDS):
                async with self._pool(urlsplit(url).scheme).stream(
                    "POST", url, headers=headers, content=body
                ) as response:
                    if not 200 <= response.status < 300:
                        raise Undelivered(f"the gateway answered {response.status}")
                    return _decode(await _read(response)).rejected
        except TimeoutError:
            raise Undelivered("the gateway took too long") from None
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as failure:
            raise Undelivered(f"{type(failure).__name__}: {failure}") from None
        except msgspec.MsgspecError:
            return []  # it took it, and did not say what it rejects

    def _pool(self, scheme: str) -> "httpcore.AsyncConnectionPool":
        if scheme not in self._pools:
            from chappe.push.connections import pool

            self._pools[scheme] = pool(self._private_networks, scheme, MAX_CONNECTIONS)
        return self._pools[scheme]

    async def close(self) -> None:
        """End all connections."""
        for pool in self._pools.values():
            await pool.aclose()


async def _read(response: "httpcore.Response") -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_stream():
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise Undelivered("the gateway's answer is too long")
        chunks.append(chunk)
    return b"".join(chunks)
