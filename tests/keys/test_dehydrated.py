"""Dehydrated devices (MSC3814): stored, found by others, read by the next login, replaced, deleted."""

import secrets
from typing import Any
from urllib.parse import quote

import pytest

from chappe.events.signing import encode_base64
from chappe.keys import routes_dehydrated
from chappe.keys.inboxes import MAX_TOLD
from tests.house import House, Person, Said, gather_at_once
from tests.keys.publishing import SIGNED, Phone, claim, query

pytestmark = pytest.mark.anyio

PATH = routes_dehydrated.PATH
DATA = {"algorithm": "m.dehydration.v2", "device_pickle": "secret", "nonce": "once"}


class Dehydrated(Phone):
    """A device without a login. Its id is its public key, as the proposal wants it, which may have slashes."""

    def __init__(self, person: Person) -> None:
        device_id = "a/" + encode_base64(secrets.token_bytes(30))
        super().__init__(Person(person.house, person.user_id, person.token, device_id))
        self.owner = person

    @property
    def device_id(self) -> str:
        return self.person.device_id

    async def put(self, **changes: Any) -> Said:
        body = {
            "device_id": self.device_id,
            "device_data": DATA,
            "initial_device_display_name": "Dehydrated device",
            "device_keys": self.device_keys(dehydrated=True),
            "fallback_keys": self.one_time_keys("fallback", fallback=True),
            "one_time_keys": self.one_time_keys("one"),
            **changes,
        }
        return await self.owner.put(PATH, body)

    async def events(self, *, old: bool = False, **parameters: str) -> Any:
        path = f"{PATH}/{quote(self.device_id, safe='')}/events"
        if old:
            return (await self.owner.post(path, parameters)).ok()
        return (await self.owner.get(path, **parameters)).ok()


async def dehydrated(person: Person) -> Dehydrated:
    made = Dehydrated(person)
    assert (await made.put()).ok() == {"device_id": made.device_id}
    return made


async def send(sender: Person, device: Dehydrated, number: int) -> None:
    messages = {device.owner.user_id: {device.device_id: {"number": number}}}
    (await sender.put(f"/sendToDevice/m.room.encrypted/{number}", {"messages": messages})).ok()


def numbers(answer: Any) -> list[int]:
    return [event["content"]["number"] for event in answer["events"]]


async def stored(house: House) -> dict[str, int]:
    await house.settle()
    found = {}
    for table in ("dehydrated_device", "device", "device_keys", "one_time_key", "fallback_key", "to_device_message"):
        row = await house.chappe.database.fetch_one(f"SELECT COUNT(*) FROM {table}")
        assert row is not None
        found[table] = row[0]
    return found


async def test_it_is_stored_and_read_by_the_next_login(house: House) -> None:
    ann = await house.person("ann")
    assert (await ann.get(PATH)).errcode == "M_NOT_FOUND"
    made = await dehydrated(ann)
    later = await ann.another_device()
    assert (await later.get(PATH)).ok() == {"device_id": made.device_id, "device_data": DATA}
    ben = await house.person("ben")
    assert (await ben.get(PATH)).errcode == "M_NOT_FOUND"


async def test_others_find_its_keys_and_claim_them(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    made = await dehydrated(ann)
    told = (await query(ben, ann))["device_keys"][ann.user_id]
    assert told[made.device_id]["dehydrated"] is True
    assert list((await claim(ben, made))[ann.user_id]) == [f"{SIGNED}:one"]
    for _ in range(2):
        assert list((await claim(ben, made))[ann.user_id]) == [f"{SIGNED}:fallback"]


async def test_its_messages_are_told_in_parts_and_stay(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    made = await dehydrated(ann)
    for number in range(MAX_TOLD + 3):
        await send(ben, made, number)
    for old in (False, True):
        first = await made.events(old=old)
        second = await made.events(old=old, next_batch=first["next_batch"])
        assert numbers(first) + numbers(second) == list(range(MAX_TOLD + 3))
        assert len(first["events"]) == MAX_TOLD
        assert (await made.events(old=old, next_batch=second["next_batch"]))["events"] == []
    told = (await made.events())["events"]
    assert told[0] == {"sender": ben.user_id, "type": "m.room.encrypted", "content": {"number": 0}}
    assert (await stored(house))["to_device_message"] == MAX_TOLD + 3
    assert (await ann.sync())["to_device"]["events"] == []


async def test_a_message_to_all_devices_reaches_it(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    made = await dehydrated(ann)
    messages = {ann.user_id: {"*": {"number": 1}}}
    (await ben.put("/sendToDevice/m.kind/1", {"messages": messages})).ok()
    assert numbers(await made.events()) == [1]


async def test_a_new_one_replaces_the_one_before(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    first = await dehydrated(ann)
    await send(ben, first, 1)
    second = await dehydrated(ann)
    assert (await ann.get(PATH)).ok()["device_id"] == second.device_id
    assert set((await query(ben, ann))["device_keys"][ann.user_id]) == {second.device_id}
    assert await stored(house) == {
        "dehydrated_device": 1,
        "device": 3,
        "device_keys": 1,
        "one_time_key": 1,
        "fallback_key": 1,
        "to_device_message": 0,
    }
    path = f"{PATH}/{quote(first.device_id, safe='')}/events"
    assert (await ann.get(path)).errcode == "M_FORBIDDEN"


async def test_the_same_again_keeps_its_messages(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    made = Dehydrated(ann)
    keys = {"device_keys": made.device_keys(), "one_time_keys": made.one_time_keys("one")}
    for _ in range(2):
        (await made.put(**keys)).ok()
        await send(ben, made, 1)
    assert numbers(await made.events()) == [1]
    assert (await stored(house))["one_time_key"] == 1


async def test_of_fifty_at_once_one_remains(house: House) -> None:
    ann = await house.person("ann")
    said = await gather_at_once(*(Dehydrated(ann).put() for _ in range(50)))
    assert {one.status for one in said} == {200}
    found = await stored(house)
    assert (found["dehydrated_device"], found["device"], found["device_keys"]) == (1, 2, 1)


async def test_it_is_deleted_with_its_keys_and_messages(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    made = await dehydrated(ann)
    await send(ben, made, 1)
    assert (await ann.delete(PATH)).ok() == {"device_id": made.device_id}
    assert (await ann.delete(PATH)).errcode == "M_NOT_FOUND"
    nothing = {"dehydrated_device": 0, "device_keys": 0, "one_time_key": 0, "fallback_key": 0, "to_device_message": 0}
    assert await stored(house) == {**nothing, "device": 2}
    made = await dehydrated(ann)
    (await ann.post("/logout/all")).ok()
    assert await stored(house) == {**nothing, "device": 1}


async def test_it_has_no_login_of_its_own(house: House) -> None:
    """Nothing is given out with which the device could ask; and a device in use does not become one."""
    ann = await house.person("ann")
    made = await dehydrated(ann)
    tokens = await house.chappe.database.fetch("SELECT 1 FROM access_token WHERE device_id = $1", made.device_id)
    assert tokens == []
    used = Dehydrated(ann)
    used.person.device_id = ann.device_id
    assert (await used.put()).errcode == "M_INVALID_PARAM"
    (await ann.get("/account/whoami")).ok()
    assert (await ann.get(PATH)).ok()["device_id"] == made.device_id


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"device_id": "OTHER"}, "M_INVALID_PARAM"),
        ({"device_id": 1}, "M_BAD_JSON"),
        ({"device_keys": None}, "M_MISSING_PARAM"),
        ({"device_data": {}}, "M_INVALID_PARAM"),
        ({"device_data": {"algorithm": "x", "pickle": "x" * routes_dehydrated.MAX_DATA_BYTES}}, "M_TOO_LARGE"),
        ({"initial_device_display_name": "x" * 300}, "M_INVALID_PARAM"),
    ],
)
async def test_what_is_no_device_is_refused(house: House, changes: dict[str, Any], errcode: str) -> None:
    ann = await house.person("ann")
    assert (await Dehydrated(ann).put(**changes)).errcode == errcode
    forged = Dehydrated(ann)
    stranger = Dehydrated(ann)
    stranger.person.device_id = forged.device_id
    keys = {**forged.device_keys(), "signatures": stranger.device_keys()["signatures"]}
    assert (await forged.put(device_keys=keys)).status == 400
    assert (await ann.get(PATH)).errcode == "M_NOT_FOUND"


async def test_events_of_what_is_none(house: House) -> None:
    ann = await house.person("ann")
    assert (await ann.get(f"{PATH}/X/events")).errcode == "M_NOT_FOUND"
    made = await dehydrated(ann)
    path = f"{PATH}/{quote(made.device_id, safe='')}/events"
    for wrong in ("x", "-1", "9" * 20):
        assert (await ann.get(path, next_batch=wrong)).errcode == "M_INVALID_PARAM"
