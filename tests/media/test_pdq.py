"""PDQ hashes: the bits of the reference from the same pixels, and what becomes of them when a picture is changed."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.media import pdq
from chappe.media.decoders import Decoders, PictureHash
from tests.media.test_thumbnails import animation

pytestmark = pytest.mark.anyio

ANNA = UserID("@anna:localhost")

REFERENCE = (
    # What the reference implementation (ThreatExchange, pdq/cpp) makes of `picture(width, height, seed)`.
    (64, 64, 1, "ad454b559a9536aa552acb5a16556e95d9ab334accca3116c66539c946339dce", 69),
    (300, 200, 2, "fae5e04c81fbcff3ec0081e70ffe7f80e809c3ff8fc17e03cc3e98f033c01800", 100),
    (512, 512, 3, "cffe03ffc67f07ff3fc4f800effff800c7fff00080a8f000effff0008000f000", 100),
    (100, 37, 4, "8bad52d45d68d5559965aaa65b2a9aa6552db554ab6952d4c5ad384ce2891f3a", 100),
    (511, 33, 5, "a2bd9a8aaeaa23fcbe0b29f8e4baa8aaaf2c9f8c6ab95acc04e8ed2207d23f00", 100),
    (5, 5, 6, "96a564d9695a9b2631ccc6b595a43b4ece7369d896a564d9695a9f26318cc4b1", 2),
    (129, 257, 7, "398f11537396e2ace3aec3acc78987ac0f951fac1f8f7eacff00feacfc000000", 100),
    (6, 200, 8, "2492db6ddb6d709724927097db6dda6d249270970041da6ddb6d70972492da3d", 100),
)
REFERENCE_LARGE = (
    (1000, 700, 9, "7552d2876752378504527aa5d6107da754107ae56a3236c7c3507f655372fb27", 100),
    (513, 20, 10, "4bda2d15ce58c0f4b8aeee8a0fadaf8ef5e1848339cecce82f62f09407e87e00", 100),
    (20, 2000, 11, "71ce38c5c75ce3dc0c250f1c00057c7c3e15c1fde078001f1ff001dffff0ffc0", 100),
)
"""The same of pictures that are sampled down to 512 × 512 points first."""


def picture(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """A picture with much in it, made of whole numbers only: the same everywhere."""
    across, down = np.meshgrid(np.arange(width, dtype=np.int64), np.arange(height, dtype=np.int64))
    red = (across * down // 7 + seed * across) % 256
    green = (across * across // 50 + down * seed) % 256
    blue = (down * 3 + across // 2 + seed) % 256
    return np.stack([red, green, blue], -1).astype(np.uint8)


def scene(seed: int = 0, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """A picture as photographs are: large smooth shapes."""
    few = np.random.default_rng(seed).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    return Image.fromarray(few).resize(size, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def reading(data: bytes) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        return data

    return read


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


@pytest.fixture
async def decoders() -> AsyncIterator[Decoders]:
    decoders = Decoders()
    yield decoders
    await decoders.close()


async def hashes(decoders: Decoders, data: bytes) -> list[PictureHash]:
    return await decoders.hash(ANNA, reading(data))


@pytest.mark.parametrize(("width", "height", "seed", "expected", "quality"), REFERENCE)
def test_the_same_pixels_give_the_bits_of_the_reference(
    width: int, height: int, seed: int, expected: str, quality: int
) -> None:
    bits, told = pdq.pdq(pdq.luma_of(picture(width, height, seed)))
    assert (bits.hex(), told) == (expected, quality)


async def test_the_program_gives_the_bits_of_the_reference(decoders: Decoders) -> None:
    for width, height, seed, expected, quality in REFERENCE + REFERENCE_LARGE:
        image = Image.fromarray(picture(width, height, seed))
        found = (await hashes(decoders, saved(image)))[0]
        assert (found.bits.hex(), found.quality) == (expected, quality), (width, height)


async def test_a_grey_picture_is_hashed_as_it_is(decoders: Decoders) -> None:
    grey = picture(300, 200, 2)[..., 0]
    found = (await hashes(decoders, saved(Image.fromarray(grey))))[0]
    assert found.bits.hex() == "f0e3e0e5e3e5c1e783e007e107e10fe41fe03fe07fe5ffc0ffc0fd80fc800000"


async def test_a_changed_picture_stays_near_and_another_one_is_far(decoders: Decoders) -> None:
    original = scene()
    own = (await hashes(decoders, saved(original)))[0]
    assert own.quality > 49
    changed = {
        "smaller": saved(original.resize((150, 110))),
        "larger": saved(original.resize((1300, 975))),
        "compressed": saved(original, "JPEG", quality=25),
        "blurred": saved(original.filter(ImageFilter.GaussianBlur(3))),
        "brighter": saved(original.point([min(255, level + 25) for level in range(256)] * 3)),
        "webp": saved(original, "WEBP", quality=40),
    }
    for how, data in changed.items():
        found = (await hashes(decoders, data))[0]
        assert distance(found.bits, own.bits) <= 31, how
    for seed in range(1, 6):
        for found in await hashes(decoders, saved(scene(seed))):
            assert distance(found.bits, own.bits) > 31, seed


async def test_a_picture_that_was_turned_or_mirrored_is_found(decoders: Decoders) -> None:
    original = scene()
    listed = (await hashes(decoders, saved(original)))[0]
    for how in Image.Transpose:
        found = await hashes(decoders, saved(original.transpose(how)))
        assert len(found) == 8
        assert min(distance(one.bits, listed.bits) for one in found) <= 31, how


async def test_a_picture_without_anything_in_it_says_so(decoders: Decoders) -> None:
    found = (await hashes(decoders, saved(Image.new("RGB", (300, 300), (200, 30, 30)))))[0]
    assert found.quality == 0
    (found,) = await hashes(decoders, saved(Image.new("RGB", (4, 300))))
    assert found == PictureHash(bytes(32), 0)


async def test_what_lies_on_its_side_or_is_transparent_is_hashed_as_it_is_shown_too(decoders: Decoders) -> None:
    upright = scene()
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me by 90 degrees": as a camera writes it that lay on its side
    turned = saved(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)
    stored, shown = (await hashes(decoders, turned))[::8]
    plain = (await hashes(decoders, saved(upright)))[0]
    assert distance(shown.bits, plain.bits) <= 10
    assert distance(stored.bits, plain.bits) > 31

    # Its colours say one thing, and what of them can be seen another.
    hidden = scene(7).convert("RGBA")
    hidden.putalpha(upright.convert("L"))
    stored, shown = (await hashes(decoders, saved(hidden)))[::8]
    over_white = Image.alpha_composite(Image.new("RGBA", hidden.size, "white"), hidden).convert("RGB")
    seen = (await hashes(decoders, saved(over_white)))[0]
    assert distance(stored.bits, shown.bits) > 31
    assert seen.bits == shown.bits


async def test_frames_of_an_animation_are_hashed(decoders: Decoders) -> None:
    frames = [scene(seed) for seed in range(20)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80)
    found = await hashes(decoders, data)
    assert len(found) == 64
    for seed, hashed in zip((0, 2, 5, 7, 10, 12, 15, 17), found[::8], strict=True):
        alone = (await hashes(decoders, saved(scene(seed).quantize(), "GIF")))[0]
        assert distance(hashed.bits, alone.bits) <= 31
    assert await hashes(decoders, animation("WEBP"))


async def test_what_is_no_picture_is_refused_and_thumbnails_go_on(decoders: Decoders) -> None:
    for data in (b"", b"not a picture", saved(scene())[:400]):
        with pytest.raises(Refused) as no:
            await hashes(decoders, data)
        assert no.value.code is Errcode.UNKNOWN
    with pytest.raises(Refused) as no:
        await hashes(decoders, saved(Image.new("1", (9000, 8000))))
    assert no.value.code is Errcode.TOO_LARGE
    many = await asyncio.gather(*(hashes(decoders, saved(scene(seed))) for seed in range(6)))
    assert len({found[0].bits for found in many}) == 6
