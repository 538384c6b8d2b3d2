"""Hashes of some frames of a video, by the program `ffmpeg`, if the machine has it.

It runs with limits that it cannot lift, in the one format that the file begins like, and may open nothing but that
file. What it answers are pixels, and nothing else of it is believed.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from chappe.media.decoders import PictureHash
from chappe.media.files import Files
from chappe.media.store import Media

MAX_FRAMES = 60
"""One for each second from the beginning on."""
MAX_SECONDS = 60.0
MAX_AT_ONCE = 1
SIDE = 512
_FRAME_BYTES = SIDE * SIDE * 3
_PROGRAM = Path(__file__).with_name("frames.py")


def demuxer_of(head: bytes) -> str | None:
    """What reads a file that begins so, by its name in ffmpeg; None of what is no video."""
    if head[4:8] == b"ftyp":
        return "mov" if head[8:12] not in (b"avif", b"heic", b"heix", b"mif1") else None
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"OggS"):
        return "ogg"
    return "avi" if head.startswith(b"RIFF") and head[8:12] == b"AVI " else None


class Videos:
    """The programs of one process."""

    def __init__(self, program: str | None = None) -> None:
        self.program = program or shutil.which("ffmpeg")
        """Where ffmpeg is. Without it, videos have no hashes."""
        self.max_seconds = MAX_SECONDS
        self._turn = asyncio.Semaphore(MAX_AT_ONCE)

    async def hash(self, files: Files, media: Media, demuxer: str) -> list[PictureHash]:
        """The hashes of some frames; none without the program, and of what it does not decode in time."""
        if self.program is None:
            return []
        async with self._turn, _on_this_machine(files, media) as path:
            command = (sys.executable, "-I", str(_PROGRAM), self.program, demuxer, str(path))
            process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env={}, start_new_session=True
            )
            try:
                return await self._read(process)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await asyncio.shield(_ended(process))

    async def _read(self, process: Process) -> list[PictureHash]:
        assert process.stdout is not None
        found: dict[bytes, PictureHash] = {}
        with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(self.max_seconds):
                for _ in range(MAX_FRAMES):
                    pixels = await process.stdout.readexactly(_FRAME_BYTES)
                    for hashed in await asyncio.to_thread(_hash, pixels):
                        found.setdefault(hashed.bits, hashed)
        return list(found.values())


async def _ended(process: Process) -> None:
    """Return when it has ended, which is only told once what it had still to say is read."""
    assert process.stdout is not None
    while await process.stdout.read(_FRAME_BYTES):
        pass
    await process.wait()


def _hash(pixels: bytes) -> list[PictureHash]:
    import numpy as np  # with the first video: most servers never see one on a public surface

    from chappe.media import pdq

    frame = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3)
    hashes, quality = pdq.pdq_all_ways(pdq.luma_of(frame))
    return [PictureHash(bits, quality) for bits in hashes]


@contextlib.asynccontextmanager
async def _on_this_machine(files: Files, media: Media) -> AsyncIterator[Path]:
    """The file's path; of one that is kept elsewhere, that of a copy for a moment."""
    if (path := files.local_path(media.file_key)) is not None:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="chappe-video-") as copy:
        async for piece in files.pieces(media.file_key, 0, media.size_bytes):
            await asyncio.to_thread(_write, copy, piece)
        await asyncio.to_thread(copy.flush)
        yield Path(copy.name)


def _write(copy: IO[bytes], piece: bytes) -> None:
    copy.write(piece)
