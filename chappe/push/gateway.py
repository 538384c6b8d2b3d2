"""Telling a push gateway over HTTP, wherever its address leads, but never into a private network.

Push Gateway API v1.19. The addresses of a host name are looked at when it is connected to, and the connection
goes to the address that was looked at: a name that answers differently a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpcore
import msgspec

from chappe.push.addresses import in_networks, is_outside

MAX_SECONDS = 15.0
"""For one request, from the look-up of the name to the end of the answer."""
MAX_ANSWER_BYTES = 64 * 1024
MAX_CONNECTIONS = 256
"""Open at once, to all gateways together."""
MAX_AT_ONE_HOST = 16
"""Requests at once to one host: one that does not answer keeps nobody from the others."""
MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
KEPT_OPEN_S = 60.0


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
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context(),
                max_connections=MAX_CONNECTIONS,
                keepalive_expiry=KEPT_OPEN_S,
                network_backend=_Outside(private_networks, only_private=scheme == "http"),
            )
            for scheme in ("https", "http")
        }

    async def notify(self, url: str, body: bytes) -> list[str]:
        """Send one notification. Returns the pushkeys that the gateway rejects; raises `Undelivered`."""
        host = urlsplit(url).netloc
        busy = self._busy.get(host)
        if busy is None:
            busy = self._busy[host] = asyncio.Semaphore(MAX_AT_ONE_HOST)
        async with busy, self._all:
            return await self._notify(url, body)

    async def _notify(self, url: str, body: bytes) -> list[str]:
        headers = [("Content-Type", "application/json"), ("User-Agent", "Chappe")]
        try:
            async with asyncio.timeout(MAX_SECONDS):
                pool = self._pools[urlsplit(url).scheme]
                async with pool.stream("POST", url, headers=headers, content=body) as response:
                    if not 200 <= response.status < 300:
                        raise Undelivered(f"the gateway answered {response.status}")
                    return _decode(await _read(response)).rejected
        except TimeoutError:
            raise Undelivered("the gateway took too long") from None
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as failure:
            raise Undelivered(f"{type(failure).__name__}: {failure}") from None
        except msgspec.MsgspecError:
            return []  # it took it, and did not say what it rejects

    async def close(self) -> None:
        """End all connections."""
        for pool in self._pools.values():
            await pool.aclose()


async def _read(response: httpcore.Response) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_stream():
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise Undelivered("the gateway's answer is too long")
        chunks.append(chunk)
    return b"".join(chunks)


class _Outside(httpcore.AsyncNetworkBackend):
    """Connects to public addresses and to the networks that the operator allows; to these alone without TLS."""

    def __init__(self, private_networks: tuple[str, ...], *, only_private: bool) -> None:
        self._networks = private_networks
        self._only_private = only_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — the backend's own name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("the host's name is not known") from None
        addresses = [str(address[0]) for *_, address in found]
        allowed = [one for one in addresses if self._may_reach(one)]
        if not allowed:
            raise httpcore.ConnectError("the host has no address that may be reached")
        for address in allowed[: MAX_ADDRESSES - 1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return await self._inner.connect_tcp(allowed[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("no gateway is a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _may_reach(self, address: str) -> bool:
        if self._only_private:
            return in_networks(ipaddress.ip_address(address.partition("%")[0]), self._networks)
        return bool(is_outside(address, self._networks))
