"""Thumbnails: made once for all who ask at the same time, and kept as files that may be lost and are made again."""

import asyncio
import contextlib
import os
import secrets
from collections import OrderedDict
from pathlib import Path

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media.decoders import Decoders
from chappe.media.files import Files
from chappe.media.serve import read_whole
from chappe.media.sizes import Wanted
from chappe.media.spool import cannot_store
from chappe.media.store import Media

MAX_SOURCE_BYTES = 50_000_000
"""Of an image: it is in memory while its thumbnail is made."""
MAX_FAILURES = 10_000
"""Images that are known to have no thumbnail, so that nobody tries again. The one longest ago is forgotten first."""

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_ORIGINAL = {"image/jpeg": "is-jpg", "image/png": "is-png", "image/webp": "is-webp", "image/gif": "is-gif"}
"""The endings of empty files which say that the image itself is shown, and what it is."""


class Thumbnail(msgspec.Struct, frozen=True):
    """What is to be shown. Without a path, the image itself."""

    content_type: str
    path: Path | None
    size_bytes: int


class Thumbnails:
    """The thumbnails on this machine."""

    def __init__(self, folder: Path, files: Files, decoders: Decoders) -> None:
        self._folder = folder
        self._files = files
        self._decoders = decoders
        self._making: dict[Path, asyncio.Task[Thumbnail]] = {}
        self._failed: OrderedDict[Path, Refused] = OrderedDict()

    async def of(self, for_whom: UserID, media: Media, wanted: Wanted) -> Thumbnail:
        """The thumbnail of an image. Refuses like `Decoders.make`, and with TOO_LARGE a file that is too large."""
        if media.size_bytes > MAX_SOURCE_BYTES:
            raise Refused(Errcode.TOO_LARGE, f"Thumbnails are made of files of at most {MAX_SOURCE_BYTES} bytes.")
        stem = self._folder_of(media.file_key) / f"{media.file_key}-{wanted.name}"
        if (no := self._failed.get(stem)) is not None:
            raise Refused(no.code, no.reason, status=no.status)
        if (found := await asyncio.to_thread(_kept, stem)) is not None:
            return found
        making = self._making.get(stem)
        if making is None:
            making = self._making[stem] = asyncio.create_task(self._make(for_whom, media, wanted, stem))
            making.add_done_callback(lambda task: self._made(stem, task))
        return await asyncio.shield(making)

    async def forget(self, key: str) -> None:
        """Delete all thumbnails of a file, which itself is gone already. Raises OSError."""
        for stem, making in list(self._making.items()):
            if stem.name.startswith(f"{key}-"):
                await asyncio.wait({making})
        await asyncio.to_thread(_delete_all, self._folder_of(key), f"{key}-*")

    async def close(self) -> None:
        """Give up what is being made."""
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)

    async def _make(self, for_whom: UserID, media: Media, wanted: Wanted, stem: Path) -> Thumbnail:
        made = await self._decoders.make(for_whom, lambda: read_whole(self._files, media), wanted)
        try:
            return await asyncio.to_thread(_keep, stem, made.content_type, made.data)
        except OSError as error:
            raise cannot_store(error) from error

    def _made(self, stem: Path, task: "asyncio.Task[Thumbnail]") -> None:
        del self._making[stem]
        if task.cancelled():
            return
        no = task.exception()
        if isinstance(no, Refused) and no.code in (Errcode.TOO_LARGE, Errcode.UNKNOWN):
            self._failed[stem] = no
            if len(self._failed) > MAX_FAILURES:
                self._failed.popitem(last=False)

    def _folder_of(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:4]


def _kept(stem: Path) -> Thumbnail | None:
    for content_type, ending in _ENDINGS.items():
        with contextlib.suppress(FileNotFoundError):
            path = stem.with_name(f"{stem.name}.{ending}")
            return Thumbnail(content_type, path, path.stat().st_size)
    for content_type, ending in _ORIGINAL.items():
        if stem.with_name(f"{stem.name}.{ending}").exists():
            return Thumbnail(content_type, None, 0)
    return None


def _keep(stem: Path, content_type: str, data: bytes | None) -> Thumbnail:
    """Write a thumbnail, or that there need be none. Others see it whole or not at all."""
    stem.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = _ORIGINAL[content_type] if data is None else _ENDINGS[content_type]
    path = stem.with_name(f"{stem.name}.{ending}")
    new = stem.with_name(f"{stem.name}-{secrets.token_hex(4)}.new")
    try:
        with new.open("wb") as file:
            file.write(data or b"")
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return Thumbnail(content_type, None if data is None else path, len(data or b""))


def _delete_all(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink(missing_ok=True)
