"""Connections to servers out there: to addresses that were looked at, and to no others.

Imported with the first use: what speaks TLS takes a while to load.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Callable, Collection
from typing import cast
from urllib.parse import SplitResult, urlsplit

from chappe.outside.addresses import in_networks, is_outside
from chappe.outside.answers import Answered, Garbled, Incoming
from chappe.outside.names import Names, Resolve, resolve

MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
KEPT_OPEN_S = 60.0
MAX_KEPT_OPEN = 256
"""Connections that wait for the next request, to all servers together."""

_PORTS = {"https": 443, "http": 80}
_Origin = tuple[str, str]
"""Scheme, and host with port as in the address."""


class Unreachable(OSError):
    """The server may not be connected to, or has no address."""


class Connections:
    """Those that are open, each used for one request after another.

    They lead to public addresses, and into the `private_networks` that the operator allows. Without TLS only into
    these, unless `plain_outside`; with `ports`, to no other ports of public addresses.
    """

    def __init__(
        self,
        private_networks: tuple[str, ...],
        *,
        plain_outside: bool = False,
        ports: Collection[int] | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._networks = private_networks
        self._plain_outside = plain_outside
        self._ports = ports
        self._names = Names(resolve)
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        self._idle: dict[_Origin, list[_Connection]] = {}
        """The one used last is the last."""
        self._kept = 0

    async def post(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Answered:
        """One request. Raises OSError, ValueError or `Garbled` where nothing came back that is an answer."""
        parts = urlsplit(url)
        origin, request = (parts.scheme, parts.netloc), _request("POST", parts, headers, body)
        while (connection := self._take(origin)) is not None:
            try:
                return await self._ask(origin, connection, request)
            except ConnectionError:
                if connection.has_begun:
                    raise
                # It was closed while the request was on its way there. It goes out once more.
        return await self._ask(origin, await self._connect(parts), request)

    async def get(
        self, url: str, headers: list[tuple[str, str]], max_bytes: int, *, may_be_cut: bool = False
    ) -> Answered:
        """One request on a connection of its own. Raises like `post`."""
        parts = urlsplit(url)
        request = _request("GET", parts, [*headers, ("Connection", "close")], b"")
        connection = await self._connect(parts)
        try:
            return await connection.ask(request, Incoming(max_bytes, may_be_cut=may_be_cut))
        finally:
            connection.close()

    async def post_once(self, url: str, headers: list[tuple[str, str]], body: bytes, max_bytes: int) -> Answered:
        """One request with POST that is not to be repeated: on a connection of its own. Raises like `post`."""
        parts = urlsplit(url)
        request = _request("POST", parts, [*headers, ("Connection", "close")], body)
        connection = await self._connect(parts)
        try:
            return await connection.ask(request, Incoming(max_bytes))
        finally:
            connection.close()

    async def _ask(self, origin: _Origin, connection: "_Connection", request: bytes) -> Answered:
        try:
            answered = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        if answered.may_stay and self._kept < MAX_KEPT_OPEN and connection.is_open:
            self._keep(origin, connection)
        else:
            connection.close()
        return answered

    def _take(self, origin: _Origin) -> "_Connection | None":
        """The connection to a server that was used last, of those that are still open."""
        idle = self._idle.get(origin, [])
        while idle:
            connection = idle.pop()
            self._kept -= 1
            if not idle:
                del self._idle[origin]
            connection.busy()
            if connection.is_open:
                return connection
        return None

    def _keep(self, origin: _Origin, connection: "_Connection") -> None:
        self._idle.setdefault(origin, []).append(connection)
        self._kept += 1
        connection.rest(lambda: self._let_go(origin, connection))

    def _let_go(self, origin: _Origin, connection: "_Connection") -> None:
        """It was closed, or not used for long."""
        idle = self._idle.get(origin, [])
        if connection in idle:
            idle.remove(connection)
            self._kept -= 1
            if not idle:
                del self._idle[origin]
        connection.close()

    async def _connect(self, parts: SplitResult) -> "_Connection":
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        tls = self._tls if parts.scheme == "https" else None
        addresses = await self._names.addresses(host, port)
        if not addresses:
            raise Unreachable("the host's name is not known")
        allowed = [one for one in addresses if self._may_reach(one, port, is_plain=tls is None)]
        if not allowed:
            raise Unreachable("the host has no address that may be reached")
        for number, address in enumerate(allowed[:MAX_ADDRESSES], 1):
            try:
                _, protocol = await asyncio.get_running_loop().create_connection(
                    _Connection, address, port, ssl=tls, server_hostname=host if tls is not None else None
                )
            except ConnectionError:
                if number == min(len(allowed), MAX_ADDRESSES):
                    raise
            else:
                return protocol
        raise AssertionError("the last address has returned or raised")

    def _may_reach(self, address: str, port: int, *, is_plain: bool) -> bool:
        if in_networks(ipaddress.ip_address(address.partition("%")[0]), self._networks):
            return True
        if (is_plain and not self._plain_outside) or (self._ports is not None and port not in self._ports):
            return False
        return bool(is_outside(address, ()))

    def close(self) -> None:
        """End those that wait for a request."""
        for idle in self._idle.values():
            for connection in idle:
                connection.busy()
                connection.close()
        self._idle.clear()
        self._kept = 0


class _Connection(asyncio.Protocol):
    """One connection, as the loop tells of it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._incoming = Incoming()
        self._answer: asyncio.Future[Answered] | None = None
        self._on_idle_end: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be used, as far as is known here."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def has_begun(self) -> bool:
        """Whether anything of the answer came."""
        return self._incoming.has_begun

    async def ask(self, request: bytes, incoming: Incoming | None = None) -> Answered:
        """Send a request; its answer."""
        assert self._transport is not None
        self._incoming = incoming or Incoming()
        self._answer = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(request)
            return await self._answer
        finally:
            self._answer = None

    def rest(self, end: Callable[[], None]) -> None:
        """Wait for the next request, and not for ever."""
        self._on_idle_end = asyncio.get_running_loop().call_later(KEPT_OPEN_S, end)

    def busy(self) -> None:
        """There is another request, or the end."""
        if self._on_idle_end is not None:
            self._on_idle_end.cancel()
            self._on_idle_end = None

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked for that
            return
        try:
            answered = self._incoming.take(data)
        except Garbled as no:
            self._answer.set_exception(no)
            return
        if answered is not None:
            self._answer.set_result(answered)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._answer is None or self._answer.done():
            return
        if not self._incoming.has_begun:
            self._answer.set_exception(ConnectionResetError("the connection was closed"))
            return
        try:
            self._answer.set_result(self._incoming.end())
        except Garbled as no:
            self._answer.set_exception(no)


def _request(verb: str, parts: SplitResult, headers: list[tuple[str, str]], body: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{verb} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    if verb == "POST":
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    assert not any("\r" in line or "\n" in line for line in lines)
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
