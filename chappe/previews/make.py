"""Making one preview: the page, what it says, and its picture."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import msgspec

from chappe.ids import UserID
from chappe.previews.fetch import Fetcher, Got
from chappe.previews.picture import MAX_PICTURE_BYTES, Pictures
from chappe.previews.reading import Reading
from chappe.previews.rules import address_of, told

MAX_PAGE_BYTES = 1024 * 1024
"""Of a page; what it says of itself stands at its beginning, and the rest is not read."""

_PAGES = ("text/html", "application/xhtml+xml")
_ACCEPTED = "text/html,application/xhtml+xml,image/*;q=0.8"


class Made(msgspec.Struct, frozen=True):
    """A preview; without anything said, there is nothing to show."""

    said: dict[str, str]
    media_id: str | None
    picture_bytes: int

    @property
    def is_empty(self) -> bool:
        """Whether the page said nothing."""
        return not self.said and self.media_id is None


NOTHING = Made({}, None, 0)


class Maker:
    """Makes previews."""

    def __init__(self, fetcher: Fetcher, reading: Reading, pictures: Pictures) -> None:
        self._fetcher = fetcher
        self._reading = reading
        self._pictures = pictures

    async def make(self, for_whom: UserID, address: str) -> Made:
        """The preview of what is at an address; an empty one where that is nothing to be read."""
        got = await self._fetcher.get(address, _ACCEPTED, MAX_PAGE_BYTES, may_be_cut=True)
        if got is None:
            return NOTHING
        kind = got.content_type.partition(";")[0].strip().lower()
        if kind.startswith("image/"):
            name = unquote(PurePosixPath(urlsplit(got.address).path).name)
            return await self._with_picture(for_whom, told({"og:title": name}), got.address)
        if kind not in _PAGES:
            return NOTHING
        return await self._of_page(for_whom, got)

    async def _of_page(self, for_whom: UserID, got: Got) -> Made:
        said = await self._reading.read(got.content_type, got.body)
        base = address_of(said.get("base", ""), got.address) or got.address
        picture = address_of(said["og:image"], base) if "og:image" in said else None
        return await self._with_picture(for_whom, told(said), picture)

    async def _with_picture(self, for_whom: UserID, said: dict[str, str], address: str | None) -> Made:
        if address is None or not said:
            return Made(said, None, 0)
        got = await self._fetcher.get(address, "image/*", MAX_PICTURE_BYTES, may_be_cut=False)
        kept = await self._pictures.keep(for_whom, got.body) if got is not None else None
        return Made(said, kept[0], kept[1]) if kept is not None else Made(said, None, 0)
