"""Uploads that do not end well: nothing of them stays, and nothing that was promised goes."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.errors import Errcode, Refused
from chappe.http.deadline import Deadline
from chappe.media import Sweeper
from chappe.media.files import LocalFiles
from chappe.media.spool import BATCH_BYTES, MAX_PIECES, Spool
from tests.house import House
from tests.media.conftest import UPLOAD, ask, download, upload

pytestmark = pytest.mark.anyio


def files(house: House) -> list[Path]:
    return [path for path in (house.chappe.settings.data_dir / "media").rglob("*") if path.is_file()]


async def test_an_upload_that_is_cancelled_leaves_nothing(house: House) -> None:
    anna = await house.person("anna")

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000
            await asyncio.sleep(0.001)

    uploading = asyncio.create_task(ask(house, "POST", UPLOAD, anna, endless()))
    await asyncio.sleep(0.2)
    assert len(files(house)) == 1
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)
    async with asyncio.timeout(5):
        while files(house):  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.01)


async def test_an_upload_that_does_not_go_on_is_ended(house: House) -> None:
    anna = await house.person("anna")
    house.chappe.application.body_deadline = Deadline(0.1)

    async def stuck() -> AsyncIterator[bytes]:
        yield b"the first half"
        await asyncio.sleep(20)

    answer = await ask(house, "POST", UPLOAD, anna, stuck())
    assert (answer.status_code, files(house)) == (408, [])


async def test_what_a_crash_left_is_swept_and_what_was_committed_is_not(house: House) -> None:
    """A crash at each step: while it came in, before its row, after its row."""
    anna = await house.person("anna")
    address = await upload(anna, b"committed")
    media = house.chappe.settings.data_dir / "media"
    [committed] = files(house)
    (media / "incoming" / committed.name).hardlink_to(committed)
    (media / "incoming" / ("a" * 32)).write_bytes(b"cut off")
    without_row = media / "bb" / "bb" / ("b" * 32)
    without_row.parent.mkdir(parents=True)
    without_row.write_bytes(b"no row")
    (media / "incoming" / without_row.name).hardlink_to(without_row)
    in_use = os.open(media / "incoming" / ("c" * 32), os.O_CREAT | os.O_WRONLY)
    fcntl.flock(in_use, fcntl.LOCK_EX)

    await house.chappe.resources.of(Sweeper).sweep()
    assert sorted(path.name for path in files(house)) == sorted([committed.name, "c" * 32])
    assert (await download(anna, house, address)).content == b"committed"
    os.close(in_use)
    await house.chappe.resources.of(Sweeper).sweep()
    assert files(house) == [committed]


async def test_a_file_that_is_lost_is_not_found(house: House) -> None:
    anna = await house.person("anna")
    address = await upload(anna, b"x")
    files(house)[0].unlink()
    assert (await download(anna, house, address)).status_code == 404


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def test_a_folder_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "incoming")
    (tmp_path / "incoming").rmdir()
    with pytest.raises(Refused) as no:
        await spool.receive(pieces(b"x"))
    assert no.value.status == 503


async def test_many_pieces_are_written_in_order_however_large_they_are(tmp_path: Path) -> None:
    """One batch is written while the next one comes."""
    spool = Spool(tmp_path / "incoming")
    sizes = [1] * (MAX_PIECES + 7) + [BATCH_BYTES * 2 + 5, 0, 70_000, BATCH_BYTES] + [65_536] * 40
    given = [os.urandom(size) for size in sizes]
    received = await spool.receive(pieces(*given))
    whole = b"".join(given)
    assert received.path.read_bytes() == whole
    assert (received.size_bytes, received.sha256) == (len(whole), hashlib.sha256(whole).digest())
    spool.release(received.key, is_settled=True)
    assert not received.path.exists()


async def test_what_is_cut_off_while_a_batch_is_written_is_gone(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "incoming")

    async def cut_off() -> AsyncIterator[bytes]:
        yield bytes(BATCH_BYTES)
        raise Refused(Errcode.UNKNOWN, "The connection closed.")

    with pytest.raises(Refused):
        await spool.receive(cut_off())
    assert list(spool.folder.iterdir()) == []


async def test_room_is_made_while_a_file_comes_in_and_before_it_counts_as_received(tmp_path: Path) -> None:
    """What fails of it is as if the file could not be written; it is waited for however the upload ends."""
    made: list[str] = []
    spool = Spool(tmp_path / "incoming", made.append)
    received = await spool.receive(pieces(b"a"))
    assert made == [received.key]
    spool.release(received.key, is_settled=True)

    def fail(key: str) -> None:
        made.append(key)
        raise PermissionError(key)

    spool = Spool(tmp_path / "incoming", fail)
    with pytest.raises(Refused) as refused:
        await spool.receive(pieces(b"a" * 3_000_000))
    assert refused.value.code is Errcode.UNAVAILABLE

    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise Refused(Errcode.TOO_LARGE, "It has no end.")

    with pytest.raises(Refused) as refused:
        await spool.receive(broken())
    assert refused.value.code is Errcode.TOO_LARGE
    assert len(made) == 3
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_a_folder_that_is_gone_is_made_again(tmp_path: Path) -> None:
    kept, spool = LocalFiles(tmp_path), Spool(tmp_path / "incoming")
    received = await spool.receive(pieces(b"a"))
    kept.make_room(received.key)
    folder = kept.local_path(received.key).parent
    folder.rmdir()
    await kept.keep(received.key, received.path)
    assert await kept.has(received.key)
    spool.release(received.key, is_settled=True)


async def test_a_file_is_whole_before_it_has_its_name(tmp_path: Path) -> None:
    spool, kept = Spool(tmp_path / "incoming"), LocalFiles(tmp_path)
    received = await spool.receive(pieces(b"a" * 3_000_000, b"", b"b"))
    assert received.size_bytes == 3_000_001
    assert spool.left_over(10) == []
    await kept.keep(received.key, received.path)
    spool.release(received.key, is_settled=True)
    assert await kept.has(received.key)
    got = [piece async for piece in kept.pieces(received.key, 2_999_999, 3_000_001)]
    assert b"".join(got) == b"ab"
    await kept.delete(received.key)
    await kept.delete(received.key)
    assert not await kept.has(received.key)
