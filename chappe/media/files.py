"""Where the bytes of media are kept: an interface, and the folder on this machine that fulfils it."""

import asyncio
import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from pathlib import Path

from chappe.media.spool import fsync_folder

PIECE_BYTES = 256 * 1024
"""How much of a file is read at once when it is sent piece by piece."""


class Files(ABC):
    """Bytes by key. A file is written once and never changed."""

    @abstractmethod
    async def keep(self, key: str, received: Path) -> None:
        """Make durable under `key` what was received. The file at that path stays. Raises OSError."""

    def make_room(self, key: str) -> None:
        """Do what can be done for `keep` while the file still comes in. Blocks. Raises OSError."""
        return

    @abstractmethod
    async def has(self, key: str) -> bool:
        """Whether the file is there."""

    @abstractmethod
    def pieces(self, key: str, first: int, end: int) -> AsyncGenerator[bytes, None]:
        """The bytes from `first` up to before `end`. Raises OSError while it is read."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Let go of the file for good. One that is gone already is no error. Raises OSError."""

    def local_path(self, key: str) -> Path | None:
        """Where the file is on this machine, if it is."""
        return None

    async def close(self) -> None:
        """Let go of connections."""
        return


class LocalFiles(Files):
    """A folder of folders, so that none has very many entries: the key's first two pairs of digits name them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_durable = bytearray(0x10000)
        """Of each folder, by its four digits: whether this process knows that its name is on the disk."""

    def local_path(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:4] / key

    async def has(self, key: str) -> bool:
        return await asyncio.to_thread(self.local_path(key).is_file)

    async def keep(self, key: str, received: Path) -> None:
        await asyncio.to_thread(self._keep, received, self.local_path(key))

    def make_room(self, key: str) -> None:
        """Make the folder. It stays if nothing comes into it: there are not many."""
        number, folder = int(key[:4], 16), self.local_path(key).parent
        if not (self._is_durable[number] and folder.is_dir()):
            # That it is there does not say that it will be after a power cut: perhaps another upload just made it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fsync_folder(folder.parent)
            fsync_folder(self._folder)
            self._is_durable[number] = True

    def _keep(self, received: Path, path: Path) -> None:
        self.make_room(path.name)
        os.link(received, path)
        fsync_folder(path.parent)

    def pieces(self, key: str, first: int, end: int) -> AsyncGenerator[bytes, None]:
        return pieces_of(self.local_path(key), first, end)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, self.local_path(key))

    def _delete(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            fsync_folder(path.parent)


async def pieces_of(path: Path, first: int, end: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a file on this machine, from `first` up to before `end`. Raises OSError."""
    file = await asyncio.to_thread(path.open, "rb", buffering=0)
    try:
        descriptor, at = file.fileno(), first
        while at < end:
            piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE_BYTES, end - at), at)
            if not piece:
                raise OSError(f"{path.name} is shorter than it was")
            at += len(piece)
            yield piece
    finally:
        file.close()
