"""Getting a page or a picture from wherever an address leads, but never from inside a private network.

Each step of a redirection is looked at like the first address (`chappe.outside`).
"""

import asyncio
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

from chappe.outside import Answered, Garbled
from chappe.previews.rules import PORTS, address_of

if TYPE_CHECKING:
    from chappe.outside.connections import Connections

MAX_SECONDS = 10.0
"""For one page or picture, with all its redirections."""
MAX_REDIRECTIONS = 5
MAX_AT_ONCE = 16
"""Pages and pictures being got at the same time, all together."""
MAX_AT_ONE_HOST = 2
"""The same from one host: that this server is asked for many of its pages is no reason to overrun it."""

_MOVED = (301, 302, 303, 307, 308)
_HEADERS = [
    ("User-Agent", "Mozilla/5.0 (compatible; Chappe; link preview)"),
    ("Accept-Encoding", "identity"),
]
"""Some send packed what was not asked for packed; others send pages only to what calls itself Mozilla."""


class Got(msgspec.Struct, frozen=True):
    """What was there."""

    address: str
    """Where it was in the end."""
    content_type: str
    body: bytes


class Fetcher:
    """Gets what links lead to."""

    def __init__(self, private_networks: tuple[str, ...]) -> None:
        self.max_seconds = MAX_SECONDS
        self._private_networks = private_networks
        self._all = asyncio.Semaphore(MAX_AT_ONCE)
        self._busy: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._connections: Connections | None = None

    @property
    def connections(self) -> "Connections":
        """Made when the first link is followed, so that a server without previews starts without TLS."""
        if self._connections is None:
            from chappe.outside.connections import Connections

            self._connections = Connections(self._private_networks, plain_outside=True, ports=PORTS)
        return self._connections

    async def get(self, address: str, accept: str, max_bytes: int, *, may_be_cut: bool) -> Got | None:
        """What is at an address; None where there is nothing, nothing that may be reached, or too much of it."""
        headers = [*_HEADERS, ("Accept", accept)]
        try:
            async with asyncio.timeout(self.max_seconds):
                for _ in range(MAX_REDIRECTIONS + 1):
                    answer = await self._one(address, headers, max_bytes, may_be_cut=may_be_cut)
                    if answer.status not in _MOVED:
                        return _got(address, answer, max_bytes, may_be_cut=may_be_cut)
                    onwards = address_of(answer.fields.get(b"location", b"").decode("utf-8", "replace"), address)
                    if onwards is None:
                        return None
                    address = onwards
        except (OSError, ValueError, Garbled):  # OSError: also what took too long
            return None
        return None

    async def _one(self, address: str, headers: list[tuple[str, str]], max_bytes: int, *, may_be_cut: bool) -> Answered:
        host = urlsplit(address).netloc
        busy = self._busy.get(host)
        if busy is None:
            busy = self._busy[host] = asyncio.Semaphore(MAX_AT_ONE_HOST)
        async with busy, self._all:
            return await self.connections.get(address, headers, max_bytes, may_be_cut=may_be_cut)


def _got(address: str, answer: Answered, max_bytes: int, *, may_be_cut: bool) -> Got | None:
    if answer.status != 200:
        return None
    content_type = answer.fields.get(b"content-type", b"").decode("latin-1")[:200]
    packing = answer.fields.get(b"content-encoding", b"identity").strip().lower()
    if packing in (b"gzip", b"x-gzip", b"deflate"):
        body = _unpacked(answer.body, max_bytes)
        too_long = len(body) > max_bytes
        return None if too_long and not may_be_cut else Got(address, content_type, body[:max_bytes])
    return Got(address, content_type, answer.body) if packing in (b"identity", b"") else None


def _unpacked(packed: bytes, max_bytes: int) -> bytes:
    """As much as is wanted of what is packed, and a byte more if there is more. A few bytes may stand for gigabytes."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the data says
    try:
        return unpacking.decompress(packed, max_bytes + 1)
    except zlib.error:
        return b""
