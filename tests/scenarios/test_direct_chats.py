"""Direct chats: the invitation says that it is one, and m.direct is never told after the room it is about."""

from typing import Any

import pytest

from tests.house import House, Person

pytestmark = pytest.mark.anyio


async def put_direct(person: Person, other: Person, room_id: str) -> None:
    (await person.put(f"/user/{person.user_id}/account_data/m.direct", {other.user_id: [room_id]})).ok()


def direct_in(answer: Any) -> Any:
    events = answer.get("account_data", {}).get("events", [])
    return next((event["content"] for event in events if event["type"] == "m.direct"), None)


async def test_an_invitation_says_that_it_is_for_a_direct_chat(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    for person in (anna, bob):
        await person.sync()
    room_id = await anna.create_room(is_direct=True, invite=[bob.user_id], preset="trusted_private_chat")
    (invite,) = (await bob.sync())["rooms"]["invite"].values()
    (mine,) = [event for event in invite["invite_state"]["events"] if event["state_key"] == bob.user_id]
    assert (mine["type"], mine["content"]["membership"], mine["content"]["is_direct"]) == (
        "m.room.member",
        "invite",
        True,
    )
    told = (await anna.sync())["rooms"]["join"][room_id]
    (theirs,) = [
        event
        for event in [*told["state"]["events"], *told["timeline"]["events"]]
        if event.get("state_key") == bob.user_id
    ]
    assert theirs["content"]["is_direct"] is True
    other = await anna.create_room(invite=[bob.user_id])
    (mine,) = [
        event
        for event in (await bob.sync())["rooms"]["invite"][other]["invite_state"]["events"]
        if event["state_key"] == bob.user_id
    ]
    assert "is_direct" not in mine["content"]


async def test_what_was_noted_before_joining_is_told_with_the_room(house: House) -> None:
    """The invitee's client notes the direct chat and joins: no answer has the room without the note."""
    anna, bob = await house.person("anna"), await house.person("bob")
    phone = await bob.another_device()
    for person in (bob, phone):
        await person.sync()
    for _ in range(5):
        room_id = await anna.create_room(is_direct=True, invite=[bob.user_id])
        await put_direct(bob, anna, room_id)
        (await bob.join(room_id)).ok()
        answer = await phone.sync()
        assert room_id in answer["rooms"]["join"]
        assert direct_in(answer) == {anna.user_id: [room_id]}
        text = (await phone.get("/sync")).text
        assert text.index('"m.direct"') < text.index('"rooms"'), "a client that reads from the top knows it first"


async def test_the_inviters_other_devices_learn_both_at_once(house: House) -> None:
    """Nothing is told between making the room and noting it, for who syncs after both."""
    anna, bob = await house.person("anna"), await house.person("bob")
    laptop = await anna.another_device()
    await laptop.sync()
    room_id = await anna.create_room(is_direct=True, invite=[bob.user_id])
    await put_direct(anna, bob, room_id)
    answer = await laptop.sync()
    assert room_id in answer["rooms"]["join"]
    assert direct_in(answer) == {bob.user_id: [room_id]}


async def test_whoever_notes_nothing_has_the_direct_chat_all_the_same(house: House) -> None:
    """Both people's other devices: the note is never told after the room, and what was noted before stays."""
    anna, bob = await house.person("anna"), await house.person("bob")
    laptop, phone = await anna.another_device(), await bob.another_device()
    await put_direct(bob, bob, "!earlier:localhost")
    for person in (laptop, phone):
        await person.sync()
    room_id = await anna.create_room(is_direct=True, invite=[bob.user_id])
    answer = await laptop.sync()
    assert room_id in answer["rooms"]["join"]
    assert direct_in(answer) == {bob.user_id: [room_id]}
    await phone.sync()
    (await bob.join(room_id)).ok()
    answer = await phone.sync()
    assert room_id in answer["rooms"]["join"]
    assert direct_in(answer) == {bob.user_id: ["!earlier:localhost"], anna.user_id: [room_id]}


async def test_a_note_that_is_no_list_stays_as_it_is(house: House) -> None:
    anna, bob = await house.person("anna"), await house.person("bob")
    (await anna.put(f"/user/{anna.user_id}/account_data/m.direct", {bob.user_id: "mine"})).ok()
    await anna.create_room(is_direct=True, invite=[bob.user_id])
    assert direct_in(await anna.sync()) == {bob.user_id: "mine"}
