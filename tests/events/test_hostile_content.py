"""Whatever stands in events and in the room's state, the rules refuse or accept, and never fail."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chappe.errors import Errcode, Refused
from chappe.events.auth import authorise
from chappe.events.powers import may_redact, power_of, power_to_send
from chappe.events.state import Draft
from chappe.events.versions import ROOM_VERSIONS
from chappe.events.visibility import visibility_in
from chappe.ids import EventID, RoomID, UserID
from tests.events.rooms import ALICE, BOB, CREATE_ID, CREATOR, FAR, LAST_ID, Room, room_id_of
from tests.events.test_canonical_json import ANY_JSON

PEOPLE = [ALICE, BOB, CREATOR, FAR]
WORDS = st.sampled_from(
    [
        "join",
        "invite",
        "leave",
        "ban",
        "knock",
        "public",
        "restricted",
        "knock_restricted",
        "50",
        " 7 ",
        "token",
        *PEOPLE,
    ]
)
VALUE = ANY_JSON | WORDS | st.integers(-5, 105)
KEYS = st.sampled_from(
    [
        "membership", "join_rule", "third_party_invite", "signed", "token", "mxid", "signatures", "public_key",
        "public_keys", "join_authorised_via_users_server", "users", "events", "notifications", "users_default",
        "ban", "kick", "invite", "state_default", "creator", "additional_creators", "room_version", "m.federate",
        "history_visibility", *PEOPLE,
    ]
)  # fmt: skip
NESTED = st.dictionaries(KEYS, VALUE | st.dictionaries(KEYS, VALUE | st.dictionaries(KEYS, VALUE)), max_size=5)
TYPES = st.sampled_from(
    ["m.room.member", "m.room.power_levels", "m.room.create", "m.room.third_party_invite", "m.room.join_rules", "x"]
)
USERS = st.sampled_from(PEOPLE)


@settings(max_examples=150, deadline=None)
@given(
    version=st.sampled_from(list(ROOM_VERSIONS)),
    state=st.lists(st.tuples(TYPES, st.sampled_from(["", "token", *PEOPLE]), NESTED, USERS), max_size=5),
    event=st.tuples(TYPES | st.text(max_size=3), USERS, NESTED, st.none() | USERS | st.text(max_size=3)),
    first=st.booleans(),
    lost=st.booleans(),
)
def test_rules_only_ever_refuse(
    version: str,
    state: list[tuple[str, str, dict[str, Any], str]],
    event: tuple[str, str, dict[str, Any], str | None],
    first: bool,
    lost: bool,
) -> None:
    room = Room(version).member(ALICE, "join").member(BOB, "join")
    for event_type, state_key, content, sender in state:
        event_id = CREATE_ID if event_type == "m.room.create" else None
        room.put(event_type, state_key, content, sender=sender, event_id=event_id)
    event_type, sender, content, key = event
    prev_events: tuple[EventID, ...] = (CREATE_ID,) if first else (LAST_ID,)
    if event_type == "m.room.create" and not first:
        prev_events = ()
    refusal = Errcode.FORBIDDEN
    room_id = None if lost else RoomID(room_id_of(room.version))
    try:
        authorise(room.version, Draft(event_type, UserID(sender), key, content, room_id, prev_events), room)
    except Refused as refused:
        refusal = refused.code
    assert refusal is Errcode.FORBIDDEN
    assert isinstance(power_of(room.version, room, sender), int)
    assert isinstance(power_to_send(room, event_type, key is not None), int)
    assert isinstance(may_redact(room, sender, BOB), bool)
    assert visibility_in(content) in {"world_readable", "shared", "invited", "joined"}
