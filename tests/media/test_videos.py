"""Frames of videos: with a program that answers like ffmpeg, and one that does not."""

import sys
from pathlib import Path

import numpy as np
import pytest

from chappe.ids import UserID
from chappe.media import frames, pdq
from chappe.media.files import LocalFiles
from chappe.media.store import Media
from chappe.media.videos import SIDE, Videos, demuxer_of
from tests.media.test_pdq import picture

pytestmark = pytest.mark.anyio

SPEAKS = """#!{python}
import sys
sys.path.insert(0, {packages!r})
import numpy as np
frame = np.load({frame!r})
for number in range({count}):
    sys.stdout.buffer.write(np.roll(frame, number * 100, 1).tobytes())
"""


def made(folder: Path, program: str) -> str:
    path = folder / "ffmpeg"
    path.write_text(program)
    path.chmod(0o755)
    return str(path)


async def kept(folder: Path) -> tuple[LocalFiles, Media]:
    files = LocalFiles(folder / "media")
    received = folder / "received"
    received.write_bytes(b"\0\0\0\x20ftypisom")
    await files.keep("0a1b2c", received)
    return files, Media("m1", "0a1b2c", UserID("@a:x.org"), "video/mp4", None, 12, bytes(32), None)


def test_a_file_is_read_only_in_the_format_that_it_begins_like() -> None:
    assert demuxer_of(b"\0\0\0\x20ftypisom" + bytes(20)) == "mov"
    assert demuxer_of(b"\x1a\x45\xdf\xa3") == "matroska"
    assert demuxer_of(b"OggS") == "ogg"
    assert demuxer_of(b"RIFF\0\0\0\0AVI ") == "avi"
    # A playlist names other files, and would have them read.
    for other in (b"#EXTM3U\nfile:///etc/passwd", b"\0\0\0\x20ftypavif", b"RIFF\0\0\0\0WEBP", b"\x89PNG\r\n", b""):
        assert demuxer_of(other) is None
    command = frames.command_of("/usr/bin/ffmpeg", "mov", "/data/a")
    assert command[command.index("-f") + 1] == "mov"
    assert command[command.index("-protocol_whitelist") + 1] == "file"
    assert command[command.index("-i") + 1] == "file:/data/a"


async def test_each_frame_has_a_hash_and_the_same_one_is_told_once(tmp_path: Path) -> None:
    frame = picture(SIDE, SIDE, 1)
    np.save(tmp_path / "frame.npy", frame)
    packages = str(Path(np.__file__).parent.parent)
    program = SPEAKS.format(python=sys.executable, packages=packages, frame=str(tmp_path / "frame.npy"), count=3)
    files, media = await kept(tmp_path)
    found = await Videos(made(tmp_path, program)).hash(files, media, "mov")
    assert len(found) == 24
    assert found[0].bits == pdq.pdq(pdq.luma_of(frame))[0]
    program = program.replace("number * 100", "0").replace("range(3)", "range(100)")
    assert len(await Videos(made(tmp_path, program)).hash(files, media, "mov")) == 8


async def test_a_program_that_says_nothing_is_ended_and_there_are_no_hashes(tmp_path: Path) -> None:
    files, media = await kept(tmp_path)
    videos = Videos(made(tmp_path, "#!/bin/sh\nsleep 600\n"))
    videos.max_seconds = 0.3
    assert await videos.hash(files, media, "mov") == []
    assert await Videos(made(tmp_path, "#!/bin/sh\nexit 1\n")).hash(files, media, "mov") == []
    # It can write no file: that is among the limits which it cannot lift.
    writes = f"#!/bin/sh\necho x > {tmp_path}/written\n"
    assert await Videos(made(tmp_path, writes)).hash(files, media, "mov") == []
    assert not (tmp_path / "written").exists() or (tmp_path / "written").read_bytes() == b""


async def test_without_the_program_videos_have_no_hashes(tmp_path: Path) -> None:
    files, media = await kept(tmp_path)
    videos = Videos()
    videos.program = None
    assert await videos.hash(files, media, "mov") == []
