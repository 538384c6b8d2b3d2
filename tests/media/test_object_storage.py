"""Media in an object storage: the same as in files, and clear refusals while it is down."""

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from chappe.config import Settings
from chappe.media import Sweeper, remove_media
from chappe.media.files_s3 import PART_BYTES
from chappe.stream import Command, shard_of
from tests.house import House
from tests.media.conftest import THUMBNAIL, UPLOAD, ask, download, upload
from tests.media.object_storage import ObjectStorage, object_storage
from tests.media.test_thumbnails import image

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Nothing here is about the database."""
    return "sqlite"


@pytest.fixture
def storage() -> Iterator[ObjectStorage]:
    with object_storage() as storage:
        yield storage


@pytest.fixture
def settings(settings: Settings, storage: ObjectStorage) -> Settings:
    return dataclasses.replace(settings, media_storage=storage.address)


def local(house: House) -> list[Path]:
    return [path for path in (house.chappe.settings.data_dir / "media").rglob("*") if path.is_file()]


async def test_files_lie_in_the_bucket_and_nowhere_else(house: House, storage: ObjectStorage) -> None:
    """uploadContent, getContentAuthed, getContentThumbnailAuthed."""
    anna = await house.person("anna")
    picture = image(900, 900)
    address = await upload(anna, picture, "image/png")
    assert list(storage.objects.values()) == [picture]
    assert local(house) == []
    assert (await download(anna, house, address)).content == picture
    part = await download(anna, house, address, {"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, picture[5:10])
    small = await ask(house, "GET", f"{THUMBNAIL}/{address}", anna, width=32, height=32)
    assert small.headers["content-type"] == "image/png"
    assert storage.unsigned == 0
    assert (await download(anna, house, await upload(anna, b""))).content == b""


async def test_large_files_go_in_parts(house: House, storage: ObjectStorage) -> None:
    anna = await house.person("anna")
    data = bytes(range(256)) * (2 * PART_BYTES // 256) + b"the end"
    address = await upload(anna, data)
    assert (await download(anna, house, address)).content == data


async def test_while_the_storage_is_down_files_are_refused_and_nothing_is_lost(
    house: House, storage: ObjectStorage
) -> None:
    anna = await house.person("anna")
    address = await upload(anna, image(500, 500))
    storage.is_down = True
    for answer in (
        await ask(house, "POST", UPLOAD, anna, b"x"),
        await download(anna, house, address),
        await ask(house, "GET", f"{THUMBNAIL}/{address}", anna, width=32, height=32),
    ):
        assert (answer.status_code, answer.json()["errcode"]) == (503, "M_UNKNOWN")
    await anna.send(await anna.create_room(), "text goes on")
    media_id = address.partition("/")[2]
    await house.chappe.bus.call(shard_of(media_id), Command(remove_media, None, (media_id,)))
    with pytest.raises(OSError, match="object storage"):
        await house.chappe.resources.of(Sweeper).sweep()

    storage.is_down = False
    assert await upload(anna, b"y")
    await house.chappe.resources.of(Sweeper).sweep()
    async with asyncio.timeout(5):
        while local(house) or list(storage.objects.values()) != [b"y"]:  # noqa: ASYNC110  # the sweeper works beside us
            await asyncio.sleep(0.02)


async def test_a_file_that_is_lost_is_not_found(house: House, storage: ObjectStorage) -> None:
    anna = await house.person("anna")
    address = await upload(anna, image(500, 500))
    storage.objects.clear()
    assert (await download(anna, house, address)).status_code == 404
    assert (await ask(house, "GET", f"{THUMBNAIL}/{address}", anna, width=32, height=32)).status_code == 404
