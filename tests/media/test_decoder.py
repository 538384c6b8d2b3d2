"""The program that decodes images: what it cannot do, and that it does not take anybody with it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media import decoder
from chappe.media.decoders import Decoders
from chappe.media.sizes import Wanted
from tests.media.test_thumbnails import image

pytestmark = pytest.mark.anyio

ANNA, BEN = UserID("@anna:localhost"), UserID("@ben:localhost")
WANTED = Wanted(96, 96, "crop", animated=False)


def reading(data: bytes) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        return data

    return read


ESCAPES = """
import os, socket, sys
sys.path.insert(0, {folder!r})
import decoder
def tries(data, *_, **__):
    held = []
    for name, act in (
        ("file", lambda: open("/etc/hostname")), ("socket", lambda: socket.socket()),
        ("new file", lambda: open({folder!r} + "/x", "w")), ("memory", lambda: bytearray(2 << 30)),
        ("others' jobs", lambda: os.read(0, 1) or 1 / 0), ("pipe", lambda: os.pipe()),
    ):
        try:
            act()
            held.append(name)
        except Exception:
            pass
    return "made", ",".join(held), b""
decoder.make_thumbnail = tries
print(decoder._in_child(dict(width=1, height=1, method="crop", animated=False), b"").split(b"type")[1][:40])
"""


def test_a_child_opens_nothing_and_takes_no_memory() -> None:
    program = ESCAPES.format(folder=str(Path(decoder.__file__).parent))
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert '": ""' in said.stdout, said.stdout + said.stderr


def test_a_child_that_takes_too_long_or_falls_over_is_only_unreadable() -> None:
    job = {"width": 1, "height": 1, "method": "crop", "animated": False}
    program = (
        "import os, sys\nsys.path.insert(0, {folder!r})\nimport decoder\ndecoder.CPU_SECONDS = 1\n"
        "def bad(*_, **__):\n    {bad}\n"
        "decoder.make_thumbnail = bad\nprint(decoder._in_child({job!r}, b''))"
    )
    for bad in (
        "os.abort()",
        "while True: pass",
        "sys.exit(3)",
        "raise OSError",
        "return 'made', 'x', b'y' * (64 << 20)",
    ):
        filled = program.format(folder=str(Path(decoder.__file__).parent), bad=bad, job=job)
        said = subprocess.run([sys.executable, "-c", filled], capture_output=True, text=True, check=True, timeout=30)
        assert json.dumps(decoder.UNREADABLE) in said.stdout, bad


def test_a_child_that_others_end_says_nothing_of_the_image() -> None:
    """Where memory is short, the system ends the child without asking what it was doing."""
    program = (
        f"import os, signal, sys\nsys.path.insert(0, {str(Path(decoder.__file__).parent)!r})\nimport decoder\n"
        "decoder.make_thumbnail = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "job = {'width': 1, 'height': 1, 'method': 'crop', 'animated': False}\nprint(decoder._in_child(job, b''))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert json.dumps(decoder.BUSY) in said.stdout


async def test_programs_are_used_again_and_replaced_when_they_end() -> None:
    decoders = Decoders()
    picture = image(500, 500)
    await asyncio.gather(*[decoders.make(ANNA, reading(picture), WANTED) for _ in range(6)])
    processes = list(decoders._idle)
    assert len(processes) == 2
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    for _ in processes:
        with pytest.raises(Refused) as no:
            await decoders.make(ANNA, reading(picture), WANTED)
        assert no.value.code is Errcode.UNAVAILABLE
    assert (await decoders.make(ANNA, reading(picture), WANTED)).content_type == "image/png"
    await decoders.close()


async def test_an_asker_who_leaves_ends_the_program() -> None:
    decoders = Decoders()
    asking = asyncio.create_task(decoders.make(ANNA, reading(image(5000, 5000)), WANTED))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert decoders._idle == []
    assert (await decoders.make(ANNA, reading(image(500, 500)), WANTED)).content_type == "image/png"
    await decoders.close()


async def test_one_person_does_not_keep_others_waiting() -> None:
    """Ann's images take for ever to read; Ben's is made meanwhile, and only so many of hers are in memory."""
    decoders, began, go_on = Decoders(), list[int](), asyncio.Event()

    async def slowly() -> bytes:
        began.append(1)
        await go_on.wait()
        return image(500, 500)

    hers = [asyncio.create_task(decoders.make(ANNA, slowly, WANTED)) for _ in range(20)]
    async with asyncio.timeout(10):
        assert (await decoders.make(BEN, reading(image(500, 500)), WANTED)).content_type == "image/png"
    assert len(began) == 2
    go_on.set()
    assert len(await asyncio.gather(*hers)) == 20
    await decoders.close()
