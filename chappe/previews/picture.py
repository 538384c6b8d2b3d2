"""The picture of a page: drawn anew and small, kept as media of the server's own.

What a page calls its picture is never kept as it came: the programs that make thumbnails read it and draw it anew, so
that nothing is in it but a picture.
"""

from collections.abc import AsyncIterator

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media import Decoders, Described, Received, Uploads, add_media, new_media_id
from chappe.media.sizes import Wanted
from chappe.stream import Bus, Command, Device, shard_of

OURS = UserID("")
"""Who has uploaded what the server itself got: nobody. So it is in nobody's quota, and goes with nobody's account."""
MAX_PICTURE_BYTES = 5_000_000
"""Of a picture as the page has it."""
MAX_KEPT_BYTES = 1_000_000
"""Of one that is small already, and is kept as it is."""

_WITHOUT = (Errcode.LIMIT_EXCEEDED, Errcode.UNAVAILABLE, Errcode.TOO_LARGE, Errcode.UNKNOWN, Errcode.FORBIDDEN)
"""What keeps no preview from being told, without its picture. The last is the quota."""
_SIZE = Wanted(800, 600, "scale", animated=False)


class Pictures:
    """Keeps pictures of pages."""

    def __init__(self, bus: Bus, uploads: Uploads, decoders: Decoders) -> None:
        self._bus = bus
        self._uploads = uploads
        self._decoders = decoders
        self.being_kept: set[str] = set()
        """Media ids that no preview names yet."""

    async def keep(self, for_whom: UserID, image: bytes) -> tuple[str, int] | None:
        """Keep a picture. Its media id, which the caller takes out of `being_kept`, and its size; None for no picture.

        `for_whom` is who has to wait for others when decoding takes long.
        """

        async def read() -> bytes:
            return image

        try:
            made = await self._decoders.make(for_whom, read, _SIZE)
            data = image if made.data is None else made.data
            if len(data) > MAX_KEPT_BYTES:
                return None
            return await self._keep(made.content_type, data)
        except Refused as no:
            if no.code in _WITHOUT:
                return None
            raise

    async def _keep(self, content_type: str, data: bytes) -> tuple[str, int]:
        media_id = new_media_id()
        self.being_kept.add(media_id)

        async def commit(file: Received) -> tuple[str, int]:
            described = Described(content_type, None)
            await self._bus.call(shard_of(media_id), Command(add_media, Device(OURS), (media_id, described, file)))
            return media_id, file.size_bytes

        try:
            return await self._uploads.take(OURS, _once(data), commit)
        except BaseException:
            self.being_kept.discard(media_id)
            raise


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
