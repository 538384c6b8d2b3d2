"""The files of uploads that come in several requests: a folder on this machine, and the digests as far as they are.

A file may hold more than its row says (`received_bytes`): what came behind the last checkpoint, and is perhaps not
whole after a power cut. It is cut off when the upload goes on. Never may it hold less.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chappe.errors import Errcode, Refused
from chappe.media.spool import (
    BATCH_BYTES,
    begin_to_sync,
    cannot_store,
    create_locked,
    fsync_folder,
    is_locked,
    uninterrupted,
)

if TYPE_CHECKING:
    from hashlib import _Hash

CHECKPOINT_BYTES = 64 * 1024 * 1024
"""After so much of one request it is made durable, and said so in the row: a crash costs the uploader that at most."""
MAX_DIGESTS = 1_000
"""Digests of unfinished files that are remembered between requests. Another one is computed anew from its file."""
READ_BYTES = 1024 * 1024
READS_AT_ONCE = 64
"""How much is read for that at one visit to a thread, which nothing can interrupt."""


class Unfinished:
    """The folder. One for a process; several processes on one machine may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._digests: OrderedDict[str, tuple[int, _Hash]] = OrderedDict()
        """Of each file: of how much of it the digest is."""

    async def create(self) -> "Growing":
        """A new empty file, locked and with a durable name. Refuses with UNAVAILABLE when the disk does not take it."""
        try:
            growing = await _opened(self._create)
        except OSError as error:
            raise cannot_store(error) from error
        assert growing is not None
        return growing

    def _create(self) -> "Growing":
        key = secrets.token_hex(16)
        descriptor = create_locked(self.folder / key)
        fsync_folder(self.folder)
        return Growing(self, key, descriptor, 0, hashlib.sha256())

    async def open(self, key: str, received_bytes: int) -> "Growing | None":
        """A file of which so much is durable, to go on with it; None if it is gone, or shorter than it was.

        Refuses with UNAVAILABLE while another process works on it.
        """
        known_bytes, digest = self._digests.pop(key, (-1, hashlib.sha256()))
        if known_bytes != received_bytes:
            digest = hashlib.sha256()
        growing: Growing | None = None
        try:
            growing = await _opened(lambda: self._open(key, received_bytes, digest))
            if growing is not None and known_bytes != received_bytes:
                await growing.compute_digest()
        except BlockingIOError:
            reason = "Another process is working on this upload. Try again."
            raise Refused(Errcode.UNAVAILABLE, reason, retry_after_ms=2_000) from None
        except OSError as error:
            if growing is not None:
                growing.close()
            raise cannot_store(error) from error
        except BaseException:
            if growing is not None:
                growing.close()
            raise
        return growing

    def _open(self, key: str, received_bytes: int, digest: "_Hash") -> "Growing | None":
        try:
            descriptor = os.open(self.folder / key, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(descriptor).st_size
            if size > received_bytes:
                os.ftruncate(descriptor, received_bytes)
        except OSError:
            os.close(descriptor)
            raise
        if size < received_bytes:
            os.close(descriptor)
            return None
        return Growing(self, key, descriptor, received_bytes, digest)

    async def has(self, key: str, received_bytes: int) -> bool:
        """Whether the file is there, and as long as it should be."""
        return await asyncio.to_thread(self._has, key, received_bytes)

    def _has(self, key: str, received_bytes: int) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / key).stat().st_size >= received_bytes
        return False

    def remember(self, key: str, size_bytes: int, digest: "_Hash") -> None:
        """Keep a digest until the upload goes on."""
        self._digests[key] = (size_bytes, digest)
        if len(self._digests) > MAX_DIGESTS:
            self._digests.popitem(last=False)

    def remove(self, key: str) -> None:
        """Delete a file. Blocks for a moment: to be called in a thread."""
        self._digests.pop(key, None)
        (self.folder / key).unlink(missing_ok=True)

    def keys(self) -> list[str]:
        """All files. Reads the folder: to be called in a thread."""
        return [entry.name for entry in os.scandir(self.folder) if entry.is_file(follow_symlinks=False)]

    def not_worked_on(self, keys: list[str]) -> list[str]:
        """Those of the files that nobody has locked. To be called in a thread."""
        return [key for key in keys if not is_locked(self.folder / key)]


async def _opened(work: "Callable[[], Growing | None]") -> "Growing | None":
    """Open a file in a thread; who is cancelled meanwhile leaves it closed."""
    opening = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait({opening})
        if not opening.cancelled() and opening.exception() is None and (growing := opening.result()) is not None:
            growing.close()
        raise


class Growing:
    """A file that is being appended to. Locked until `close`."""

    def __init__(self, folder: Unfinished, key: str, descriptor: int, size_bytes: int, digest: "_Hash") -> None:
        self.key = key
        self.path = folder.folder / key
        self.descriptor = descriptor
        self.size_bytes = size_bytes
        """How much is in the file; without what waits to be written."""
        self.durable_bytes = size_bytes
        """How much of it is on the disk for certain."""
        self.recorded_bytes = size_bytes
        """How much of it the row says there is."""
        self._folder = folder
        self._digest = digest
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    @property
    def sha256(self) -> bytes:
        """The digest of what is in the file."""
        return self._digest.digest()

    async def compute_digest(self) -> None:
        """Read what is there already, since its digest is not known any more."""
        at = 0
        while at < self.size_bytes:
            at = await uninterrupted(asyncio.to_thread(self._digest_from, at))

    def _digest_from(self, at: int) -> int:
        for _ in range(READS_AT_ONCE):
            piece = os.pread(self.descriptor, min(READ_BYTES, self.size_bytes - at), at)
            self._digest.update(piece)
            at += len(piece)
            if not piece and at < self.size_bytes:
                raise OSError(f"{self.key} is shorter than it was")
            if at == self.size_bytes:
                break
        return at

    async def append(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[None]:
        """Take in what comes; yields whenever so much was written that it should be made durable.

        Whatever ends it, `sync` makes durable what has come until then. Refuses with UNAVAILABLE like that.
        """
        async for piece in pieces:
            self._waiting.append(piece)
            self._waiting_bytes += len(piece)
            if self._waiting_bytes >= BATCH_BYTES:
                await self._in_thread(is_to_sync=False)
                if self.size_bytes - self.durable_bytes >= CHECKPOINT_BYTES:
                    yield

    async def sync(self) -> None:
        """Make durable what has come. Refuses with UNAVAILABLE when the disk does not take it."""
        await self._in_thread(is_to_sync=True)

    async def _in_thread(self, *, is_to_sync: bool) -> None:
        try:
            await uninterrupted(asyncio.to_thread(self._write, is_to_sync=is_to_sync))
        except OSError as error:
            raise cannot_store(error) from error

    def _write(self, *, is_to_sync: bool) -> None:
        data = memoryview(b"".join(self._waiting))
        # What the disk does not take now the client sends again: it goes on behind what is there.
        self._waiting, self._waiting_bytes = [], 0
        while data:
            # The digest follows what is written, so that the two agree also when the disk is full in between.
            written = os.pwrite(self.descriptor, data, self.size_bytes)
            begin_to_sync(self.descriptor, self.size_bytes, written)
            self._digest.update(data[:written])
            self.size_bytes += written
            data = data[written:]
        if is_to_sync and self.size_bytes > self.durable_bytes:
            os.fsync(self.descriptor)
            self.durable_bytes = self.size_bytes

    def keep_digest(self) -> None:
        """Remember the digest for the next request; the row says now that all of this is there."""
        self._folder.remember(self.key, self.size_bytes, self._digest.copy())  # this one goes on with what comes

    async def remove(self) -> None:
        """Delete the file; `close` it as well."""
        await asyncio.to_thread(self._folder.remove, self.key)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.descriptor)
