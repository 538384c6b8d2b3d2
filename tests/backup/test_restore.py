"""A backup of a running server, put back somewhere else: people go on, and nothing single-use comes twice."""

import asyncio
from pathlib import Path

import pytest

from chappe.backup.sealed import sealed_in, write_sealed
from chappe.config import Settings
from chappe.errors import StartupError
from tests.backup.conftest import NewPlace, back_up, restore, served
from tests.house import House, Person
from tests.keys.publishing import Phone, claim
from tests.media.conftest import download, upload

pytestmark = pytest.mark.anyio

PICTURE = b"\x89PNG" + bytes(range(256)) * 300


def at(house: House, person: Person) -> Person:
    """The same login, at another server."""
    return Person(house, person.user_id, person.token, person.device_id)


def texts(sync: dict[str, object], room_id: str) -> list[str]:
    joined = sync["rooms"]["join"]  # type: ignore[index]
    events = joined[room_id]["timeline"]["events"]
    return [event["content"]["body"] for event in events if event["type"] == "m.room.message"]


async def test_people_go_on_after_a_restore(new_place: NewPlace, tmp_path: Path) -> None:
    """Old logins work; old sync tokens are answered from the beginning; files are there; the key is the same."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna, ben = await house.person("anna"), await house.person("ben")
        room_id = await anna.create_room(preset="public_chat", name="Garden")
        await ben.join(room_id)
        await anna.send(room_id, "before")
        address = await upload(anna, PICTURE, "image/png")
        await ben.sync()
        taken = await back_up(here, tmp_path / "backup", tmp_path / "sealed")
        await anna.send(room_id, "after")
        await ben.sync()
        told = ben.since
        history = house.chappe.log.history
    assert taken.manifest.media_files == 1
    assert taken.manifest.media_missing == []
    done = await restore(there, tmp_path / "backup", tmp_path / "sealed")
    assert done.media_missing == []
    async with served(there) as house:
        assert house.chappe.log.history == done.history != history
        ben, anna = at(house, ben), at(house, anna)
        fresh, resumed = await ben.sync(), await ben.sync(since=told)
        assert texts(fresh, room_id) == texts(resumed, room_id) == ["before"]
        assert resumed["rooms"]["join"][room_id]["state"] == fresh["rooms"]["join"][room_id]["state"]
        answer = await download(ben, house, address)
        assert answer.content == PICTURE
        await anna.send(room_id, "again", txn="again")
        assert texts(await ben.sync(), room_id) == ["again"]
    keys = [(settings.data_dir / "signing.key").read_bytes() for settings in (here, there)]
    assert keys[0] == keys[1]


async def test_a_one_time_key_of_before_is_not_given_out(new_place: NewPlace, tmp_path: Path) -> None:
    """It may have been given out after the backup. The fallback key is there, and the device is asked for new ones."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna, ben = Phone(await house.person("anna")), await house.person("ben")
        keys = anna.one_time_keys("A", "B")
        await anna.upload(one_time=keys, fallback=anna.one_time_keys("F", fallback=True))
        await back_up(here, tmp_path / "backup", tmp_path / "sealed")
    await restore(there, tmp_path / "backup", tmp_path / "sealed")
    async with served(there) as house:
        anna.person, ben = at(house, anna.person), at(house, ben)
        assert (await anna.person.sync())["device_one_time_keys_count"]["signed_curve25519"] == 0
        assert next(iter((await claim(ben, anna)).values())).keys() == {"signed_curve25519:F"}
        await anna.upload(device=False, one_time=keys)  # a repeat of a request whose answer was lost
        assert next(iter((await claim(ben, anna)).values())).keys() == {"signed_curve25519:F"}
        await anna.upload(device=False, one_time=anna.one_time_keys("C"))
        assert next(iter((await claim(ben, anna)).values())).keys() == {"signed_curve25519:C"}


async def test_a_backup_is_one_moment_while_people_write(new_place: NewPlace, tmp_path: Path) -> None:
    """What one person sent in order is there up to some message, without a gap, and no later one."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        people = [await house.person(f"p{n}") for n in range(4)]
        rooms = [await person.create_room() for person in people]
        sent = [0] * len(people)

        async def write(number: int) -> None:
            while True:
                await people[number].send(rooms[number], str(sent[number]))
                sent[number] += 1

        writing = [asyncio.create_task(write(number)) for number in range(len(people))]
        await asyncio.sleep(0.3)
        at_least = list(sent)
        await back_up(here, tmp_path / "backup", tmp_path / "sealed")
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
    await restore(there, tmp_path / "backup", tmp_path / "sealed")
    async with served(there) as house:
        for person, room_id, least in zip(people, rooms, at_least, strict=True):
            path = f"/rooms/{room_id}/messages"
            chunk = (await at(house, person).get(path, dir="f", limit=1000)).ok()["chunk"]
            bodies = [int(event["content"]["body"]) for event in chunk if event["type"] == "m.room.message"]
            assert bodies == list(range(len(bodies)))
            assert len(bodies) >= least


async def test_what_is_there_is_not_overwritten(new_place: NewPlace, tmp_path: Path) -> None:
    """Without --force nothing changes; with it, what was there is moved aside."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna = await house.person("anna")
        await back_up(here, tmp_path / "backup", tmp_path / "sealed")
    async with served(there) as house:
        carl = await house.person("carl")
    with pytest.raises(StartupError, match="Nothing was restored"):
        await restore(there, tmp_path / "backup", tmp_path / "sealed")
    async with served(there) as house:
        assert (await at(house, carl).get("/account/whoami")).status == 200
    await restore(there, tmp_path / "backup", tmp_path / "sealed", force=True)
    async with served(there) as house:
        assert (await at(house, carl).get("/account/whoami")).status == 401
        assert (await at(house, anna).get("/account/whoami")).status == 200
    [aside] = there.data_dir.glob("before_restore_*")
    assert (aside / "signing.key").is_file()


async def test_a_running_server_is_not_restored_over(new_place: NewPlace, tmp_path: Path) -> None:
    here = await new_place("here")
    async with served(here) as house:
        anna = await house.person("anna")
        await back_up(here, tmp_path / "backup", tmp_path / "sealed")
        with pytest.raises(StartupError, match="running"):
            await restore(here, tmp_path / "backup", tmp_path / "sealed", force=True)
        assert (await anna.get("/account/whoami")).status == 200


async def test_without_the_sealed_file_a_key_must_be_there_or_given_up(new_place: NewPlace, tmp_path: Path) -> None:
    here, there = await new_place("here"), await new_place("there")
    async with served(here):
        await back_up(here, tmp_path / "backup")
    assert not list((tmp_path / "backup").rglob("*.key"))
    key = (here.data_dir / "signing.key").read_bytes()
    with pytest.raises(StartupError, match="--sealed"):
        await restore(there, tmp_path / "backup")
    await restore(there, tmp_path / "backup", new_key=True)
    async with served(there):
        assert (there.data_dir / "signing.key").read_bytes() != key
    await restore(here, tmp_path / "backup", force=True)
    assert (here.data_dir / "signing.key").read_bytes() == key


async def web_push_key(person: Person) -> str:
    return str((await person.get("/_chappe/client/v1/web_push")).ok()["public_key"])


async def test_browsers_stay_subscribed(new_place: NewPlace, tmp_path: Path) -> None:
    """What they are told is signed by the same key, also if the sealed file was written before any had subscribed."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna = await house.person("anna")
        await back_up(here, tmp_path / "first", tmp_path / "sealed")
        key = await web_push_key(anna)
        await back_up(here, tmp_path / "second")
    await restore(there, tmp_path / "second", tmp_path / "sealed")
    async with served(there) as house:
        assert await web_push_key(at(house, anna)) == key


async def test_a_sealed_file_without_the_key_of_web_push_is_taken(new_place: NewPlace, tmp_path: Path) -> None:
    """As it was written by a server that had none yet; what is lost is told."""
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna = await house.person("anna")
        signing = (here.data_dir / "signing.key").read_bytes()
        write_sealed(tmp_path / "sealed", here.server_name, sealed_in(here.data_dir))
        key = await web_push_key(anna)
        await back_up(here, tmp_path / "backup")
    done = await restore(there, tmp_path / "backup", tmp_path / "sealed")
    assert "web_push.key" in done.in_words()
    async with served(there) as house:
        assert (there.data_dir / "signing.key").read_bytes() == signing
        assert await web_push_key(at(house, anna)) != key
    other = tmp_path / "other"
    write_sealed(other, here.server_name, {"web_push.key": (here.data_dir / "web_push.key").read_bytes()})
    with pytest.raises(StartupError, match="sealed"):
        await restore(there, tmp_path / "backup", other, force=True)


async def test_a_restore_that_was_cut_off_is_done_again(new_place: NewPlace, tmp_path: Path) -> None:
    here, there = await new_place("here"), await new_place("there")
    async with served(here) as house:
        anna = await house.person("anna")
        await back_up(here, tmp_path / "backup", tmp_path / "sealed")
    (there.data_dir / ".restoring" / "media").mkdir(parents=True)
    (there.data_dir / ".restoring" / "chappe.db").write_bytes(b"half of it")
    await restore(there, tmp_path / "backup", tmp_path / "sealed")
    async with served(there) as house:
        assert (await at(house, anna).get("/account/whoami")).status == 200
    assert not (there.data_dir / ".restoring").exists()


async def test_no_server_starts_on_what_is_half_restored(new_place: NewPlace) -> None:
    here: Settings = await new_place("here")
    (here.data_dir / ".restoring").mkdir(parents=True)
    with pytest.raises(StartupError, match="restore"):
        async with served(here):
            pass
