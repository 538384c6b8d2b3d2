"""Publishing device keys, one-time keys and fallback keys, and asking for them."""

import copy
from typing import Any

import pytest

from chappe.ids import UserID
from chappe.keys import rules
from chappe.stream import Command, Device, Transaction, shard_of
from tests.house import House, gather_at_once
from tests.keys.publishing import SIGNED, Phone, claim, new_key, phone, query, signed_by
from tests.work import counted

pytestmark = pytest.mark.anyio


async def test_what_a_device_publishes_is_told_as_it_was_signed(house: House) -> None:
    """uploadKeys, queryKeys: the keys come back with their signature, and with the device's name."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    await anna.person.put(f"/devices/{anna.person.device_id}", {"display_name": "Anna's phone"})
    found = await query(bob, anna.person)
    told = found["device_keys"][anna.person.user_id][anna.person.device_id]
    assert told.pop("unsigned") == {"device_display_name": "Anna's phone"}
    assert told == anna.device_keys()
    assert found["failures"] == {}


async def test_only_devices_that_are_asked_for_are_told(house: House) -> None:
    """queryKeys: a list of devices asks for those alone; unknown people are left out, those without keys empty."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    second = Phone(await anna.person.another_device())
    (await second.upload()).ok()
    asked = {anna.person.user_id: [second.person.device_id, "NONE"], bob.user_id: [], "@nobody:localhost": []}
    found = (await bob.post("/keys/query", {"device_keys": asked})).ok()["device_keys"]
    assert {user_id: set(devices) for user_id, devices in found.items()} == {
        anna.person.user_id: {second.person.device_id},
        bob.user_id: set(),
    }


async def test_naming_very_many_devices_takes_no_time(house: House) -> None:
    """queryKeys: it does not take the devices there are times those that are asked for."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    database, user_id = house.chappe.database, UserID(anna.person.user_id)
    keys, signature = (await database.fetch("SELECT keys, signature FROM device_keys"))[0]

    async def add(tx: Transaction, device: Device | None) -> None:
        for number in range(1_000):
            tx.execute(
                "INSERT INTO device_keys (user_id, device_id, keys, signature) VALUES ($1, $2, $3, $4)",
                *(user_id, f"D{number}", keys, signature),
            )

    await house.chappe.bus.call(shard_of(user_id), Command(add, None, ()))
    asked = {user_id: [f"{number:x}" for number in range(60_000)]}
    with counted() as work:
        found = (await bob.post("/keys/query", {"device_keys": asked})).ok()["device_keys"]
    assert work.lines < 500_000  # each device asked for once, not once for each there is
    assert found == {user_id: {}}


async def test_people_of_other_servers_are_failures(house: House) -> None:
    """queryKeys, claimKeys: this server reaches no other one, and says so."""
    bob = await house.person("bob")
    queried = (await bob.post("/keys/query", {"device_keys": {"@far:away.example": []}})).ok()
    claimed = (await bob.post("/keys/claim", {"one_time_keys": {"@far:away.example": {"D": SIGNED}}})).ok()
    for answer in (queried, claimed):
        assert set(answer["failures"]) == {"away.example"}


def broken(phone: Phone) -> list[tuple[str, dict[str, Any]]]:
    good = phone.device_keys()
    other = copy.deepcopy(good)
    other["signatures"] = signed_by(good, phone.person.user_id, new_key(), phone.name)["signatures"]
    return [
        ("M_INVALID_SIGNATURE", other),
        ("M_INVALID_SIGNATURE", {**good, "algorithms": ["m.other"]}),
        ("M_INVALID_SIGNATURE", {**good, "signatures": {}}),
        ("M_INVALID_SIGNATURE", {**good, "signatures": {phone.person.user_id: {phone.name: "no Base64 !"}}}),
        ("M_INVALID_PARAM", phone.device_keys(user_id="@eve:localhost")),
        ("M_INVALID_PARAM", phone.device_keys(device_id="OTHER")),
        ("M_INVALID_PARAM", phone.device_keys(keys={})),
        ("M_INVALID_PARAM", phone.device_keys(keys={**good["keys"], "ed25519:OTHER": "x"})),
        ("M_INVALID_PARAM", phone.device_keys(keys={**good["keys"], phone.name: "short"})),
        ("M_BAD_JSON", phone.device_keys(algorithms="m.olm")),
        ("M_BAD_JSON", phone.device_keys(keys={"ed25519:x": 1})),
        ("M_BAD_JSON", {**good, "more": 1.5}),
        ("M_TOO_LARGE", phone.device_keys(more="x" * rules.MAX_DEVICE_KEYS_BYTES)),
    ]


async def test_keys_that_are_not_the_devices_own_are_refused(house: House) -> None:
    """uploadKeys: of another user or device, signed by another key or not at all, malformed, too large."""
    anna = Phone(await house.person("anna"))
    for errcode, keys in broken(anna):
        body = {"device_keys": keys, "one_time_keys": anna.one_time_keys("A")}
        said = await anna.person.post("/keys/upload", body)
        assert (said.status >= 400, said.errcode) == (True, errcode), keys
    assert (await query(anna.person, anna.person))["device_keys"] == {anna.person.user_id: {}}
    assert (await anna.upload(device=False)).ok() == {"one_time_key_counts": {SIGNED: 0}}


async def test_one_time_keys_of_others_are_refused(house: House) -> None:
    """uploadKeys: a one-time key is signed by the device, or nothing of the upload is stored."""
    anna, eve = await phone(house, "anna"), await phone(house, "eve")
    silent = Phone(await house.person("silent"))
    good = anna.one_time_keys("A")
    wrong: list[Any] = [
        eve.one_time_keys("B"),
        {f"{SIGNED}:B": {"key": eve.curve}},
        {f"{SIGNED}:B": eve.curve},
        {f"{SIGNED}:B": anna.sign({"key": "short"})},
        {f"{SIGNED}:B": {**good[f"{SIGNED}:A"], "key": eve.curve}},
        {"nothing": eve.curve},
        {f"{SIGNED}:": eve.curve},
        {"curve25519:with\0nul": eve.curve},
        {"curve25519:B": 7},
        {"curve25519:B": "x" * rules.MAX_KEY_BYTES},
    ]
    for keys in wrong:
        assert 400 <= (await anna.upload(one_time={**good, **keys})).status < 500, keys
        assert 400 <= (await anna.upload(fallback=keys)).status < 500, keys
    assert (await silent.upload(device=False, one_time=silent.one_time_keys("A"))).errcode == "M_INVALID_PARAM"
    assert await claim(eve.person, anna) == {}


async def test_the_same_keys_again_change_nothing_and_other_ones_are_refused(house: House) -> None:
    """uploadKeys: a repeat is harmless, also of a key that was claimed meanwhile; an id never gets a second key."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    keys = anna.one_time_keys("A", "B")
    for _ in range(2):
        assert (await anna.upload(one_time=keys)).ok() == {"one_time_key_counts": {SIGNED: 2}}
    claimed = await claim(bob, anna)
    assert (await anna.upload(one_time=keys)).ok() == {"one_time_key_counts": {SIGNED: 1}}
    assert (await anna.upload(one_time=anna.one_time_keys("C", "A"))).errcode == "M_INVALID_PARAM"
    assert (await anna.upload(device=False)).ok() == {"one_time_key_counts": {SIGNED: 1}}
    assert await claim(bob, anna) != claimed
    assert await claim(bob, anna) == {}


async def test_a_device_that_begins_anew_loses_what_was_signed_by_its_former_keys(house: House) -> None:
    anna, bob = await phone(house, "anna"), await house.person("bob")
    await anna.upload(one_time=anna.one_time_keys("A"), fallback=anna.one_time_keys("F", fallback=True))
    again = Phone(anna.person)
    assert (await again.upload(one_time=again.one_time_keys("A"))).ok() == {"one_time_key_counts": {SIGNED: 1}}
    [(_, key)] = (await claim(bob, again))[anna.person.user_id].items()
    assert key["signatures"] == again.sign({"key": key["key"]})["signatures"]
    assert await claim(bob, again) == {}


async def test_keys_go_with_their_device(house: House) -> None:
    """Logging out removes a device's keys; an upload that comes too late leaves none."""
    anna, bob = await phone(house, "anna"), await house.person("bob")
    second = Phone(await anna.person.another_device())
    await gather_at_once(
        *(second.upload(one_time=second.one_time_keys(f"K{n}")) for n in range(10)), second.person.post("/logout")
    )
    assert set((await query(bob, anna.person))["device_keys"][anna.person.user_id]) == {anna.person.device_id}
    assert await claim(bob, second) == {}
    for table in ("device_keys", "one_time_key"):
        rows = await house.chappe.database.fetch(f"SELECT device_id FROM {table}")
        assert {row[0] for row in rows} <= {anna.person.device_id}
    await anna.person.post("/logout/all")
    assert (await query(bob, anna.person))["device_keys"] == {anna.person.user_id: {}}


async def test_a_device_keeps_a_bounded_number_of_keys(house: House) -> None:
    """uploadKeys: too many keys in one upload, or waiting in all, are refused, also by many uploads at once."""
    anna = await phone(house, "anna")
    many = {f"curve25519:{n}": "k" for n in range(rules.MAX_KEYS_AT_ONCE + 1)}
    assert (await anna.upload(one_time=many)).errcode == "M_TOO_LARGE"

    async def add(begin: int) -> int:
        keys = {f"curve25519:{begin + n}": "k" for n in range(rules.MAX_KEYS_AT_ONCE)}
        return (await anna.upload(device=False, one_time=keys)).status

    said = await gather_at_once(*(add(begin * 1_000) for begin in range(8)))
    assert sorted(said) == [200] * 5 + [413] * 3
    counts = (await anna.upload(device=False)).ok()["one_time_key_counts"]
    assert counts == {SIGNED: 0, "curve25519": rules.MAX_ONE_TIME_KEYS}


async def test_a_device_has_a_bounded_number_of_fallback_keys(house: House) -> None:
    """uploadKeys: the limit is for all uploads together; a key of a kind that there is takes the place of that one."""
    anna = await phone(house, "anna")
    most = rules.MAX_FALLBACK_ALGORITHMS
    (await anna.upload(fallback={f"kind{n}:A": "k" for n in range(most)})).ok()
    assert (await anna.upload(fallback={"another:A": "k"})).errcode == "M_TOO_LARGE"
    (await anna.upload(fallback={"kind1:B": "k"})).ok()
    unused = (await anna.person.sync())["device_unused_fallback_key_types"]
    assert unused == [f"kind{n}" for n in range(most)]
