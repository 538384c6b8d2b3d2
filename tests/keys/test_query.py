"""What is told of keys is kept ready, and is true all the same: after each change, and for each who asks."""

import asyncio
from typing import Any

import pytest

from chappe.keys import ToldKeys
from tests.house import House
from tests.keys.publishing import CrossSigner, Phone, phone, query

pytestmark = pytest.mark.anyio


class Counting:
    """A database that remembers what it was asked."""

    def __init__(self, house: House) -> None:
        self._database = house.chappe.database
        self.asked: list[str] = []

    async def fetch(self, sql: str, *arguments: object) -> Any:
        self.asked.append(sql)
        return await self._database.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Any:
        self.asked.append(sql)
        return await self._database.fetch_one(sql, *arguments)


async def test_who_was_asked_for_lately_is_told_of_without_the_database(house: House) -> None:
    anna, bob, carl = await phone(house, "anna"), await phone(house, "bob"), await house.person("carl")
    counting = Counting(house)
    house.chappe.resources.of(ToldKeys)._reads = counting
    first = await query(carl, anna.person, bob.person, carl)
    read = len(counting.asked)
    assert read > 0
    assert await query(carl, bob.person) == {
        **first,
        "device_keys": {bob.person.user_id: {bob.person.device_id: bob.device_keys()}},
    }
    assert await query(anna.person, anna.person, bob.person, carl) == first
    assert first["device_keys"][carl.user_id] == {}
    assert len(counting.asked) == read
    await anna.upload()  # the same once more: nothing changed
    await query(carl, anna.person)
    assert len(counting.asked) == read


async def test_each_change_is_told_at_once(house: House) -> None:
    """queryKeys: of what is told nothing is older than the last answer about it."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    user_id = anna.person.user_id

    async def devices() -> Any:
        return (await query(bob, anna.person))["device_keys"][user_id]

    def name(device: Phone, told: Any) -> Any:
        return told[device.person.device_id].get("unsigned", {}).get("device_display_name")

    assert set(await devices()) == {anna.person.device_id}
    second = Phone(await anna.person.another_device())
    assert set(await devices()) == {anna.person.device_id}
    await second.upload()
    assert set(await devices()) == {anna.person.device_id, second.person.device_id}
    await second.person.put(f"/devices/{second.person.device_id}", {"display_name": "Tablet"})
    assert name(second, await devices()) == "Tablet"
    signer = CrossSigner(user_id)
    assert user_id not in (await query(bob, anna.person))["master_keys"]
    (await anna.person.post("/keys/device_signing/upload", signer.body())).ok()
    assert (await query(bob, anna.person))["master_keys"][user_id] == signer.master_key
    await second.person.post("/logout")
    assert set(await devices()) == {anna.person.device_id}


async def test_keys_of_a_device_that_goes_at_the_same_time_are_told_to_nobody(house: House) -> None:
    """Its removal may be queued while its keys are, which therefore it does not see; somebody asks in between."""
    anna, bob = await house.person("anna"), await house.person("bob")

    async def publish(device: Phone) -> None:
        await device.upload()
        await query(bob, anna)

    for _ in range(10):
        device = Phone(await anna.another_device())
        await asyncio.gather(publish(device), device.person.post("/logout"))
        assert (await query(bob, anna))["device_keys"] == {anna.user_id: {}}


async def test_what_is_kept_is_bounded(house: House) -> None:
    kept = house.chappe.resources.of(ToldKeys)
    phones = [await phone(house, f"p{n}") for n in range(6)]
    bob = await house.person("bob")
    one = len((await query(bob, phones[0].person))["device_keys"]) and kept.size_bytes
    kept.most_bytes = 3 * one + 100
    answer = await query(bob, *(each.person for each in phones))
    assert len(answer["device_keys"]) == 6
    assert (len(kept), kept.size_bytes <= kept.most_bytes) == (3, True)
    assert await query(bob, *(each.person for each in phones)) == answer
    for each in phones:
        await each.person.post("/logout/all")
    assert (len(kept), kept.size_bytes) == (0, 0)
