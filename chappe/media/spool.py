"""Where an upload is written while it comes in, and stays until it is known what became of it.

The *spool* is a folder on this machine. Each of its files is locked by the process that works on it. After a crash
the lock is gone and the file is still there: whoever finds such a file looks whether its media was committed, and
deletes what was not. So nothing is left over, and no upload is taken for one that was given up.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chappe.errors import Errcode, Refused

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH_BYTES = 1024 * 1024
"""How much of an upload is in memory before it is written, and once more while that is: one visit to a thread each."""
MAX_PIECES = 1_000
"""Pieces of a batch: the system takes not many more at once."""


class Received(msgspec.Struct, frozen=True):
    """A file that has come in whole and is on the disk."""

    key: str
    """Random: under which the bytes are kept. Lower case, since not every file system tells case apart."""
    path: Path
    size_bytes: int
    sha256: bytes


class Spool:
    """The folder. One for a process; several processes may share it."""

    def __init__(self, folder: Path, make_room: Callable[[str], None] = lambda _: None) -> None:
        """`make_room` does what can be done for a key before its file is there. It blocks, and raises OSError."""
        self.folder = folder
        self._make_room = make_room
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._locked: dict[str, int] = {}
        """The open descriptor, and with it the lock, of each file this process works on."""

    async def receive(self, pieces: AsyncIterator[bytes]) -> Received:
        """Write down what comes. It stays locked until `release`; if this is refused or cancelled, it is gone."""
        key = secrets.token_hex(16)
        try:
            descriptor = create_locked(self.folder / key)
        except OSError as error:
            raise cannot_store(error) from error
        self._locked[key] = descriptor
        naming = asyncio.get_running_loop().run_in_executor(None, self._name, key)
        try:
            size_bytes, digest = await self._write_all(descriptor, pieces, naming)
        except OSError as error:
            self._drop(key)
            raise cannot_store(error) from error
        except BaseException:
            self._drop(key)
            raise
        return Received(key, self.folder / key, size_bytes, digest)

    def _name(self, key: str) -> None:
        """Make the name of a file that comes in durable, and let the place be made where it will be kept."""
        fsync_folder(self.folder)
        self._make_room(key)

    async def _write_all(
        self, descriptor: int, pieces: AsyncIterator[bytes], naming: "asyncio.Future[None]"
    ) -> tuple[int, bytes]:
        """The size and the digest of what was written. One batch is hashed and written while the next one comes."""
        digest, size_bytes = hashlib.sha256(), 0
        batch, batched, at = list[bytes](), 0, 0
        writing: asyncio.Future[None] | None = None

        def write(batch: list[bytes]) -> None:
            nonlocal at
            written = _write_whole(descriptor, batch)
            begin_to_sync(descriptor, at, written)
            at += written
            for piece in batch:
                digest.update(piece)

        def finish(batch: list[bytes]) -> None:
            write(batch)
            os.fdatasync(descriptor)

        try:
            async for piece in pieces:
                batch.append(piece)
                batched += len(piece)
                if batched >= BATCH_BYTES or len(batch) == MAX_PIECES:
                    if writing is not None:
                        await asyncio.shield(writing)
                    writing = _in_thread(write, batch)
                    size_bytes += batched
                    batch, batched = [], 0
            if writing is not None:
                await asyncio.shield(writing)
            writing = _in_thread(finish, batch)
            await asyncio.shield(writing)
            await asyncio.shield(naming)
        finally:
            # They use the descriptor and the name, which are about to go if this failed.
            await asyncio.wait({naming} if writing is None else {naming, writing})
            naming.exception()  # if something else failed as well, nobody is left who wants to know of this
        return size_bytes + batched, digest.digest()

    def adopt(self, path: Path, descriptor: int, size_bytes: int, sha256: bytes) -> Received:
        """Take over a file that came in elsewhere on this disk, is durable, and is locked by that descriptor.

        It stays where it is, too; the lock is on the file and not on one of its names. `release` it as if it had been
        received here. Raises OSError. Blocks for a moment: to be called in a thread.
        """
        key = secrets.token_hex(16)
        os.link(path, self.folder / key)
        self._locked[key] = os.dup(descriptor)
        fsync_folder(self.folder)
        return Received(key, self.folder / key, size_bytes, sha256)

    def release(self, key: str, *, is_settled: bool) -> None:
        """Let go of a file whose media is committed or was refused (`is_settled`), or of which that is not known."""
        if is_settled:
            self._drop(key)
        else:
            os.close(self._locked.pop(key))

    def _drop(self, key: str) -> None:
        (self.folder / key).unlink(missing_ok=True)
        os.close(self._locked.pop(key))

    def left_over(self, limit: int) -> list[str]:
        """The keys of files that nobody works on. Reads the folder: to be called in a thread."""
        found: list[str] = []
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.folder):
                if len(found) < limit and entry.is_file(follow_symlinks=False) and not is_locked(Path(entry.path)):
                    found.append(entry.name)
        return found

    def remove_left_over(self, key: str) -> None:
        """Delete a file that nobody works on."""
        (self.folder / key).unlink(missing_ok=True)


def _in_thread(work: Callable[[list[bytes]], None], batch: list[bytes]) -> "asyncio.Future[None]":
    return asyncio.get_running_loop().run_in_executor(None, work, batch)


def _write_whole(descriptor: int, pieces: list[bytes]) -> int:
    """Write pieces after one another, uncopied unless the system takes only a part; returns how many bytes they are."""
    written, size_bytes = os.writev(descriptor, pieces) if pieces else 0, sum(map(len, pieces))
    if written < size_bytes:
        left = memoryview(b"".join(pieces))[written:]
        while left:
            left = left[os.write(descriptor, left) :]
    return size_bytes


def begin_to_sync(descriptor: int, first: int, size_bytes: int) -> None:
    """Let the disk begin with what was just written, so that less is left for the sync that promises it."""
    if hasattr(os, "posix_fadvise"):  # not on every system
        # The advice is that this part may leave the cache. On Linux that begins to write it; what is being written
        # stays in the cache, and this, all of it, only just begins to be.
        os.posix_fadvise(descriptor, first, size_bytes, os.POSIX_FADV_DONTNEED)


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Do something to its end, also if whoever waits for it is cancelled; they are then cancelled afterwards."""
    working = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        if not working.cancelled():
            working.exception()  # nobody is left who wants to know
        raise


def create_locked(path: Path) -> int:
    """A new file, locked. Until it is, somebody who cleans up may take it for a leftover: then make another."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether somebody works on the file, or it is gone."""
    with contextlib.suppress(FileNotFoundError), _opened(path) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
    return True


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


def cannot_read(error: OSError) -> Refused:
    """The refusal when files are not to be had for a while."""
    logger.error("Files cannot be read: %s", error)
    return Refused(Errcode.UNAVAILABLE, "Files are not to be had just now. Try again.", retry_after_ms=30_000)


def cannot_store(error: OSError) -> Refused:
    """The refusal when the disk takes no more, or is gone."""
    logger.error("An upload cannot be stored: %s", error)
    return Refused(
        Errcode.UNAVAILABLE, "The server cannot store files just now. Nothing was kept.", retry_after_ms=30_000
    )
