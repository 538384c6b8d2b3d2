"""The files of uploads in several requests: what is believed of them, their digests, and that none stays."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.ids import UserID
from chappe.media import Sweeper, Uploads, remove_all_media_of, resume, unfinished
from chappe.media.add import RESERVED_MS
from chappe.media.unfinished import Unfinished
from tests.house import House
from tests.media.conftest import download, upload
from tests.media.test_resume import DATA, begin, files, go_on, said, settings, sha256_of, stands
from tests.media.test_upload_later import create

pytestmark = pytest.mark.anyio
__all__ = ["settings"]


async def test_giving_up(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"abc", 10)
    assert (await stands(anna, address, "DELETE")).status_code == 204
    assert (await stands(anna, address)).status_code == 404
    await house.chappe.resources.of(Sweeper).sweep()
    assert files(house) == []
    done = await create(anna)
    await begin(anna, done, b"abc", None, last=True)
    assert (await stands(anna, done, "DELETE")).json()["errcode"] == "M_CANNOT_OVERWRITE_MEDIA"


async def test_what_is_not_finished_in_time_goes(house: House) -> None:
    anna = await house.person("anna")
    address, later = await create(anna), await create(anna)
    await begin(anna, address, b"abc", 10)
    house.clock.advance(RESERVED_MS / 1000 - 1)
    assert said(await stands(anna, address)) == (204, "3", "?0")
    house.clock.advance(2)
    for answer in (await go_on(anna, address, 3, b"d"), await begin(anna, later, b"", 10)):
        assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")
    await house.chappe.resources.of(Sweeper).sweep()
    assert files(house) == []
    assert await house.chappe.database.fetch("SELECT * FROM unfinished_upload") == []


async def test_the_sweeper_leaves_what_goes_on(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"abc", 6)
    (house.chappe.settings.data_dir / "media" / "unfinished" / ("a" * 32)).write_bytes(b"cut off before its row")
    await house.chappe.resources.of(Sweeper).sweep()
    assert [path.read_bytes() for path in files(house)] == [b"abc"]
    assert said(await go_on(anna, address, 3, b"def", last=True)) == (200, "6", "?1")


async def test_what_the_file_has_behind_its_row_is_cut_off(house: House) -> None:
    """After a power cut: of what came behind the last checkpoint nothing is believed."""
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, b"abc", 6)
    [path] = files(house)
    path.write_bytes(b"abc\0\0\0\0\0\0")
    forget_digests(house)
    assert said(await stands(anna, address)) == (204, "3", "?0")
    assert said(await go_on(anna, address, 3, b"def", last=True)) == (200, "6", "?1")
    assert (await download(anna, house, address)).content == b"abcdef"
    assert await sha256_of(house, address) == hashlib.sha256(b"abcdef").digest()


async def test_what_is_lost_begins_anew(house: House) -> None:
    """A file that is gone, as after a backup was put back, or shorter than it was: nothing is made up."""
    anna = await house.person("anna")
    for left in (None, b"a"):
        address = await create(anna)
        await begin(anna, address, b"abc", 6)
        [path] = files(house, "unfinished")
        path.unlink()
        if left is not None:
            path.write_bytes(left)
        for answer in (await stands(anna, address), await go_on(anna, address, 3, b"def", last=True)):
            assert answer.status_code == 404
        assert said(await begin(anna, address, b"abc", None, last=True)) == (200, "3", "?1")


async def test_the_digest_is_right_when_it_is_computed_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "READ_BYTES", 10)
    monkeypatch.setattr(unfinished, "READS_AT_ONCE", 7)
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, DATA[:1000], len(DATA))
    forget_digests(house)
    await go_on(anna, address, 1000, DATA[1000:], last=True)
    assert await sha256_of(house, address) == hashlib.sha256(DATA).digest()


async def test_a_digest_is_of_what_is_recorded(tmp_path: Path) -> None:
    """Also where more was written than could be recorded."""

    async def pieces(piece: bytes) -> AsyncIterator[bytes]:
        yield piece

    folder = Unfinished(tmp_path / "unfinished")
    growing = await folder.create()
    for piece, is_recorded in ((b"abc", True), (b"lost", False)):
        async for _ in growing.append(pieces(piece)):
            pass
        await growing.sync()
        if is_recorded:
            growing.keep_digest()
    growing.close()
    again = await folder.open(growing.key, 3)
    assert again is not None
    assert (again.size_bytes, again.sha256) == (3, hashlib.sha256(b"abc").digest())
    again.close()


async def test_usually_nothing_is_read_again(house: House) -> None:
    anna = await house.person("anna")
    address = await create(anna)
    await begin(anna, address, DATA[:1000], len(DATA))
    # Bytes that are changed behind our back, and a digest that knows nothing of it: it did not look.
    [path] = files(house)
    path.write_bytes(b"x" * 1000)
    await go_on(anna, address, 1000, DATA[1000:], last=True)
    assert await sha256_of(house, address) == hashlib.sha256(DATA).digest()


async def test_long_parts_are_recorded_while_they_come(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "CHECKPOINT_BYTES", 2_000_000)
    monkeypatch.setattr(unfinished, "BATCH_BYTES", 100_000)
    anna = await house.person("anna")
    address = await create(anna)
    recorded = list[int]()

    async def much() -> AsyncIterator[bytes]:
        for _ in range(100):
            [(received,)] = await house.chappe.database.fetch("SELECT received_bytes FROM unfinished_upload")
            recorded.append(received)
            yield b"x" * 100_000

    assert said(await begin(anna, address, much(), 20_000_000)) == (201, "10000000", "?0")
    assert sorted(set(recorded)) == [0, 2_000_000, 4_000_000, 6_000_000, 8_000_000]


async def test_the_end_of_an_account_ends_its_uploads(house: House) -> None:
    anna = await house.person("anna")
    await begin(anna, await create(anna), b"abc", 6)
    await upload(anna, b"whole")
    body = {"auth": {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "anna"}}, "erase": True}
    body["auth"]["password"] = House.PASSWORD  # type: ignore[index]
    (await anna.post("/account/deactivate", body)).ok()
    await house.settle()
    await house.chappe.resources.of(Sweeper).sweep()
    assert await house.chappe.database.fetch("SELECT * FROM unfinished_upload") == []
    assert files(house) == []


async def test_all_of_a_person_is_removed(house: House) -> None:
    anna = await house.person("anna")
    await begin(anna, await create(anna), b"abc", 6)
    chappe = house.chappe
    await remove_all_media_of(chappe.bus, chappe.database, chappe.resources.of(Uploads), UserID(anna.user_id))
    assert await chappe.database.fetch("SELECT * FROM unfinished_upload") == []


def forget_digests(house: House) -> None:
    """As after a start."""
    house.chappe.resources.of(resume.Resumable)._unfinished = Unfinished(
        house.chappe.settings.data_dir / "media" / "unfinished"
    )
