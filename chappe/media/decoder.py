"""A program of its own that makes thumbnails and hashes: it never trusts the image, and nobody need trust it.

It reads jobs from its standard input and answers on its standard output. For each job it forks: the child takes
limits on itself that it cannot lift (no new file or socket, little memory and time), decodes, and ends. So an image
that breaks a decoder reaches one process without anything in it but that image. Imports nothing of Chappe, but for
`pdq.py` beside it, with the first job that needs it.

A job: four bytes of length, JSON {width, height, method, animated, bytes}, then the image. An answer: four bytes of
length, and so much of what the child said: four bytes of length, JSON {verdict, type}, then the thumbnail; for the
method "pdq" the hashes instead, of 32 bytes each, and one byte more that says how good it is.
"""

import importlib.util
import io
import json
import os
import resource
import signal
import struct
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from PIL import (
    ExifTags,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MAX_PIXELS = 64_000_000
"""Of an image, which takes four bytes for each once it is decoded; looked at before anything is."""
MAX_FRAMES = 300
MAX_FRAME_PIXELS = 80_000_000
"""Of all frames of an animation together. One with more is shown as its first frame."""
MAX_ANIMATED_PIXELS = 20_000_000
"""Of all frames of an animated thumbnail: so many are made within half of `CPU_SECONDS`."""
MAX_RESULT_BYTES = 16 * 1024 * 1024

CPU_SECONDS = 10
MEMORY_BYTES = 1024 * 1024 * 1024
LENGTH = struct.Struct(">I")

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
ORIGINAL, MADE, UNREADABLE, TOO_LARGE, BUSY = "original", "made", "unreadable", "too large", "busy"
Result = tuple[str, str, bytes]
"""What became of a job, the type of the image that is to be shown, and its bytes if it was made."""

Size = tuple[int, int]
Box = tuple[float, float, float, float]


def make_thumbnail(data: bytes, width: int, height: int, method: str, *, animated: bool) -> Result:
    """A thumbnail of an image; `ORIGINAL` when the image is not larger, and may be shown as it is."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        kind = "JPEG" if isinstance(image, JpegImagePlugin.JpegImageFile) else str(image.format)
        if image.width * image.height > MAX_PIXELS:
            return TOO_LARGE, "", b""
        moves = kind != "JPEG" and bool(getattr(image, "is_animated", False))
        if _is_turned(image):
            width, height = height, width
        size, box = _measures(image.size, width, height, method)
        if box is None and (animated or not moves):
            return ORIGINAL, TYPES[kind], b""
        if animated and moves and (made := _animation(image, size, box)) is not None:
            return MADE, "image/webp", made
        image.seek(0)
        return _still(image, kind, size, box)
    except MemoryError:
        return TOO_LARGE, "", b""
    except Exception:  # noqa: BLE001  # decoders raise whatever they like about a broken image
        return UNREADABLE, "", b""


def _measures(size: Size, width: int, height: int, method: str) -> tuple[Size, Box | None]:
    """The size of the thumbnail, and the part of the image that it shows; no part when the image is not larger."""
    own_width, own_height = size
    if own_width <= width and own_height <= height:
        return size, None
    if method == "crop":
        part = min(own_width / width, own_height / height)
        shrunk = max(part, 1.0)
        taken_width, taken_height = min(own_width, width * shrunk), min(own_height, height * shrunk)
        left, top = (own_width - taken_width) / 2, (own_height - taken_height) / 2
        made = max(1, round(taken_width / shrunk)), max(1, round(taken_height / shrunk))
        return made, (left, top, left + taken_width, top + taken_height)
    shrunk = min(own_width / width, own_height / height)
    if shrunk <= 1:
        return size, None
    return (max(1, round(own_width / shrunk)), max(1, round(own_height / shrunk))), (0, 0, own_width, own_height)


def _is_turned(image: Image.Image) -> bool:
    """Whether the camera lay on its side: the width is then the height of what is shown."""
    return image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)


def _still(image: Image.Image, kind: str, size: Size, box: Box | None) -> Result:
    """One picture of that size. It is shrunk first and set upright afterwards, which takes less memory."""
    if kind == "JPEG" and box is not None:
        # The decoder itself shrinks by two, four or eight, if twice the size that is needed is left.
        by = min((box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]) / 2
        whole = image.size
        image.draft("RGB", (round(image.width / by), round(image.height / by)))
        by_x, by_y = image.width / whole[0], image.height / whole[1]
        box = (box[0] * by_x, box[1] * by_y, box[2] * by_x, box[3] * by_y)
    picture = image
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if box is not None:
        picture = picture.resize(size, Image.Resampling.LANCZOS, box, reducing_gap=2.0)
    colours = image.info.get("icc_profile") if picture.mode == image.mode else None
    upright = ImageOps.exif_transpose(picture)
    out = io.BytesIO()
    if upright.mode == "RGBA" or kind in ("PNG", "GIF"):
        upright.save(out, "PNG", icc_profile=colours)
        return MADE, "image/png", out.getvalue()
    upright.save(out, "JPEG", quality=82, progressive=True, icc_profile=colours)
    return MADE, "image/jpeg", out.getvalue()


def _animation(image: Image.Image, size: Size, box: Box | None) -> bytes | None:
    """The animation in that size, or None when it is too long."""
    shown: list[Image.Image] = []
    durations: list[int] = []
    for number in range(MAX_FRAMES + 1):
        try:
            image.seek(number)
        except EOFError:
            break
        seen = number + 1
        if (
            number == MAX_FRAMES
            or seen * image.width * image.height > MAX_FRAME_PIXELS
            or seen * size[0] * size[1] > MAX_ANIMATED_PIXELS
        ):
            return None
        frame = image.convert("RGBA")
        shown.append(frame.resize(size, Image.Resampling.LANCZOS, box, reducing_gap=2.0) if box else frame)
        durations.append(max(20, int(image.info.get("duration", 100))))
    out = io.BytesIO()
    loop = int(image.info.get("loop", 0))
    shown[0].save(
        out, "WEBP", save_all=True, append_images=shown[1:], duration=durations, loop=loop, quality=75, method=2
    )
    return out.getvalue()


PDQ = "pdq"
MAX_HASHED_FRAMES = 8
"""Of an animation, spread over all of it."""


def hash_picture(data: bytes) -> Result:
    """The hashes of an image, turned and mirrored as well: as it is stored, and as it is shown where that is something
    else; of some frames."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            return TOO_LARGE, "", b""
        found: dict[bytes, None] = {}
        for frame in _some_frames(image):
            for picture in _as_stored_and_shown(frame):
                hashes, quality = _pdq().pdq_all_ways(_luma_of(picture))
                found |= {hashed + bytes([quality]): None for hashed in hashes}
        return MADE, "", b"".join(found)
    except MemoryError:
        return TOO_LARGE, "", b""
    except Exception:  # noqa: BLE001  # decoders raise whatever they like about a broken image
        return UNREADABLE, "", b""


def _some_frames(image: Image.Image) -> Iterator[Image.Image]:
    moves = not isinstance(image, JpegImagePlugin.JpegImageFile) and bool(getattr(image, "is_animated", False))
    count = int(getattr(image, "n_frames", 1)) if moves else 1
    if count * image.width * image.height > MAX_FRAME_PIXELS:
        count = 1
    taken = min(count, MAX_HASHED_FRAMES)
    for number in range(taken):
        image.seek(number * count // taken)
        yield image


def _as_stored_and_shown(image: Image.Image) -> Iterator[Image.Image]:
    yield image
    if image.has_transparency_data:
        over_white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        over_white.alpha_composite(image.convert("RGBA"))
        yield over_white
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        yield ImageOps.exif_transpose(image)


def _luma_of(image: Image.Image) -> Any:
    """How bright an image is, at no more than 512 × 512 points."""
    pdq = _pdq()
    np = pdq.np
    is_grey = image.mode == "L"
    if image.width <= pdq.SIDE and image.height <= pdq.SIDE:
        pixels = np.asarray(image if is_grey else image.convert("RGB"))
    else:
        # Row by row: an image of the most pixels is never in memory twice.
        columns, picked = pdq.sampled(image.width), []
        for row in pdq.sampled(image.height).tolist():
            line = image.crop((0, row, image.width, row + 1))
            picked.append(np.asarray(line if is_grey else line.convert("RGB"))[0][columns])
        pixels = np.stack(picked)
    return pixels.astype(np.float32) if is_grey else pdq.luma_of(pixels)


@cache
def _pdq() -> ModuleType:
    """What makes hashes, and numpy with it: loaded by the first job that needs it, not in a child."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a child may have no threads
    spec = importlib.util.spec_from_file_location(PDQ, Path(__file__).with_name("pdq.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _warm_up_hashing() -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGBA").save(out, "PNG")
    assert hash_picture(out.getvalue())[0] == MADE, "no hash can be made here"


def _lock_in(answer: int) -> None:
    """Keep nothing but the way to answer, and let no more in. None of these limits can be raised again."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, descriptor in enumerate((nothing, answer, nothing)):
        os.dup2(descriptor, number)
    os.closerange(3, 1024)
    os.nice(10)
    for limit, soft in (
        (resource.RLIMIT_NOFILE, 3),  # all taken: no file and no socket can be opened
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
    ):
        resource.setrlimit(limit, (soft, soft))


def _answer(verdict: str, kind: str, data: bytes) -> bytes:
    head = json.dumps({"verdict": verdict, "type": kind}).encode()
    return LENGTH.pack(len(head)) + head + data


def _in_child(job: dict[str, Any], data: bytes) -> bytes:
    """The answer of a child to one job; UNREADABLE for one that came to grief, BUSY for one that others have ended."""
    if job["method"] == PDQ:
        _warm_up_hashing()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _lock_in(writing)
            if job["method"] == PDQ:
                result = hash_picture(data)
            else:
                result = make_thumbnail(data, job["width"], job["height"], job["method"], animated=job["animated"])
            with open(1, "wb", closefd=False) as out:  # a descriptor has no path
                out.write(_answer(*result))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, "rb") as answered:  # noqa: PTH123
        answer = answered.read(MAX_RESULT_BYTES + 1)
    _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        # Either it has used up its time, which it would again, or the system was short of memory.
        has_used_up = used.ru_utime + used.ru_stime > CPU_SECONDS - 1
        return _answer(UNREADABLE if has_used_up else BUSY, "", b"")
    return answer if status == 0 and len(answer) <= MAX_RESULT_BYTES else _answer(UNREADABLE, "", b"")


def _warm_up() -> None:
    """Load all that decoding needs while files can still be opened."""
    frames = [Image.new("RGBA", (64, 64), (number, 0, 0, 255)) for number in range(2)]
    for kind in FORMATS:
        out = io.BytesIO()
        if kind == "JPEG":
            frames[0].convert("RGB").save(out, kind, exif=Image.Exif())
        else:
            frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        for animated in (False, True):
            result = make_thumbnail(out.getvalue(), 8, 8, "crop", animated=animated)
            assert result[0] == MADE, f"{kind} cannot be decoded here"


def _read_job(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    length = source.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    job = json.loads(source.read(LENGTH.unpack(length)[0]))
    return job, source.read(job["bytes"])


def main() -> None:
    """Serve jobs until the input ends."""
    Image.MAX_IMAGE_PIXELS = None  # looked at by ourselves
    warnings.simplefilter("ignore")
    _warm_up()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (job := _read_job(source)) is not None:
        answer = _in_child(*job)
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


LOADED = (GifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""What a child needs and could not load any more: the decoders, what reads the data of cameras (TIFF), and JPEG files
with further pictures behind the first (MPO), of which only the first is shown."""

if __name__ == "__main__":
    main()
