"""Rules 2 to 8: who may send an event at all.

The rules' numbers are those of version 11; in version 12 they are one higher from 2 on.
"""

from collections.abc import Callable

import pytest

from chappe.errors import Refused
from chappe.events.auth import authorise
from chappe.events.build import build
from chappe.events.signing import SigningKey
from chappe.events.state import Draft
from chappe.events.versions import ROOM_VERSIONS
from chappe.ids import RoomID, ServerName, UserID
from tests.events.rooms import ALICE, BOB, CREATE_ID, CREATOR, FAR, LAST_ID, Room, powered
from tests.events.rules import ALL, Case, expect, per_version


def message(room: Room, sender: str = ALICE) -> Draft:
    return room.draft("m.room.message", sender, {"body": "x"})


def state(room: Room, sender: str, event_type: str = "m.room.name", state_key: str = "", **content: object) -> Draft:
    return room.draft(event_type, sender, content, state_key)


def offers(room: Room, sender: str) -> Draft:
    return state(room, sender, "m.room.third_party_invite", "token")


def closed(room: Room) -> Room:
    create = room.create
    assert create is not None
    return room.put("m.room.create", "", {**create.content, "m.federate": False}, event_id=CREATE_ID)


def without_create(room: Room) -> Room:
    del room.events["m.room.create", ""]
    return room


def member_as(membership: str) -> Callable[[Room], Draft]:
    return lambda room: message(room.member(ALICE, membership))


GENERAL = [
    Case("2.4 no create event", ALL, False, lambda r: message(without_create(r), CREATOR)),
    Case("3 federate false, same server", ALL, True, lambda r: message(closed(r).member(ALICE, "join"))),
    Case("3 federate false, other server", ALL, False, lambda r: message(closed(r).member(FAR, "join"), FAR)),
    Case("3 federate true, other server", ALL, True, lambda r: message(r.member(FAR, "join"), FAR)),
    Case("5 a member writes", ALL, True, lambda r: message(r.member(ALICE, "join"))),
    *(Case(f"5 membership {name}", ALL, False, member_as(name)) for name in ("invite", "leave", "ban", "knock")),
    Case("5 no membership", ALL, False, lambda r: message(r)),
    Case("6 invite level reached", ALL, True, lambda r: offers(powered(r, invite=50), ALICE)),
    Case("6 invite level missed", ALL, False, lambda r: offers(powered(r, invite=51), ALICE)),
    Case("6 not the state level", ALL, True, lambda r: offers(powered(r, state_default=99), BOB)),
    Case("6 not a member", ALL, False, lambda r: offers(r, ALICE)),
    Case("7 events_default reached", ALL, True, lambda r: message(powered(r, events_default=50))),
    Case("7 events_default missed", ALL, False, lambda r: message(powered(r, events_default=51))),
    Case("7 events names the type", ALL, False, lambda r: message(powered(r, events={"m.room.message": 51}))),
    Case("7 events names another", ALL, True, lambda r: message(powered(r, events={"m.room.other": 51}))),
    Case("7 state_default is 50", ALL, True, lambda r: state(powered(r), ALICE)),
    Case("7 state_default is 50, missed", ALL, False, lambda r: state(powered(r), BOB)),
    Case("7 state_default lowered", ALL, True, lambda r: state(powered(r, state_default=20), BOB)),
    Case("7 without levels state needs 50", ALL, False, lambda r: state(r.member(ALICE, "join"), ALICE)),
    Case("7 without levels the creator has it", ALL, True, lambda r: state(r, CREATOR)),
    Case("7 users_default", ALL, True, lambda r: state(powered(r, users={}, users_default=50), BOB)),
    Case("8 own user ID", ALL, True, lambda r: state(powered(r), ALICE, "x", ALICE)),
    Case("8 another's user ID", ALL, False, lambda r: state(powered(r), ALICE, "x", BOB)),
    Case("8 no user ID", ALL, True, lambda r: state(powered(r), ALICE, "x", "a@b")),
    Case("8 a creator is bound too", ALL, False, lambda r: state(r, CREATOR, "x", BOB)),
    Case(
        "10 redactions are ordinary events", ALL, True, lambda r: powered(r, redact=100).draft("m.room.redaction", BOB)
    ),
]


@per_version([*GENERAL])
def test_rule(version: str, case: Case) -> None:
    expect(version, case)


def test_version_12_rule_2_the_room_id_is_that_of_the_create_event() -> None:
    room = Room("12")
    draft = Draft("m.room.message", UserID(CREATOR), None, {}, RoomID("!" + "x" * 43), (LAST_ID,))
    with pytest.raises(Refused):
        authorise(room.version, draft, room)
    authorise(room.version, message(room, CREATOR), room)


@pytest.mark.parametrize("version", ROOM_VERSIONS)
def test_an_event_that_is_built_may_be_judged_as_well_as_a_draft(version: str) -> None:
    room = Room(version)
    events = room.events
    room.events = {}
    is_hash = room.version.room_id_is_hash
    built = build(
        room.version,
        room_id=None if is_hash else RoomID("!room:here"),
        sender=UserID(CREATOR),
        type="m.room.create",
        content={"room_version": version, "creator": CREATOR},
        state_key="",
        origin_server_ts=1,
        depth=1,
        prev_events=(),
        auth_events=(),
        server_name=ServerName("here"),
        key=SigningKey.generate(),
    )
    authorise(room.version, built, room)
    room.events = events
    authorise(room.version, message(room, CREATOR), room)
