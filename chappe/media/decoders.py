"""The programs that make thumbnails and hashes (`decoder.py`), a few at a time, and what they say."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from weakref import WeakValueDictionary

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media.sizes import HASHES, Wanted

MAX_AT_ONCE = 3
"""Thumbnails being made at the same time. The programs give way to everything else that runs."""
MAX_OF_A_PERSON = 2
"""Those that one person has asked for: whoever brings images that take long waits for them, and others do not."""
MAX_WAITING = 1_000
"""Thumbnails that wait for their turn. Whoever asks for one more is asked to come again."""
MAX_SECONDS = 20.0
"""For one thumbnail, after which its program is ended. The decoder itself may take half of that of the processor."""
MAX_ANSWER_BYTES = 16 * 1024 * 1024
MAX_HASHES = 256
"""Of one image."""
_HASH_BYTES = 33
"""A hash, and a byte more for its quality."""

_PROGRAM = Path(__file__).with_name("decoder.py")
_SHOWN_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class Made(msgspec.Struct, frozen=True):
    """A thumbnail; without bytes, the image itself is to be shown, as that type."""

    content_type: str
    data: bytes | None


class PictureHash(msgspec.Struct, frozen=True):
    """A PDQ hash, and how much there is to see in the picture: 0 to 100."""

    bits: bytes
    quality: int


class _Head(msgspec.Struct):
    verdict: str
    type: str


_read_head = msgspec.json.Decoder(_Head).decode


class Decoders:
    """The programs of one process; started when first needed."""

    def __init__(self) -> None:
        self.max_seconds = MAX_SECONDS
        self._idle: list[Process] = []
        self._turn = asyncio.Semaphore(MAX_AT_ONCE)
        self._turn_of: WeakValueDictionary[UserID, asyncio.Semaphore] = WeakValueDictionary()
        self._waiting = 0

    async def make(self, for_whom: UserID, read: Callable[[], Awaitable[bytes]], wanted: Wanted) -> Made:
        """A thumbnail of an image, which is read only when it is its turn: the images that wait need no memory.

        Refuses with TOO_LARGE an image of too many pixels, with UNKNOWN (400) what is no image, or breaks
        whoever decodes it; with LIMIT_EXCEEDED when too many wait, and with UNAVAILABLE when this machine has no time
        or memory for it now: that says nothing of the image.
        """
        head, data = await self._in_turn(for_whom, read, wanted)
        if head.verdict not in ("made", "original") or head.type not in _SHOWN_TYPES:
            raise no_thumbnail()
        return Made(head.type, data if head.verdict == "made" else None)

    async def hash(self, for_whom: UserID, read: Callable[[], Awaitable[bytes]]) -> list[PictureHash]:
        """The PDQ hashes of an image, the plain one first: turned, mirrored, as it is stored, and as it is shown; of
        an animation those of some frames.

        Refuses like `make`.
        """
        head, data = await self._in_turn(for_whom, read, HASHES)
        if head.verdict != "made" or len(data) % _HASH_BYTES or len(data) > _HASH_BYTES * MAX_HASHES:
            raise no_thumbnail()
        parts = (data[at : at + _HASH_BYTES] for at in range(0, len(data), _HASH_BYTES))
        return [PictureHash(part[:-1], min(part[-1], 100)) for part in parts]

    async def _in_turn(
        self, for_whom: UserID, read: Callable[[], Awaitable[bytes]], wanted: Wanted
    ) -> tuple[_Head, bytes]:
        if self._waiting >= MAX_WAITING:
            raise Refused(
                Errcode.LIMIT_EXCEEDED, "Too many thumbnails are being made. Try again.", retry_after_ms=2_000
            )
        own_turn = self._turn_of.get(for_whom)
        if own_turn is None:
            own_turn = self._turn_of[for_whom] = asyncio.Semaphore(MAX_OF_A_PERSON)
        self._waiting += 1
        try:
            async with own_turn, self._turn:
                head, data = await self._ask(await read(), wanted)
        finally:
            self._waiting -= 1
        if head.verdict == "too large":
            raise Refused(Errcode.TOO_LARGE, "The image has too many pixels to make a thumbnail of it.")
        if head.verdict == "busy":
            raise _busy()
        return head, data

    async def close(self) -> None:
        """End all programs."""
        for process in self._idle:
            _kill(process)
            await process.wait()
        self._idle.clear()

    async def _ask(self, image: bytes, wanted: Wanted) -> tuple[_Head, bytes]:
        try:
            process = self._idle.pop() if self._idle else await _start()
        except OSError:
            raise _busy() from None
        try:
            async with asyncio.timeout(self.max_seconds):
                answer = await _exchange(process, image, wanted)
        except (_Nonsense, msgspec.MsgspecError):
            await _end(process)
            raise no_thumbnail() from None
        except (TimeoutError, OSError, EOFError):  # the program itself, which no image reaches
            await _end(process)
            raise _busy() from None
        except BaseException:
            await _end(process)
            raise
        self._idle.append(process)
        return answer


def no_thumbnail() -> Refused:
    """The refusal for what no thumbnail can be made of."""
    return Refused(Errcode.UNKNOWN, "No thumbnail can be made of this.", status=400)


def _busy() -> Refused:
    return Refused(Errcode.UNAVAILABLE, "No thumbnail could be made of this now. Try again.", retry_after_ms=5_000)


class _Nonsense(Exception):
    """An answer that no decoder gives."""


async def _start() -> Process:
    # -I: neither the folder nor the variables it is started with change what runs; it gets none of ours anyway.
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(_PROGRAM), stdin=PIPE, stdout=PIPE, env={}, start_new_session=True
    )


async def _exchange(process: Process, image: bytes, wanted: Wanted) -> tuple[_Head, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    job = json.dumps({**msgspec.structs.asdict(wanted), "bytes": len(image)}).encode()
    process.stdin.write(len(job).to_bytes(4, "big") + job)
    process.stdin.write(image)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(4), "big")
    if length > MAX_ANSWER_BYTES:
        raise _Nonsense
    answer = await process.stdout.readexactly(length)
    # What follows was said by whoever decoded the image, and is believed no more than the image.
    head_end = 4 + int.from_bytes(answer[:4], "big")
    return _read_head(answer[4:head_end]), answer[head_end:]


def _kill(process: Process) -> None:
    """End a program and what it has forked."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: Process) -> None:
    _kill(process)
    await asyncio.shield(process.wait())
