"""What is shown in open rooms is compared with lists; private chats are not. R107, R108, R109."""

import asyncio
import json
import logging
from hashlib import sha256
from typing import Any

import pytest

from chappe.matching import MatchingReader, OnMatch, Snapshots, lists, reader, store
from chappe.media import HiddenFirst, pdq
from chappe.stream import Device, Transaction, shard_of
from tests.matching.conftest import PUBLIC, Desk, show
from tests.media.conftest import ask, download, upload
from tests.media.test_pdq import saved, scene

pytestmark = pytest.mark.anyio


def pdq_of(seed: int) -> bytes:
    import numpy as np

    return pdq.pdq(pdq.luma_of(np.asarray(scene(seed))))[0]


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


async def test_the_very_file_in_an_open_room_is_a_match_and_told_once(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"), digest(b"other"))
    room_id = await anna.create_room(**PUBLIC)
    listed, fine = await upload(anna, b"listed"), await upload(anna, b"fine")
    await show(anna, room_id, fine)
    event_id = await show(anna, room_id, listed)
    (match,) = await desk.found()
    assert (match.list_name, match.version, match.kind, match.distance) == ("files", 1, "sha256", 0)
    assert (match.event_id, match.room_id, match.sender, match.uploader) == (
        event_id, room_id, anna.user_id, anna.user_id,
    )  # fmt: skip
    assert match.media_id == listed.partition("/")[2]
    assert not match.is_certain
    assert (await download(anna, desk.house, listed)).status_code == 200  # a lead, and nothing more

    # The same again, as after a crash.
    await desk.call(reader.record_match, match)
    assert await desk.found() == [match]
    other = await show(anna, room_id, listed)
    assert [one.event_id for one in await desk.found()] == [event_id, other]


@pytest.mark.parametrize("preset", ["private_chat", "trusted_private_chat"])
async def test_private_chats_are_not_looked_at(desk: Desk, preset: str) -> None:
    """R107."""
    anna, ben = await desk.house.person("anna"), await desk.house.person("ben")
    await desk.publish("files", "sha256", digest(b"listed"), vetted=True)
    await desk.publish("pictures", "pdq", pdq_of(1))
    room_id = await anna.create_room(preset=preset, invite=[ben.user_id])
    addresses = [await upload(anna, b"listed"), await upload(anna, saved(scene(1)))]
    for address in addresses:
        await show(anna, room_id, address)
        await anna.set_state(room_id, "m.room.avatar", {"url": f"mxc://{address}"})
        assert (await download(ben, desk.house, address)).status_code == 200
    assert await desk.found() == []
    assert not desk.reading.outcomes


async def test_what_looks_like_a_listed_picture_is_a_lead(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    await desk.publish("pictures", "pdq", pdq_of(1), pdq_of(2), vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    changed = await upload(anna, saved(scene(1).resize((200, 150)), "JPEG", quality=60), "image/jpeg")
    other = await upload(anna, saved(scene(5)), "image/png")
    text = await upload(anna, b"no picture", "image/png")
    for address in (other, text, changed):
        await show(anna, room_id, address)
    (match,) = await desk.found()
    assert match.media_id == changed.partition("/")[2]
    assert match.kind == "pdq"
    assert 0 <= match.distance <= 31
    assert match.quality > 49
    assert not match.is_certain  # however near: a person looks first
    assert (await download(anna, desk.house, changed)).status_code == 200


async def test_pictures_with_little_in_them_are_left_out(desk: Desk) -> None:
    """Quality 49 and less is discarded, as recommended (R108)."""
    import numpy as np
    from PIL import Image

    anna = await desk.house.person("anna")
    faint = Image.fromarray((128 + np.add.outer(np.arange(200), np.arange(200)) // 40).astype(np.uint8))
    bits, quality = pdq.pdq(np.asarray(faint, np.float32))
    assert quality <= 49
    await desk.publish("pictures", "pdq", bits)
    room_id = await anna.create_room(**PUBLIC)
    await show(anna, room_id, await upload(anna, saved(faint), "image/png"))
    assert await desk.found() == []
    assert desk.reading.outcomes["none"] == 1


async def test_the_very_file_of_a_vetted_list_is_hidden_before_anybody_sees_it(desk: Desk) -> None:
    """R109."""
    anna, ben = await desk.house.person("anna"), await desk.house.person("ben")
    await desk.publish("files", "sha256", digest(b"listed"), vetted=True, topic="terror")
    room_id = await anna.create_room(**PUBLIC)
    await ben.join(room_id)
    address = await upload(anna, b"listed")
    assert (await download(ben, desk.house, address)).status_code == 200  # not shown to everybody yet
    event_id = await show(anna, room_id, address)
    assert (await download(ben, desk.house, address)).status_code != 200
    (match,) = await desk.found()
    assert match.is_certain
    assert match.event_id == event_id
    hidden = desk.house.chappe.resources.of(HiddenFirst)
    assert not hidden.is_hidden(match.media_id, desk.house.clock.now_ms())
    assert await desk.is_blocked(address)


async def test_nothing_is_hidden_while_nobody_gives_reasons(desk: Desk) -> None:
    desk.house.chappe.resources.of(OnMatch).clear()
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"), vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed")
    await show(anna, room_id, address)
    assert await desk.found() == []
    assert (await download(anna, desk.house, address)).status_code == 200
    (match,) = await store.matches(desk.house.chappe.database, 10)
    assert match.is_certain


async def test_pictures_of_people_and_rooms_are_looked_at_where_they_are_shown_to_everybody(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"))
    address = await upload(anna, b"listed")
    room_id = await anna.create_room(**PUBLIC)
    await anna.set_state(room_id, "m.room.avatar", {"url": f"mxc://{address}"})
    await anna.put(f"/profile/{anna.user_id}/avatar_url", {"avatar_url": f"mxc://{address}"})
    await anna.send(room_id, "x", formatted_body=f'<img src="mxc://{address}">', format="org.matrix.custom.html")
    assert len(await desk.found()) == 3


async def test_what_is_uploaded_after_it_was_shown_is_looked_at_when_it_comes(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"), vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    address = str((await anna.post("/_matrix/media/v1/create")).ok()["content_uri"]).removeprefix("mxc://")
    event_id = await show(anna, room_id, address)
    await show(anna, room_id, "localhost/neverGivenOut")
    assert await desk.found() == []
    waiting = "SELECT COUNT(*) FROM awaited_media"
    assert await desk.house.chappe.database.fetch(waiting) == [(1,)]
    assert (await ask(desk.house, "PUT", f"/_matrix/media/v3/upload/{address}", anna, b"listed")).status_code == 200
    (match,) = await desk.found()
    assert match.event_id == event_id
    assert await desk.is_blocked(address)
    assert await desk.house.chappe.database.fetch(waiting) == [(0,)]


async def test_a_redacted_event_is_not_looked_at_and_what_was_cleared_is_not_found_again(desk: Desk) -> None:
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"), vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed")

    async def judged_fine(tx: Transaction, device: Device | None) -> None:
        reader.clear_file(tx, digest(b"listed"), "decision 7")

    async def not_fine(tx: Transaction, device: Device | None) -> None:
        reader.unclear_file(tx, digest(b"listed"))

    await desk.call(judged_fine)
    await show(anna, room_id, address)
    assert await desk.found() == []
    assert (await download(anna, desk.house, address)).status_code == 200
    desk.snapshots.cleared.clear()
    await desk.snapshots.load()
    assert desk.snapshots.cleared == {digest(b"listed")}  # from the database, as after a restart
    await desk.call(not_fine)
    await show(anna, room_id, address)
    assert len(await desk.found()) == 1


async def test_a_list_is_replaced_as_a_whole_and_a_retired_one_is_forgotten(desk: Desk) -> None:
    await desk.publish("files", "sha256", digest(b"one"))
    before = desk.snapshots.now
    await desk.publish("files", "sha256", digest(b"two"), digest(b"three"))
    now = desk.snapshots.now
    assert before.with_file(digest(b"one"))  # who has the old one goes on with it
    assert not now.with_file(digest(b"one"))
    assert [(one.name, one.version) for one in now.with_file(digest(b"two"))] == [("files", 2)]
    assert now.number > before.number
    database = desk.house.chappe.database
    await desk.call(lists.retire_list, "files", 2, "@a:x.org", "")
    await desk.snapshots.load()
    assert desk.snapshots.now.lists == ()
    from chappe.matching.follow import sweep

    await sweep(database, desk.house.chappe.bus, desk.house.clock.now_ms())
    assert await database.fetch("SELECT COUNT(*) FROM hash_chunk") == [(0,)]


async def test_nothing_is_passed_over_while_lists_are_being_loaded(desk: Desk) -> None:
    """As after a crash: what was shown just before it is looked at once the lists are there."""
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", digest(b"listed"))
    room_id = await anna.create_room(**PUBLIC)
    fresh = Snapshots(desk.house.chappe.database)
    reading = MatchingReader(desk.house.chappe.resources, desk.house.chappe.bus)
    reading._snapshots = fresh
    await show(anna, room_id, await upload(anna, b"listed"))
    await desk.house.settle()
    shard = shard_of(room_id)
    looking = asyncio.create_task(reading.handle(shard, 0, desk.house.chappe.log.heads[shard]))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not looking.done()
    await fresh.load()
    await looking
    assert reading.outcomes == {"hit": 1}


async def test_a_list_that_is_not_whole_is_not_used_and_goes(desk: Desk) -> None:
    from chappe.errors import Refused
    from chappe.matching.follow import LOADING_MS, sweep
    from chappe.matching.lists import About

    database, import_id = desk.house.chappe.database, "an-import-that-is-cut-off"
    await desk.call(lists.begin_list, import_id, About("files", "sha256", "other", "a", "b"), "machine")
    await desk.call(lists.add_hashes, import_id, 1, digest(b"one"))
    with pytest.raises(Refused, match="missing"):
        await lists.measured(database, import_id)
    await desk.snapshots.load()
    assert desk.snapshots.now.lists == ()
    await sweep(database, desk.house.chappe.bus, desk.house.clock.now_ms())
    await desk.call(lists.add_hashes, import_id, 0, digest(b"two"))
    await sweep(database, desk.house.chappe.bus, desk.house.clock.now_ms() + LOADING_MS + 10_000)
    await sweep(database, desk.house.chappe.bus, desk.house.clock.now_ms() + LOADING_MS + 10_000)
    with pytest.raises(Refused, match="not being added"):
        await desk.call(lists.add_hashes, import_id, 2, digest(b"three"))
    assert await database.fetch("SELECT COUNT(*) FROM hash_chunk") == [(0,)]
    # A name that is taken stays of its kind.
    with pytest.raises(Refused, match="another kind"):
        await desk.publish("files", "pdq", digest(b"one"))
    for wrong in (b"", b"x", digest(b"a") + b"y", b"z" * 32 * 1025):
        with pytest.raises(Refused, match="no part of a list"):
            await desk.call(lists.add_hashes, import_id, 2, wrong)


async def test_a_picture_that_cannot_be_looked_at_now_stops_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chappe.errors import Errcode, Refused
    from chappe.media import MediaHashes

    async def busy(*_: Any) -> Any:
        raise Refused(Errcode.UNAVAILABLE, "not now")

    monkeypatch.setattr(MediaHashes, "of", busy)
    monkeypatch.setattr(reader, "RETRY_S", 0.0)
    anna = await desk.house.person("anna")
    await desk.publish("pictures", "pdq", pdq_of(1))
    await desk.publish("files", "sha256", digest(b"listed"))
    room_id = await anna.create_room(**PUBLIC)
    await show(anna, room_id, await upload(anna, saved(scene(1))))
    await show(anna, room_id, await upload(anna, b"listed"))
    assert [match.kind for match in await desk.found()] == ["sha256"]
    assert desk.reading.outcomes["unreadable"] >= 2  # and it is not remembered as being on no list


async def test_no_hash_is_told_anywhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """R109: hashes are secret, and never given out. (Nor does a match say which of a list it is.)"""
    caplog.set_level(logging.DEBUG)
    secret = digest(b"listed")
    anna = await desk.house.person("anna")
    await desk.publish("files", "sha256", secret, digest(b"other"), vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    await show(anna, room_id, await upload(anna, b"listed"))
    (match,) = await desk.found()
    told = [repr(match), caplog.text, await desk.house.chappe.metrics.text()]
    told += [json.dumps(await anna.sync())]
    for table in ("audit_entry", "moderation_case", "filing", "case_entry", "decision", "statement"):
        told += [repr(row) for row in await desk.house.chappe.database.fetch(f"SELECT * FROM {table}")]
    for text in told:
        assert secret.hex() not in text
        assert repr(secret) not in text


async def test_what_many_show_is_hashed_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chappe.media import MediaHashes

    asked: list[str] = []
    plain = MediaHashes.of

    async def counted(self: MediaHashes, media: Any) -> Any:
        asked.append(media.media_id)
        return await plain(self, media)

    monkeypatch.setattr(MediaHashes, "of", counted)
    anna = await desk.house.person("anna")
    await desk.publish("pictures", "pdq", pdq_of(1))
    room_id = await anna.create_room(**PUBLIC)
    await show(anna, room_id, await upload(anna, saved(scene(1))))
    assert len(await desk.found()) == 1
    assert set(asked) == {desk.told[0].media_id}
    asked.clear()
    for _ in range(3):
        await show(anna, room_id, await upload(anna, saved(scene(1))))
    assert len(await desk.found()) == 4
    assert asked == []
