"""Small versions of images: their sizes, their types, and what does not come to harm by hostile ones."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageCms

from chappe.media.decoders import Decoders
from chappe.media.sizes import wanted_size
from tests.house import House, Person, gather_at_once
from tests.media.conftest import THUMBNAIL, ask, download, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


def image(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **how: Any) -> bytes:
    """Left half red, right half blue."""
    picture = Image.new(mode, (width, height), (255, 0, 0))
    picture.paste((0, 0, 255), (width // 2, 0, width, height))
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def animation(kind: str, frames: int = 4, size: tuple[int, int] = (700, 500)) -> bytes:
    shown = [Image.new("RGB", size, (60 * number % 256, 100, 0)) for number in range(frames)]
    out = io.BytesIO()
    shown[0].save(out, kind, save_all=True, append_images=shown[1:], duration=80, loop=0)
    return out.getvalue()


async def thumbnail(person: Person, address: str, width: int, height: int, **query: Any) -> httpx.Response:
    return await ask(person.house, "GET", f"{THUMBNAIL}/{address}", person, width=width, height=height, **query)


def shown(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    picture = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}.get(
        str(picture.format), "image/gif"
    )
    assert answer.headers["content-disposition"].startswith('inline; filename="thumbnail.')
    return picture


def thumbnails(house: House) -> list[Path]:
    folder = house.chappe.settings.data_dir / "media" / "thumbnails"
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_scaled_covers_what_is_asked_for_and_cropped_has_its_shape(house: House) -> None:
    """getContentThumbnailAuthed: the sizes of the specification; never smaller than asked for, never enlarged."""
    anna = await house.person("anna")
    address = await upload(anna, image(2000, 1000, "JPEG"), "image/jpeg")
    for (width, height, method), size in {
        (32, 32, "crop"): (32, 32),
        (96, 96, "crop"): (96, 96),
        (40, 40, "crop"): (96, 96),
        (320, 240, "scale"): (480, 240),
        (640, 480, "scale"): (960, 480),
        (800, 600, "scale"): (1200, 600),
        (801, 600, "scale"): (2000, 1000),
        (5000, 5000, "scale"): (2000, 1000),
        (320, 240, "crop"): (320, 240),
        (700, 90, "crop"): (1200, 600),
    }.items():
        picture = shown(await thumbnail(anna, address, width, height, method=method))
        assert picture.size == size, (width, height, method)
        assert picture.format == "JPEG"
    left = shown(await thumbnail(anna, address, 96, 96, method="crop")).convert("RGB")
    red, blue = left.getpixel((5, 50)), left.getpixel((90, 50))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 200 > 50 > red[2]
    assert blue[2] > 200 > 50 > blue[0]


async def test_small_images_are_shown_as_they_are(house: House) -> None:
    anna = await house.person("anna")
    for kind, content_type in (
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
    ):
        data = image(90, 20, kind)
        address = await upload(anna, data, "application/octet-stream")
        for _ in range(2):
            answer = await thumbnail(anna, address, 96, 96, method="crop")
            assert (answer.content, answer.headers["content-type"]) == (data, content_type)
    assert all(path.stat().st_size == 0 for path in thumbnails(house))


async def test_see_through_stays_see_through(house: House) -> None:
    anna = await house.person("anna")
    data = io.BytesIO()
    Image.new("RGBA", (800, 800), (0, 255, 0, 0)).save(data, "WEBP", lossless=True)
    picture = shown(await thumbnail(anna, await upload(anna, data.getvalue()), 96, 96, method="crop"))
    assert (picture.format, picture.convert("RGBA").getchannel("A").getextrema()) == ("PNG", (0, 0))


async def test_pictures_that_a_camera_turned_stand_upright(house: House) -> None:
    anna = await house.person("anna")
    turned = Image.Exif()
    turned[0x0112] = 6
    address = await upload(anna, image(2000, 1000, "JPEG", exif=turned))
    picture = shown(await thumbnail(anna, address, 320, 240))
    assert picture.size == (320, 640)
    top = picture.convert("RGB").getpixel((160, 20))
    assert isinstance(top, tuple)
    assert top[0] > 200
    assert picture.getexif().get(0x0112, 1) == 1


async def test_pictures_of_telephones(house: House) -> None:
    """Several pictures in one file, and colours of their own: the first is shown, in its colours, and still."""
    anna = await house.person("anna")
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = io.BytesIO()
    first, second = Image.new("RGB", (900, 900), (200, 0, 0)), Image.new("RGB", (300, 300))
    first.save(data, "MPO", save_all=True, append_images=[second], icc_profile=colours)
    address = await upload(anna, data.getvalue(), "image/jpeg")
    for animated in ("true", "false"):
        picture = shown(await thumbnail(anna, address, 96, 96, method="crop", animated=animated))
        assert (picture.format, picture.size, picture.info["icc_profile"]) == ("JPEG", (96, 96), colours)
        assert (await thumbnail(anna, address, 5000, 5000, animated=animated)).content == data.getvalue()


async def test_modes_that_are_rare(house: House) -> None:
    anna = await house.person("anna")
    for mode, kind in (("1", "PNG"), ("L", "JPEG"), ("P", "GIF"), ("CMYK", "JPEG"), ("LA", "PNG"), ("I;16", "PNG")):
        data = io.BytesIO()
        Image.new(mode, (900, 900)).save(data, kind)
        picture = shown(await thumbnail(anna, await upload(anna, data.getvalue()), 96, 96, method="crop"))
        assert picture.size == (96, 96), mode


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
async def test_what_moves_moves_when_that_is_wanted(house: House, kind: str) -> None:
    """getContentThumbnailAuthed: animated."""
    anna = await house.person("anna")
    address = await upload(anna, animation(kind))
    moving = shown(await thumbnail(anna, address, 96, 96, method="crop", animated="true"))
    assert (moving.format, getattr(moving, "n_frames", 1), moving.size) == ("WEBP", 4, (96, 96))
    still = shown(await thumbnail(anna, address, 96, 96, method="crop"))
    assert not getattr(still, "is_animated", False)
    small = await upload(anna, data := animation(kind, size=(50, 50)))
    assert (await thumbnail(anna, small, 96, 96, animated="true")).content == data
    assert not getattr(shown(await thumbnail(anna, small, 96, 96, animated="false")), "is_animated", False)
    picture = shown(await thumbnail(anna, await upload(anna, image(500, 500)), 96, 96, animated="true"))
    assert picture.format == "PNG"


async def test_very_long_animations_are_shown_still(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, animation("GIF", frames=320, size=(120, 120)))
    answer = await thumbnail(anna, address, 96, 96, method="crop", animated="true")
    assert not getattr(shown(answer), "is_animated", False)


async def test_a_thumbnail_is_made_once(house: House) -> None:
    """Fifty who ask at the same time, and one who asks later, get the same file."""
    anna = await house.person("anna")
    address = await upload(anna, image(1500, 1500))
    answers = await gather_at_once(*[thumbnail(anna, address, 320, 240) for _ in range(50)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    [path] = thumbnails(house)
    path.write_bytes(b"kept")
    assert (await thumbnail(anna, address, 320, 240)).content == b"kept"


async def test_what_a_busy_machine_did_not_make_is_made_later(house: House) -> None:
    """Only what can never work is remembered."""
    anna = await house.person("anna")
    address = await upload(anna, image(800, 800))
    decoders = house.chappe.resources.of(Decoders)
    usual, decoders.max_seconds = decoders.max_seconds, 0.0
    answer = await thumbnail(anna, address, 96, 96)
    assert (answer.status_code, answer.json()["retry_after_ms"]) == (503, 5_000)
    decoders.max_seconds = usual
    assert shown(await thumbnail(anna, address, 96, 96)).size == (320, 320)


# Hostile images


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


async def test_a_bomb_is_refused_before_it_goes_off(house: House) -> None:
    """900 megapixels in about 100 KiB: 30,000 by 30,000 of one bit each."""
    anna = await house.person("anna")
    row = b"\0" * (1 + 30_000 // 8)
    packer = zlib.compressobj(9)
    bomb = png(30_000, 30_000, b"".join([packer.compress(row) for _ in range(30_000)]) + packer.flush())
    assert len(bomb) < 150_000
    address = await upload(anna, bomb, "image/png")
    for size in (32, 96, 5000):
        answer = await thumbnail(anna, address, size, size, method="crop")
        assert (answer.status_code, answer.json()["errcode"]) == (413, "M_TOO_LARGE")
    assert (await download(anna, house, address)).content == bomb


async def test_what_is_no_image_has_no_thumbnail(house: House) -> None:
    """Lying types, broken and cut images, formats whose decoders we do not use."""
    anna = await house.person("anna")
    whole = image(800, 800, "JPEG")
    bmp = image(200, 200, "BMP")
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>"
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"
    for data in (b"", b"no image", svg, eps, bmp, whole[:200], b"GIF89a" + b"\xff" * 50, png(100, 100, b"junk")):
        address = await upload(anna, data, "image/png")
        for _ in range(2):
            answer = await thumbnail(anna, address, 96, 96)
            assert (answer.status_code, answer.json()["errcode"]) == (400, "M_UNKNOWN"), data[:20]
    assert shown(await thumbnail(anna, await upload(anna, whole, "text/html"), 96, 96)).format == "JPEG"


async def test_requests_that_make_no_sense(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, image(500, 500))
    for width, height, method in ((0, 10, "crop"), (-5, 10, "scale"), (10, 10, "stretch"), ("x", 10, "crop")):
        assert (await thumbnail(anna, address, width, height, method=method)).status_code == 400  # type: ignore[arg-type]
    assert (await ask(house, "GET", f"{THUMBNAIL}/{address}", anna)).status_code == 400
    assert (await ask(house, "GET", f"{THUMBNAIL}/{address}", None, width=1, height=1)).status_code == 401
    assert (await thumbnail(anna, "localhost/unknown", 10, 10)).status_code == 404


@pytest.mark.parametrize("width", [1, 31, 32, 33, 97, 300, 800, 1600, 10**15])
@pytest.mark.parametrize("height", [1, 96, 500, 1300])
def test_a_size_is_never_smaller_than_what_was_asked_for(width: int, height: int) -> None:
    for method in ("crop", "scale"):
        wanted = wanted_size(width, height, method, animated=False)
        assert wanted.width >= min(width, 1 << 20)
        assert wanted.height >= height
