"""Claiming one-time keys: each is given out once, ever."""

import asyncio
from typing import Any

import pytest

from chappe.ids import UserID
from chappe.keys import counts
from chappe.storage import Row
from chappe.stream import Log, shard_of
from tests.house import House, gather_at_once
from tests.keys.publishing import SIGNED, Phone, claim, phone

pytestmark = pytest.mark.anyio


class NoDatabase:
    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        raise AssertionError

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        raise AssertionError


def ids(claimed: dict[str, Any]) -> str:
    [[name]] = claimed.values()
    return str(name).removeprefix(f"{SIGNED}:")


async def test_the_oldest_key_is_given_out_first_and_then_the_fallback_key(house: House) -> None:
    """claimKeys: in the order of uploads; the fallback key as often as it is asked for."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    await anna.upload(one_time=anna.one_time_keys("Z"))
    await anna.upload(one_time=anna.one_time_keys("A"), fallback=anna.one_time_keys("F", fallback=True))
    assert [ids(await claim(bob, anna)) for _ in range(5)] == ["Z", "A", "F", "F", "F"]


async def test_fifty_callers_at_once_get_fifty_keys(house: House) -> None:
    """claimKeys: no key is given to two, whoever asks at the same time; who comes too late gets the fallback key."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    names = [f"K{n:02}" for n in range(30)]
    await anna.upload(one_time=anna.one_time_keys(*names), fallback=anna.one_time_keys("F", fallback=True))
    claimed = [ids(one) for one in await gather_at_once(*(claim(bob, anna) for _ in range(50)))]
    assert sorted(one for one in claimed if one != "F") == names
    assert claimed.count("F") == 20


async def test_without_a_fallback_key_who_comes_too_late_gets_nothing(house: House) -> None:
    """claimKeys: the device is left out of the answer, and the others in it are not."""
    anna, carl, bob = await phone(house, "anna"), await phone(house, "carl"), await house.person("bob")
    await anna.upload(one_time=anna.one_time_keys("A"))
    await carl.upload(one_time=carl.one_time_keys(*(f"K{n}" for n in range(50))))
    claimed = await gather_at_once(*(claim(bob, anna, carl) for _ in range(50)))
    assert sum(anna.person.user_id in one for one in claimed) == 1
    assert len({ids({"": one[carl.person.user_id]}) for one in claimed}) == 50


async def test_several_devices_of_a_person_are_claimed_together(house: House) -> None:
    """claimKeys: one key of each device; unknown devices, people and algorithms are left out."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    second = Phone(await anna.person.another_device())
    await anna.upload(one_time=anna.one_time_keys("A"))
    await second.upload(one_time=second.one_time_keys("B"))
    devices = {anna.person.device_id: SIGNED, second.person.device_id: SIGNED, "NONE": SIGNED, "with\0nul": SIGNED}
    wanted = {anna.person.user_id: devices, "@nobody:localhost": {"X": SIGNED}, bob.user_id: {bob.device_id: "a\0b"}}
    found = (await bob.post("/keys/claim", {"one_time_keys": wanted})).ok()
    assert {device: list(keys) for device, keys in found["one_time_keys"][anna.person.user_id].items()} == {
        anna.person.device_id: [f"{SIGNED}:A"],
        second.person.device_id: [f"{SIGNED}:B"],
    }
    assert set(found["one_time_keys"]) == {anna.person.user_id}


async def test_sync_tells_what_is_left(house: House) -> None:
    """sync: the counts, and the kinds of fallback keys that nobody has been given yet."""
    anna, bob = await phone(house, "anna"), await house.person("bob")

    async def told() -> Any:
        news = await anna.person.sync()
        return news["device_one_time_keys_count"], news["device_unused_fallback_key_types"]

    assert await told() == ({SIGNED: 0}, [])
    await anna.upload(one_time=anna.one_time_keys("A", "B"), fallback=anna.one_time_keys("F", fallback=True))
    assert await told() == ({SIGNED: 2}, [SIGNED])
    await claim(bob, anna)
    assert await told() == ({SIGNED: 1}, [SIGNED])
    await claim(bob, anna)
    await claim(bob, anna)
    assert await told() == ({SIGNED: 0}, [])
    await anna.upload(fallback=anna.one_time_keys("G", fallback=True))
    assert await told() == ({SIGNED: 0}, [SIGNED])


async def test_too_many_at_once_are_refused(house: House) -> None:
    """claimKeys: a limit of devices in one request."""
    bob = await house.person("bob")
    wanted = {"@a:localhost": {f"D{n}": SIGNED for n in range(2_001)}}
    assert (await bob.post("/keys/claim", {"one_time_keys": wanted})).errcode == "M_TOO_LARGE"
    queried = {f"@a{n}:localhost": list[str]() for n in range(2_001)}
    assert (await bob.post("/keys/query", {"device_keys": queried})).errcode == "M_TOO_LARGE"
    wrong: list[dict[str, object]] = [{}, {"one_time_keys": {"nobody": {}}}, {"one_time_keys": {"@a:localhost": []}}]
    for body in wrong:
        assert (await bob.post("/keys/claim", body)).status == 400


async def test_claims_and_uploads_at_once_lose_nothing(house: House) -> None:
    anna, bob = await phone(house, "anna"), await house.person("bob")
    claimed: list[str] = []

    async def take() -> None:
        while len(claimed) < 40:
            if one := await claim(bob, anna):
                claimed.append(ids(one))

    async def give() -> None:
        for n in range(50):
            (await anna.upload(device=False, one_time=anna.one_time_keys(f"K{n:02}"))).ok()

    async with asyncio.timeout(30):
        await gather_at_once(give(), *(take() for _ in range(4)))
    assert len(claimed) == len(set(claimed))
    left = (await anna.upload(device=False)).ok()["one_time_key_counts"][SIGNED]
    assert left + len(claimed) == 50


async def test_whose_keys_are_claimed_hears_of_it_while_they_wait(house: House) -> None:
    """claimKeys, sync: a device that waits for news is told at once how many keys are left, and once."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    second = Phone(await anna.person.another_device())
    fallback = anna.one_time_keys("F", fallback=True)
    await anna.upload(one_time=anna.one_time_keys("A", "B"), fallback=fallback)
    for device in (anna.person, second.person):
        await device.sync(set_presence="offline")
    others = asyncio.create_task(second.person.sync(timeout=120_000, set_presence="offline"))
    told = []
    for _ in range(3):
        waiting = asyncio.create_task(anna.person.sync(timeout=120_000, set_presence="offline"))
        while house.chappe.syncing.followers.waiting != 2:  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.001)
        await claim(bob, anna)
        answer = await asyncio.wait_for(waiting, 30)
        told.append((answer["device_one_time_keys_count"][SIGNED], answer["device_unused_fallback_key_types"]))
    assert told == [(1, [SIGNED]), (0, [SIGNED]), (0, [])]
    quiet = anna.person.since
    await anna.person.sync(timeout=1, set_presence="offline")
    assert anna.person.since == quiet, "nothing was told, so the token is the same"
    assert not others.done()
    count = house.chappe.log.ephemeral
    assert ids(await claim(bob, anna)) == "F"
    assert house.chappe.log.ephemeral == count, "a fallback key that was used before wakes nobody"
    house.chappe.syncing.stop()
    await others


def test_the_claims_that_are_remembered_are_bounded() -> None:
    log = Log([0] * 257, "history")
    kept = counts.KeyCounts(NoDatabase(), log)
    anna = UserID("@anna:localhost")
    devices = [f"D{number}" for number in range(counts.MAX_CLAIMED + 10)]
    kept.claimed(anna, devices)
    assert len(kept._claimed) == counts.MAX_CLAIMED
    assert kept.were_claimed(anna, devices[-1], since=0)
    assert not kept.were_claimed(anna, devices[-1], since=log.ephemeral)
    assert not kept.were_claimed(anna, devices[0], since=-1)


async def test_people_of_one_shard_are_claimed_of_together(house: House) -> None:
    """claimKeys: a unit of work for each shard, whoever and how many are in it, with the same keys given out."""
    phones = [await phone(house, f"p{n}") for n in range(24)]
    for one in phones:
        await one.upload(one_time=one.one_time_keys("A", "B"), fallback=one.one_time_keys("F", fallback=True))
    bob = await house.person("bob")
    await house.settle()
    shards = {shard_of(one.person.user_id) for one in phones}
    for expected in ("A", "B", "F", "F"):
        before = house.chappe.writer.units
        claimed = await claim(bob, *phones)
        assert house.chappe.writer.units - before == len(shards) < len(phones)
        assert [ids({"": claimed[one.person.user_id]}) for one in phones] == [expected] * len(phones)
