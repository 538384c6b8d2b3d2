"""A request as a handler sees it. It holds what the server handed over and reads it only when asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from chappe.errors import Errcode, Refused
from chappe.http import query as query_string
from chappe.http.ahead import Ahead
from chappe.http.limits import COMMAND_SECONDS, MAX_SKIPPED_BYTES, MAX_TOKEN_BYTES, SKIP_SECONDS
from chappe.http.rate import RateLimits
from chappe.ids import RoomID, UserID
from chappe.stream.command import Command, Device
from chappe.stream.shards import Shard, shard_of

if TYPE_CHECKING:
    from chappe.http.application import Application

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
T = TypeVar("T")


class Request:
    """One HTTP request, from its arrival until its answer is sent."""

    __slots__ = (
        "_address",
        "_ahead",
        "_application",
        "_body_read",
        "_gone",
        "_query",
        "_receive",
        "_scope",
        "_sent_token",
        "id",
        "maybe_device",
        "method",
        "raw_path",
    )

    def __init__(self, application: "Application", scope: Scope, receive: Receive, request_id: str) -> None:
        self._application = application
        self._scope = scope
        self._receive = receive
        self._query: query_string.Query | None = None
        self._sent_token: str | None = None
        self._address: str | None = None
        self._gone: asyncio.Future[None] | None = None
        self._body_read = False
        self._ahead: Ahead | None = None
        self.id = request_id
        """Names this request in the log, and in the answer when something broke."""
        self.method: str = scope["method"]
        self.raw_path: bytes = scope["raw_path"]
        """The path as it came, still percent-encoded."""
        self.maybe_device: Device | None = None
        """Who asks, or None."""

    # Who asks

    @property
    def device(self) -> Device:
        """Who asks. Only for routes that require it."""
        assert self.maybe_device is not None, "this route lets in requests without a device"
        return self.maybe_device

    @property
    def token(self) -> str:
        """The access token's text as it was sent. Only when one was."""
        token = self.sent_token()
        assert token is not None, "this request came without an access token"
        return token

    def sent_token(self) -> str | None:
        """The access token in the `Authorization` header or, deprecated, in the query string."""
        if self._sent_token is None:
            token = self._find_token()
            if token is not None and len(token) > MAX_TOKEN_BYTES:
                raise Refused(Errcode.UNKNOWN_TOKEN, "This is not an access token: it is too long.", soft_logout=False)
            self._sent_token = token
        return self._sent_token

    def _find_token(self) -> str | None:
        for name, value in self._scope["headers"]:
            if name == b"authorization":
                if value[:7].lower() != b"bearer ":
                    return None
                token: str = value[7:].strip().decode("latin-1")
                return token or None
        if b"access_token" in self._scope["query_string"]:
            values = self.query().get("access_token")
            return values[-1] or None if values else None
        return None

    @property
    def client_address(self) -> str:
        """The client's IP address, or "" when unknown. A proxy is believed only if it is trusted."""
        if self._address is None:
            client = self._scope.get("client")
            self._address = self._application.proxies.client_of(client[0] if client else "", self._scope["headers"])
        return self._address

    @property
    def user_agent(self) -> str:
        """What the client calls itself, or ""."""
        return self.header("user-agent") or ""

    # What it brings

    def header(self, name: str) -> str | None:
        """The value of a header, the first if it was sent several times."""
        wanted = name.lower().encode("latin-1")
        for key, value in self._scope["headers"]:
            if key == wanted:
                text: str = value.decode("latin-1")
                return text
        return None

    def query(self) -> query_string.Query:
        """All parameters of the query string with all their values."""
        if self._query is None:
            self._query = query_string.parse(self._scope["query_string"])
        return self._query

    async def body_bytes(self, limit: int) -> bytes:
        """The whole body, of at most `limit` bytes.

        Refuses with TOO_LARGE, before anything is read if the client declares it; and with 408 a body
        that has not arrived within `Bounds.body_seconds`.
        """
        length = self._declared_length(limit)
        if length == 0:
            return b""
        try:
            return await self._application.body_deadline.wait_for(self._whole_body(length, limit))
        except TimeoutError:
            raise _too_slow() from None

    async def _whole_body(self, length: int | None, limit: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while size != length and (chunk := await self._next_chunk()) is not None:
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def stream(self, limit: int | None = None) -> AsyncIterator[bytes]:
        """The body piece by piece, for uploads. Each piece, and the whole, has its time (`Bounds`)."""
        deadline, loop = self._application.body_deadline, asyncio.get_running_loop()
        end = loop.time() + self._application.bounds.upload_seconds
        length = self._declared_length(limit)
        size = 0
        self._ahead = self._receive = Ahead(self._receive)
        while size != length:
            try:
                chunk = await deadline.wait_for(self._next_chunk())
            except TimeoutError:
                raise _too_slow() from None
            if chunk is None:
                return
            if loop.time() > end:
                raise _too_slow()
            size += len(chunk)
            if limit is not None and size > limit:
                raise _too_large(limit)
            if chunk:
                yield chunk

    async def skip_body(self) -> None:
        """Read a little more of a body that was refused: who is still sending hears of the refusal only afterwards."""
        skipped = 0
        with contextlib.suppress(TimeoutError, Refused):
            async with asyncio.timeout(SKIP_SECONDS):
                while skipped < MAX_SKIPPED_BYTES and (chunk := await self._next_chunk()) is not None:
                    skipped += len(chunk)

    def _declared_length(self, limit: int | None) -> int | None:
        """The length that the client declares: 0 without a body, None when it comes in chunks."""
        chunked = False
        for name, value in self._scope["headers"]:
            if name == b"content-length":
                length = int(value) if value.isdigit() and len(value) < 16 else None
                if limit is not None and (length is None or length > limit):
                    raise _too_large(limit)
                return length
            chunked = chunked or name == b"transfer-encoding"
        return None if chunked else 0

    async def _next_chunk(self) -> bytes | None:
        """The next piece, or None after the last."""
        if self._body_read:
            return None
        message = await self._receive()
        if message["type"] != "http.request":
            raise Refused(Errcode.UNKNOWN, "The connection closed before the body was complete.", status=400)
        self._body_read = not message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk

    # What a handler does with it

    def of(self, kind: type[T]) -> T:
        """The thing of that class among what this process holds."""
        return self._application.resources.of(kind)

    @property
    def limits(self) -> RateLimits:
        """The rate limits, for what the route's own limit does not count: an account name at login."""
        return self._application.rates

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the process is ending: whoever waits answers now."""
        return self._application.stopping

    @property
    def gone(self) -> "asyncio.Future[None]":
        """Resolves when the client has disconnected. Ask for it after the body was read."""
        if self._gone is None:
            self._gone = asyncio.ensure_future(self._until_gone())
        return self._gone

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def call(self, key: RoomID | UserID | Shard, act: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Run `act(tx, device, *arguments)` at the owner of the key's shard, and return its answer.

        `key` is a room id, a user id, or REGISTER. Refuses with what the act refused.
        """
        shard = key if isinstance(key, int) else shard_of(key)
        deadline = self._application.clock.monotonic() + COMMAND_SECONDS
        command = Command(act, self.maybe_device, arguments, self.id, deadline)
        return cast(T, await self._application.bus.call(shard, command))

    def finish(self) -> None:
        """Let go of what waits for this request; the server calls it once the answer is sent."""
        if self._gone is not None:
            self._gone.cancel()
        if self._ahead is not None:
            self._ahead.close()


def _too_large(limit: int) -> Refused:
    return Refused(Errcode.TOO_LARGE, f"The body has more than the {limit} bytes that this endpoint takes.")


def _too_slow() -> Refused:
    return Refused(Errcode.UNKNOWN, "The body did not arrive in time.", status=408)
