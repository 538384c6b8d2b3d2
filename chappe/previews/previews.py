"""Previews that are kept for a while, and made once for all who ask at the same time."""

import asyncio

import msgspec

from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.previews import store
from chappe.previews.keep import keep_preview
from chappe.previews.make import Made, Maker
from chappe.previews.picture import Pictures
from chappe.previews.rules import digest_of
from chappe.previews.store import Preview
from chappe.storage import Database
from chappe.stream import Bus, Command, shard_of

KEPT_MS = 24 * 3_600_000
"""How long a preview is told before the page is read anew."""
EMPTY_KEPT_MS = 3_600_000
"""The same where there was nothing: it may only have been down."""
MAX_BEING_MADE = 200
"""Previews on their way. Whoever asks for one more is asked to come again."""
MAX_OF_A_PERSON = 20
"""The same of one person: as many links as a screen shows, and others have their turn, too."""

JSON = dict[str, str | int]


class Previews:
    """The previews of one process."""

    def __init__(
        self, settings: Settings, database: Database, bus: Bus, clock: Clock, maker: Maker, pictures: Pictures
    ) -> None:
        self._server_name = settings.server_name
        self._database = database
        self._bus = bus
        self._clock = clock
        self._maker = maker
        self._pictures = pictures
        self._making: dict[str, asyncio.Task[Preview]] = {}
        self._for: dict[str, UserID] = {}

    async def of(self, for_whom: UserID, address: str) -> JSON:
        """What is told of an address. Refuses with LIMIT_EXCEEDED when too many are being made."""
        digest = digest_of(address)
        kept = await store.preview(self._database, digest)
        if kept is None or kept.expires_at <= self._clock.now_ms():
            kept = await asyncio.shield(self._being_made(for_whom, digest, address))
        return self._shown(kept)

    async def close(self) -> None:
        """Give up what is being made."""
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    def _being_made(self, for_whom: UserID, digest: str, address: str) -> "asyncio.Task[Preview]":
        making = self._making.get(digest)
        if making is not None:
            return making
        if len(self._making) >= MAX_BEING_MADE or list(self._for.values()).count(for_whom) >= MAX_OF_A_PERSON:
            raise Refused(Errcode.LIMIT_EXCEEDED, "Too many previews are being made. Try again.", retry_after_ms=5_000)
        making = self._making[digest] = asyncio.create_task(self._make(for_whom, digest, address))
        self._for[digest] = for_whom
        making.add_done_callback(lambda task: self._made(digest, task))
        return making

    async def _make(self, for_whom: UserID, digest: str, address: str) -> Preview:
        made = await self._maker.make(for_whom, address)
        try:
            expires_at = self._clock.now_ms() + (EMPTY_KEPT_MS if made.is_empty else KEPT_MS)
            preview = Preview(digest, _packed(made), made.media_id, expires_at)
            await self._bus.call(shard_of(digest), Command(keep_preview, None, (preview,)))
            return preview
        finally:
            self._pictures.being_kept.discard(made.media_id or "")

    def _made(self, digest: str, task: "asyncio.Task[Preview]") -> None:
        del self._making[digest], self._for[digest]
        if not task.cancelled():
            task.exception()  # Whoever asked has it, unless they left: then nobody wants to know.

    def _shown(self, preview: Preview) -> JSON:
        shown = msgspec.json.decode(preview.said, type=JSON)
        if preview.media_id is not None:
            shown["og:image"] = f"mxc://{self._server_name}/{preview.media_id}"
        return shown


def _packed(made: Made) -> bytes:
    size: JSON = {} if made.media_id is None else {"matrix:image:size": made.picture_bytes}
    return msgspec.json.encode({**made.said, **size})
