"""Starting the program that reads a page (`page.py`), a few at a time, and believing little of what it says."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import msgspec

MAX_AT_ONCE = 2
"""Pages being read at the same time. The programs give way to everything else that runs."""
MAX_SECONDS = 10.0
"""For one page, after which its program is ended. It may take less than half of that of the processor."""
MAX_ANSWER_BYTES = 256 * 1024

_PROGRAM = Path(__file__).with_name("page.py")
_read = msgspec.json.Decoder(dict[str, str]).decode


class Reading:
    """The programs of one process."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(MAX_AT_ONCE)

    async def read(self, content_type: str, page: bytes) -> dict[str, str]:
        """What a page says of itself; nothing for one that nobody can read."""
        async with self._turn:
            with contextlib.suppress(OSError, EOFError, TimeoutError, msgspec.MsgspecError, UnicodeError):
                return _read(await _ask(content_type, page))
        return {}


async def _ask(content_type: str, page: bytes) -> bytes:
    # -I -S: neither the folder nor the variables it is started with change what runs, and it has the standard library
    # alone.
    program = (sys.executable, "-I", "-S", str(_PROGRAM))
    process = await asyncio.create_subprocess_exec(
        *program, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, start_new_session=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(MAX_SECONDS):
            process.stdin.write(json.dumps({"type": content_type, "bytes": len(page)}).encode() + b"\n" + page)
            with contextlib.suppress(ConnectionError):  # it ended before it had read everything
                await process.stdin.drain()
            process.stdin.close()
            answer = b""
            while piece := await process.stdout.read(MAX_ANSWER_BYTES + 1 - len(answer)):
                answer += piece
            return answer
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
