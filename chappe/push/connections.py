"""Connections to push gateways: to addresses that were looked at, and to no others.

Imported with the first use: the HTTP client takes longer to load than the rest of the server.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from chappe.push.addresses import in_networks, is_outside
from chappe.push.names import Names

MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
KEPT_OPEN_S = 60.0


def pool(private_networks: tuple[str, ...], scheme: str, most: int) -> httpcore.AsyncConnectionPool:
    """At most so many connections: with TLS anywhere outside, without only into the networks that are allowed."""
    return httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=most,
        keepalive_expiry=KEPT_OPEN_S,
        network_backend=Outside(Names(), private_networks, only_private=scheme == "http"),
    )


class Outside(httpcore.AsyncNetworkBackend):
    """Connects to public addresses and to the networks that the operator allows; to these alone without TLS."""

    def __init__(self, names: Names, private_networks: tuple[str, ...], *, only_private: bool) -> None:
        self._names = names
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
        addresses = await self._names.addresses(host, port)
        if not addresses:
            raise httpcore.ConnectError("the host's name is not known")
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
