"""Whose address a request is counted under: the peer's, or the one that a trusted proxy reports."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from chappe.http.limits import MAX_FORWARDED

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The networks whose `X-Forwarded-For` is believed. Without any, the header is never read."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        """`trusted` are networks such as `10.0.0.0/8` or single addresses; ValueError names a wrong one."""
        self._networks: tuple[Network, ...] = tuple(ipaddress.ip_network(network) for network in trusted)
        self._trusts = lru_cache(maxsize=1024)(self._look_up)

    def client_of(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address of the client behind `peer`: the nearest one that is no trusted proxy itself."""
        if not self._networks or not self._trusts(peer):
            return peer
        hops = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        client = peer
        for hop in reversed(hops.decode("latin-1").rsplit(",", MAX_FORWARDED)[-MAX_FORWARDED:]):
            address = hop.strip()
            if not _is_address(address):
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def _look_up(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
