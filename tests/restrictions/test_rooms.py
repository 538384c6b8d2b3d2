"""Rooms that are delisted, frozen, closed, or withheld in some countries."""

from typing import Any
from urllib.parse import quote

import pytest

from chappe.ids import UserID
from chappe.restrictions import Ground, Kind, Measure, Restrictions
from tests.house import House, Person
from tests.restrictions.imposing import decided, restriction, reversed_

pytestmark = pytest.mark.anyio


class Passports:
    """Where people are, in a test."""

    def __init__(self, countries: dict[str, str]) -> None:
        self._countries = countries

    async def of(self, viewer: UserID | None) -> str | None:
        return self._countries.get(viewer or "")


def send_people_to(house: House, **countries: str) -> None:
    house.chappe.resources.of(Restrictions)._territories = Passports(
        {f"@{name}:localhost": country for name, country in countries.items()}
    )


async def kitchen(house: House) -> tuple[Person, Person, str]:
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = await anna.create_room(preset="public_chat", visibility="public", name="Kitchen")
    (await bob.join(room_id)).ok()
    await anna.send(room_id, "Tea?")
    return anna, bob, room_id


async def listed(house: House, person: Person) -> list[str]:
    everybody = (await house.request("GET", "/publicRooms")).ok()["chunk"]
    found = (await person.post("/publicRooms", {"filter": {"generic_search_term": "kitch"}})).ok()["chunk"]
    assert [room["room_id"] for room in everybody] == [room["room_id"] for room in found]
    return [room["room_id"] for room in found]


async def test_a_delisted_room_goes_on_and_stands_in_no_directory_and_no_space(house: House) -> None:
    anna, bob, room_id = await kitchen(house)
    space = await anna.create_room(creation_content={"type": "m.space"}, preset="public_chat")
    (await anna.set_state(space, "m.space.child", {"via": ["localhost"]}, room_id)).ok()

    async def in_space() -> list[str]:
        page = (await bob.get(f"/_matrix/client/v1/rooms/{quote(space)}/hierarchy")).ok()
        return [room["room_id"] for room in page["rooms"]]

    assert await in_space() == [space, room_id]
    delisted = restriction(Kind.ROOM, room_id, Measure.DELISTED)
    await decided(house, delisted)
    assert await listed(house, bob) == []
    assert await in_space() == [space]
    await bob.send(room_id, "Milk?")
    assert (await house.person("carl")).user_id
    await reversed_(house, delisted)
    assert await listed(house, bob) == [room_id]
    assert await in_space() == [space, room_id]


async def attempts(person: Person, room_id: str, event_id: str, stranger: str, member: str) -> dict[str, Any]:
    """What one can do in a room beside leaving."""
    room, event_id = quote(room_id), quote(event_id)
    send = f"/rooms/{room}/send/m.room.message"
    return {
        "send": await person.put(f"{send}/x{person.house.clock.now_ms()}", {"msgtype": "m.text", "body": "x"}),
        "state": await person.set_state(room_id, "m.room.name", {"name": "x"}),
        "redact": await person.put(f"/rooms/{room}/redact/{event_id}/y{person.house.clock.now_ms()}", {}),
        "invite": await person.invite(room_id, stranger),
        "kick": await person.post(f"/rooms/{room}/kick", {"user_id": member}),
    }


async def test_a_frozen_room_is_read_and_nobody_writes_or_comes_but_one_may_leave(house: House) -> None:
    anna, bob, room_id = await kitchen(house)
    event_id = await anna.send(room_id, "Milk?")
    carl, dora = await house.person("carl"), await house.person("dora")
    await bob.sync()
    frozen = restriction(Kind.ROOM, room_id, Measure.FROZEN, told={"contest": "https://x.example/c"})
    await decided(house, frozen)
    for name, said in (await attempts(anna, room_id, event_id, dora.user_id, bob.user_id)).items():
        assert (name, said.status, said.errcode) == (name, 403, "ORG.CHAPPE.RESTRICTED")
        assert said.json["org.chappe.restricted"]["measure"] == "frozen"
        assert "https://x.example/c" in said.json["error"]
    assert (await carl.join(room_id)).errcode == "ORG.CHAPPE.RESTRICTED"
    assert "Tea?" in (await bob.get(f"/rooms/{quote(room_id)}/messages", dir="b")).text
    told = (await bob.sync())["rooms"]["join"][room_id]
    assert told["org.chappe.restricted"]["id"] == frozen.id
    (await bob.leave(room_id)).ok()
    await reversed_(house, frozen)
    await anna.send(room_id, "Again")
    (await carl.join(room_id)).ok()


@pytest.mark.parametrize("measure", [Measure.CLOSED, Measure.WITHHELD])
async def test_a_closed_room_is_left_and_forgotten_and_nothing_else(house: House, measure: Measure) -> None:
    anna, bob, room_id = await kitchen(house)
    carl, dora = await house.person("carl"), await house.person("dora")
    event_id = await anna.send(room_id, "Milk?")
    (await anna.invite(room_id, carl.user_id)).ok()
    await bob.sync()
    closed = restriction(Kind.ROOM, room_id, measure, ground=Ground.LAW)
    await decided(house, closed)
    for name, said in (await attempts(anna, room_id, event_id, dora.user_id, bob.user_id)).items():
        assert (name, said.status) == (name, 451)
    assert (await carl.join(room_id)).status == 451
    assert await listed(house, anna) == []
    told = (await bob.sync())["rooms"]["join"][room_id]
    assert told["org.chappe.restricted"]["measure"] == measure.value
    assert [event["type"] for event in told["state"]["events"]] == ["m.room.create", "m.room.member"]
    assert told["timeline"]["events"] == []
    assert "Kitchen" not in str(await carl.sync())
    for person in (bob, carl):
        (await person.leave(room_id)).ok()
        (await person.post(f"/rooms/{quote(room_id)}/forget")).ok()
    assert room_id in (await bob.sync())["rooms"]["leave"]
    await anna.sync()
    await reversed_(house, closed)
    told = (await anna.sync())["rooms"]["join"][room_id]
    assert told["timeline"]["limited"]
    assert told["org.chappe.restricted"] is None
    assert "Tea?" in str(told)
    assert await listed(house, anna) == [room_id]
    await anna.send(room_id, "Again")


async def test_what_is_withheld_in_one_country_is_read_in_another_bit_for_bit(house: House) -> None:
    """R123, R127: an unknown country is treated like the stricter."""
    anna, bob, room_id = await kitchen(house)
    carl = await house.person("carl")
    (await carl.join(room_id)).ok()
    send_people_to(house, anna="FR", bob="DE")
    event_id = await anna.send(room_id, "Schnitzel")
    path = f"/rooms/{quote(room_id)}/event/{quote(event_id)}"
    before = {person.user_id: (await person.get(path)).ok() for person in (anna, bob, carl)}
    for person in (anna, bob, carl):
        await person.sync()
    told = {"authority": "Amtsgericht", "reference": "1 C 2/26", "contest": "https://x.example/c"}
    withheld = restriction(
        Kind.EVENT, event_id, Measure.WITHHELD,
        within=room_id, territories=("AT", "DE"), ground=Ground.ORDER, told=told,
    )  # fmt: skip
    await decided(house, withheld)
    seen = {person.user_id: (await person.get(path)).ok() for person in (anna, bob, carl)}
    for each in (*before.values(), *seen.values()):
        each["unsigned"].pop("age")
        each["unsigned"].pop("transaction_id", None)
    assert seen[anna.user_id] == before[anna.user_id]
    for user_id in (bob.user_id, carl.user_id):
        assert seen[user_id]["content"] == {}
        held = seen[user_id]["unsigned"]["org.chappe.restricted"]
        assert (held["measure"], held["territories"], held["told"]) == ("withheld", ["AT", "DE"], told)
        assert held["decision"] == withheld.decision
    assert "rooms" not in await anna.sync()
    for person in (bob, carl):
        (redaction,) = (await person.sync())["rooms"]["join"][room_id]["timeline"]["events"]
        assert (redaction["type"], redaction["sender"]) == ("m.room.redaction", "@server:localhost")
        assert redaction["content"]["redacts"] == event_id


async def test_a_room_withheld_in_one_country_is_open_in_another(house: House) -> None:
    anna, bob, room_id = await kitchen(house)
    send_people_to(house, anna="FR", bob="DE")
    withheld = restriction(Kind.ROOM, room_id, Measure.WITHHELD, territories=("DE",), ground=Ground.ORDER)
    await decided(house, withheld)
    await anna.send(room_id, "Croissant")
    assert "Croissant" in str(await anna.sync())
    assert "Croissant" not in str(await bob.sync())
    said = await bob.get(f"/rooms/{quote(room_id)}/messages", dir="b")
    assert said.status == 451
    assert said.json["org.chappe.restricted"]["territories"] == ["DE"]


async def test_what_is_restricted_does_not_come_back_with_an_upgrade(house: House) -> None:
    anna, _, room_id = await kitchen(house)
    topic = (await anna.set_state(room_id, "m.room.topic", {"topic": "All about hate"})).ok()["event_id"]
    hidden = restriction(
        Kind.EVENT, topic, Measure.WITHHELD, within=room_id, territories=("DE",), ground=Ground.LAW
    )  # fmt: skip
    await decided(house, hidden, restriction(Kind.ROOM, room_id, Measure.DELISTED))
    new = (await anna.post(f"/rooms/{quote(room_id)}/upgrade", {"new_version": "11"})).ok()["replacement_room"]
    state = (await anna.get(f"/rooms/{quote(new)}/state")).ok()
    types = {one["type"] for one in state}
    assert "m.room.name" in types
    assert "m.room.topic" not in types
    await house.settle()
    await house.caught_up("rooms.directory")
    assert await listed(house, anna) == []


async def test_a_restricted_child_is_told_of_no_space(house: House) -> None:
    anna, bob, room_id = await kitchen(house)
    space = await anna.create_room(creation_content={"type": "m.space"}, preset="public_chat")
    said = {"via": ["localhost"], "note": "All about hate"}
    child = (await anna.set_state(space, "m.space.child", said, room_id)).ok()["event_id"]
    path = f"/_matrix/client/v1/rooms/{quote(space)}/hierarchy"
    assert "hate" in (await bob.get(path)).text
    await decided(house, restriction(Kind.EVENT, child, Measure.REMOVED, within=space))
    for viewer in (anna, bob):
        (told,) = (await viewer.get(path)).ok()["rooms"]
        assert told["children_state"] == []


async def test_who_is_invited_is_told_no_name_where_something_is_hidden(house: House) -> None:
    anna, _, room_id = await kitchen(house)
    carl = await house.person("carl")
    me = {"membership": "join", "displayname": "All about hate"}
    named = (await anna.set_state(room_id, "m.room.member", me, anna.user_id)).ok()["event_id"]
    body = {"user_id": carl.user_id, "reason": "Come in for the hate"}
    (await anna.post(f"/rooms/{quote(room_id)}/invite", body)).ok()
    assert "hate" in (await carl.get("/sync")).text
    await decided(house, restriction(Kind.EVENT, named, Measure.REMOVED, within=room_id))
    invite = (await carl.get("/sync")).ok()["rooms"]["invite"][room_id]["invite_state"]["events"]
    members = {one["state_key"]: one["content"] for one in invite if one["type"] == "m.room.member"}
    assert members == {anna.user_id: {"membership": "join"}, carl.user_id: {"membership": "invite"}}
