"""Rules 4.1 to 4.3 and 4.8: joining.

The rules' numbers are those of version 11; in version 12 they are one higher from 2 on.
"""

import pytest

from chappe.errors import Refused
from chappe.events.auth import authorise
from chappe.events.state import Draft, StateEvent
from chappe.ids import EventID, RoomID, UserID
from tests.events.rooms import ALICE, BOB, CREATE_ID, CREATOR, FAR, LAST_ID, NEW, OLD, Room, powered, room_id_of
from tests.events.rules import ALL, V7, V8, V10, Case, expect, per_version


def first_join(room: Room, sender: str = CREATOR, target: str = CREATOR) -> Draft:
    del room.events["m.room.member", CREATOR]
    room.rule("invite")
    return Draft(
        "m.room.member", UserID(sender), target, {"membership": "join"}, room_id_of(room.version), (CREATE_ID,)
    )


def wrong_state_key(room: Room) -> Draft:
    return room.draft("m.room.member", ALICE, {"membership": "join"}, "alice")


JOIN = [
    Case(
        "4.1 no state_key", ALL, False, lambda r: r.rule("public").draft("m.room.member", ALICE, {"membership": "join"})
    ),
    Case("4.1 no membership", ALL, False, lambda r: r.rule("public").draft("m.room.member", ALICE, {}, ALICE)),
    Case(
        "4.1 membership is no text",
        ALL,
        False,
        lambda r: r.rule("public").draft("m.room.member", ALICE, {"membership": ["join"]}, ALICE),
    ),
    Case("4.1 state_key is no user ID", ALL, False, lambda r: wrong_state_key(r.rule("public"))),
    Case("4.8 unknown membership", ALL, False, lambda r: r.rule("public").change(ALICE, ALICE, "dance")),
    Case("4.3.1 the creator's first join", ALL, True, lambda r: first_join(r)),
    Case("4.3.1 somebody else's first join", ALL, False, lambda r: first_join(r, ALICE, ALICE)),
    Case("4.3.1 the creator later", ALL, False, lambda r: r.rule("invite").member(CREATOR, "leave").joins(CREATOR)),
    Case("4.3.2 join for another", ALL, False, lambda r: r.rule("public").change(ALICE, BOB, "join")),
    Case("4.3.3 banned", ALL, False, lambda r: r.rule("public").member(ALICE, "ban").joins(ALICE)),
    Case("4.3.4 invite rule, invited", ALL, True, lambda r: r.rule("invite").member(ALICE, "invite").joins(ALICE)),
    Case("4.3.4 invite rule, already in", ALL, True, lambda r: r.rule("invite").member(ALICE, "join").joins(ALICE)),
    Case("4.3.4 invite rule, not invited", ALL, False, lambda r: r.rule("invite").joins(ALICE)),
    Case("4.3.4 no rule is the invite rule", ALL, True, lambda r: r.member(ALICE, "invite").joins(ALICE)),
    Case("4.3.4 no rule, not invited", ALL, False, lambda r: r.joins(ALICE)),
    Case("4.3.4 knock rule, invited", V7, True, lambda r: r.rule("knock").member(ALICE, "invite").joins(ALICE)),
    Case(
        "4.3.4 knock rule, before it existed",
        "6",
        False,
        lambda r: r.rule("knock").member(ALICE, "invite").joins(ALICE),
    ),
    Case("4.3.4 knock rule, only knocked", V7, False, lambda r: r.rule("knock").member(ALICE, "knock").joins(ALICE)),
    Case("4.3.6 public", ALL, True, lambda r: r.rule("public").joins(ALICE)),
    Case("4.3.6 public, after leaving", ALL, True, lambda r: r.rule("public").member(ALICE, "leave").joins(ALICE)),
    Case("4.3.7 private rule", ALL, False, lambda r: r.rule("private").member(ALICE, "invite").joins(ALICE)),
    Case("4.3.7 unknown rule", ALL, False, lambda r: r.rule("friends").joins(ALICE)),
]


def restricted(room: Room, rule: str = "restricted", **levels: object) -> Room:
    return powered(room.rule(rule), invite=50, **levels)


RESTRICTED = [
    Case("4.2 signed by the sender's own server", V8, True, lambda r: restricted(r).joins(NEW, via=ALICE)),
    Case("4.2 another server's signature missing", V8, False, lambda r: restricted(r).joins(FAR, via=ALICE)),
    Case("4.2 another server's signature verified", V8, True, lambda r: restricted(r).joins(FAR, via=ALICE), ("here",)),
    Case("4.2 signature of a third server", V8, False, lambda r: restricted(r).joins(FAR, via=ALICE), ("there",)),
    Case("4.2 not a user ID", V8, False, lambda r: restricted(r).member(BOB, "invite").joins(BOB, via="alice")),
    Case("4.2 not a text", V8, False, lambda r: restricted(r).member(BOB, "invite").joins(BOB, via=[ALICE])),
    Case(
        "4.2 for any membership",
        V8,
        False,
        lambda r: restricted(r).change(BOB, BOB, "leave", join_authorised_via_users_server="@x:else"),
    ),
    Case("4.2 before it existed", "6 7", True, lambda r: r.rule("public").joins(ALICE, via=5)),
    Case("4.3.5.1 restricted, invited", V8, True, lambda r: restricted(r).member(FAR, "invite").joins(FAR)),
    Case("4.3.5.1 restricted, already in", V8, True, lambda r: restricted(r).joins(BOB)),
    Case("4.3.5.2 nobody named", V8, False, lambda r: restricted(r).joins(NEW)),
    Case("4.3.5.2 named one may not invite", V8, False, lambda r: restricted(r).joins(NEW, via=BOB)),
    Case("4.3.5.2 named one is no member", V8, False, lambda r: restricted(r, users={OLD: 100}).joins(NEW, via=OLD)),
    Case("4.3.3 restricted, banned", V8, False, lambda r: restricted(r).member(BOB, "ban").joins(BOB, via=ALICE)),
    Case("4.3.5 before it existed", "6 7", False, lambda r: restricted(r).joins(NEW, via=ALICE)),
    Case("4.3.5 before it existed, invited", "6 7", False, lambda r: restricted(r).member(FAR, "invite").joins(FAR)),
    Case("4.3.5 knock_restricted", V10, True, lambda r: restricted(r, "knock_restricted").joins(NEW, via=ALICE)),
    Case(
        "4.3.5 knock_restricted, invited",
        V10,
        True,
        lambda r: restricted(r, "knock_restricted").member(FAR, "invite").joins(FAR),
    ),
    Case(
        "4.3.5 knock_restricted before it existed",
        "6 7 8 9",
        False,
        lambda r: restricted(r, "knock_restricted").joins(NEW, via=ALICE),
    ),
    Case(
        "4.3.5 knock_restricted before it existed, invited",
        "6 7 8 9",
        False,
        lambda r: restricted(r, "knock_restricted").member(FAR, "invite").joins(FAR),
    ),
]


@per_version([*JOIN, *RESTRICTED])
def test_rule(version: str, case: Case) -> None:
    expect(version, case)


def test_before_version_11_the_creator_is_whom_the_content_names() -> None:
    for version in ("6", "10", "11", "12"):
        room = Room(version)
        content: dict[str, object] = {"room_version": version, "creator": ALICE}
        room.events = {("m.room.create", ""): StateEvent(CREATE_ID, "m.room.create", "", UserID(CREATOR), content)}
        joins = {
            user: Draft(
                "m.room.member", UserID(user), user, {"membership": "join"}, room_id_of(room.version), (CREATE_ID,)
            )
            for user in (CREATOR, ALICE)
        }
        first, second = (ALICE, CREATOR) if version in ("6", "10") else (CREATOR, ALICE)
        authorise(room.version, joins[first], room)
        with pytest.raises(Refused):
            authorise(room.version, joins[second], room)


def test_event_ids_in_state_are_compared_whole() -> None:
    room = Room("11")
    del room.events["m.room.member", CREATOR]
    event = Draft(
        "m.room.member", UserID(CREATOR), CREATOR, {"membership": "join"}, RoomID("!room:here"), (EventID(LAST_ID),)
    )
    room.rule("invite")
    with pytest.raises(Refused):
        authorise(room.version, event, room)
