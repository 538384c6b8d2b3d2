"""Removing media: gone for everybody at once, from the disk soon, and never while it is held."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.holds import Holds, finish_all
from chappe.ids import UserID
from chappe.media import Sweeper, Uploads, remove_all_media_of, remove_media
from chappe.stream import Command, Transaction, shard_of
from tests.house import House
from tests.media.conftest import UPLOAD, ask, download, upload

pytestmark = pytest.mark.anyio


def files(house: House) -> list[Path]:
    return [path for path in (house.chappe.settings.data_dir / "media").rglob("*") if path.is_file()]


async def remove(house: House, address: str) -> None:
    media_id = address.partition("/")[2]
    await house.chappe.bus.call(shard_of(media_id), Command(remove_media, None, (media_id,)))


async def test_what_is_removed_is_gone_from_the_disk(house: House) -> None:
    anna = await house.person("anna")
    address, other = await upload(anna, b"x"), await upload(anna, b"y")
    await remove(house, address)
    assert (await download(anna, house, address)).status_code == 404
    async with asyncio.timeout(5):
        left = True
        while left:  # the sweeper works beside us
            await asyncio.sleep(0.01)
            left = len(files(house)) > 1 or bool(await house.chappe.database.fetch("SELECT * FROM unlinked_file"))
    assert (await download(anna, house, other)).content == b"y"
    await remove(house, address)
    await remove(house, "localhost/unknown")


async def test_what_is_held_is_kept_and_not_shown(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, b"x")
    holds = house.chappe.resources.of(Holds)

    async def is_held(tx: Transaction, kind: str, subject: str) -> bool:
        return kind == "media" and address.endswith(subject)

    holds.checks.append(is_held)
    await remove(house, address)
    await house.chappe.resources.of(Sweeper).sweep()
    assert (await download(anna, house, address)).status_code == 404
    assert [path.read_bytes() for path in files(house)] == [b"x"]

    holds.checks.clear()
    assert await finish_all(house.chappe.bus, house.chappe.database) == 1
    await house.chappe.resources.of(Sweeper).sweep()
    assert files(house) == []
    assert await house.chappe.database.fetch("SELECT * FROM media") == []


async def test_removing_all_of_a_person_waits_for_their_uploads(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    kept = await upload(ben, b"ben's")
    for number in range(3):
        await upload(anna, b"%d" % number)
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"the first half"
        await go_on.wait()
        yield b"the second"

    uploading = asyncio.create_task(ask(house, "POST", UPLOAD, anna, slow()))
    await asyncio.sleep(0.05)
    chappe = house.chappe
    uploads = chappe.resources.of(Uploads)
    removing = asyncio.create_task(remove_all_media_of(chappe.bus, chappe.database, uploads, UserID(anna.user_id)))
    await asyncio.sleep(0.05)
    assert not removing.done()
    go_on.set()
    assert (await uploading).status_code == 200
    await removing
    await chappe.resources.of(Sweeper).sweep()
    assert await chappe.database.fetch("SELECT uploader FROM media") == [(ben.user_id,)]
    assert (await download(anna, house, kept)).content == b"ben's"
    assert len(files(house)) == 1


@pytest.mark.parametrize("erase", [True, False])
async def test_an_account_that_ends_takes_its_media_along_if_the_person_wishes(house: House, erase: bool) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    kept = await upload(ben, b"ben's")
    addresses = [await upload(anna, b"%d" % number) for number in range(3)]
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"the first half"
        await go_on.wait()
        yield b"the second"

    uploading = asyncio.create_task(ask(house, "POST", UPLOAD, anna, slow()))
    await asyncio.sleep(0.05)
    identifier = {"type": "m.id.user", "user": anna.user_id}
    auth = {"type": "m.login.password", "identifier": identifier, "password": House.PASSWORD}
    (await anna.post("/account/deactivate", {"erase": erase, "auth": auth})).ok()
    go_on.set()
    late = "localhost/" + (await uploading).json()["content_uri"].rpartition("/")[2]
    await house.chappe.outbox.drain()
    async with asyncio.timeout(5):
        while erase and (await download(ben, house, late)).status_code != 404:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0.01)
    found = [(await download(ben, house, address)).status_code for address in [kept, *addresses, late]]
    assert found == ([200, 404, 404, 404, 404] if erase else [200] * 5)
