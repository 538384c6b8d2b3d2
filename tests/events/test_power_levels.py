"""Power levels: what they are read as, and rule 9 (rule 10 of version 12) on changing them."""

from typing import Any

import pytest

from chappe.errors import Errcode, Refused
from chappe.events.auth import authorise
from chappe.events.canonical_json import MAX_INT
from chappe.events.powers import (
    INFINITE,
    is_creator,
    join_rule_of,
    level,
    may_redact,
    membership_of,
    power_for,
    power_of,
    power_to_send,
)
from chappe.events.versions import ROOM_VERSIONS
from tests.events.rooms import ALICE, BOB, CREATOR, FAR, Room

BEFORE_10 = ["6", "7", "8", "9"]
SINCE_10 = ["10", "11", "12"]
ALL = list(ROOM_VERSIONS)
SINGLES = ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"]


def room_with(version: str, **levels: object) -> Room:
    """Alice has 50 and may change levels with it; Bob is in the room too."""
    content = {"users": {ALICE: 50}, **levels}
    return Room(version).member(ALICE, "join").member(BOB, "join").levels(**content)


def accepts(room: Room, content: dict[str, Any], sender: str = ALICE) -> bool:
    try:
        authorise(room.version, room.draft("m.room.power_levels", sender, content, ""), room)
    except Refused as refused:
        return refused.code is not Errcode.FORBIDDEN
    return True


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("name", SINGLES)
def test_9_1_single_levels_are_integers(version: str, name: str) -> None:
    room = room_with(version)
    assert accepts(room, {"users": {ALICE: 50}, name: 10})
    assert accepts(room, {"users": {ALICE: 50}, name: " +0010 "}) is (version in BEFORE_10)
    wrong: object
    for wrong in ("ten", "", "1.0", "1_0", "٣", None, True, [], {}, 1.5, MAX_INT + 1, str(MAX_INT + 1), "9" * 5000):
        assert not accepts(room, {"users": {ALICE: 50}, name: wrong}), wrong


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("table", ["events", "notifications"])
def test_9_2_tables_are_objects_of_integers(version: str, table: str) -> None:
    room = room_with(version)
    assert accepts(room, {"users": {ALICE: 50}, table: {"x": 50}})
    assert accepts(room, {"users": {ALICE: 50}, table: {"x": "50"}}) is (version in BEFORE_10)
    wrong: object
    for wrong in ([], None, 5, "x", {"x": None}, {"x": "y"}, {"x": 1.5}, {"x": False}, {"x": {}}):
        assert not accepts(room, {"users": {ALICE: 50}, table: wrong}), wrong


@pytest.mark.parametrize("version", ALL)
def test_9_3_users_are_user_ids_with_integers(version: str) -> None:
    room = room_with(version)
    assert accepts(room, {"users": {ALICE: 50, BOB: 50}})
    assert accepts(room, {"users": {ALICE: 50, BOB: "50"}}) is (version in BEFORE_10)
    wrong: object
    for wrong in ([], None, 5, {"bob": 1}, {"@bob": 1}, {"": 1}, {BOB: None}, {BOB: []}, {BOB: 0.5}):
        assert not accepts(room, {"users": wrong}), wrong
    assert accepts(room, {})


@pytest.mark.parametrize("version", ALL)
def test_9_4_the_first_levels_may_be_anything_well_formed(version: str) -> None:
    content = {"users": {ALICE: 100, BOB: 9000}, "events_default": 1000}
    assert accepts(Room(version), content, CREATOR)
    assert not accepts(Room(version), {"users": {"bob": 1}}, CREATOR)


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("name", SINGLES)
def test_9_5_single_levels_change_only_below_ones_own(version: str, name: str) -> None:
    own = {"users": {ALICE: 50}, "state_default": 0}
    for old, new, allowed in [
        (50, 40, True), (40, 50, True), (None, 50, True), (50, None, True), (60, 60, True),
        (51, 40, False), (40, 51, False), (None, 51, False), (51, None, False),
    ]:  # fmt: skip
        before = {**own, "events": {"m.room.power_levels": 0}, **({} if old is None else {name: old})}
        after = {key: value for key, value in before.items() if key != name or name in own}
        if name == "state_default":
            after.pop(name)
            if old is None:
                before.pop(name)
        if new is not None:
            after[name] = new
        assert accepts(room_with(version, **before), after) is allowed, (old, new)


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("table", ["events", "notifications"])
def test_9_6_and_9_7_table_entries_change_only_below_ones_own(version: str, table: str) -> None:
    for old, new, allowed in [
        ({"x": 50}, {"x": 40}, True), ({"x": 50}, {}, True), ({}, {"x": 50}, True), ({"x": 60}, {"x": 60}, True),
        ({"x": 51}, {"x": 40}, False), ({"x": 51}, {}, False), ({"x": 51}, None, False),
        ({}, {"x": 51}, False), ({"x": 40}, {"x": 51}, False), (None, {"x": 51}, False), (None, {"x": 50}, True),
    ]:  # fmt: skip
        before = {} if old is None else {table: old}
        after = {} if new is None else {table: new}
        room = room_with(version, **before)
        assert accepts(room, {"users": {ALICE: 50}, **after}) is allowed, (old, new)


@pytest.mark.parametrize("version", ALL)
def test_9_8_and_9_9_users_change_only_below_ones_own(version: str) -> None:
    for old, new, allowed in [
        ({BOB: 49}, {BOB: 0}, True), ({BOB: 49}, {}, True), ({}, {BOB: 50}, True), ({BOB: 0}, {BOB: 50}, True),
        ({BOB: 50}, {BOB: 50}, True), ({BOB: 60}, {BOB: 60}, True),
        ({BOB: 50}, {BOB: 0}, False), ({BOB: 50}, {}, False), ({BOB: 60}, {BOB: 50}, False),
        ({}, {BOB: 51}, False), ({BOB: 0}, {BOB: 51}, False),
    ]:  # fmt: skip
        room = room_with(version, users={ALICE: 50, **old})
        assert accepts(room, {"users": {ALICE: 50, **new}}) is allowed, (old, new)


@pytest.mark.parametrize("version", ALL)
def test_9_8_ones_own_level_may_fall_and_not_rise(version: str) -> None:
    room = room_with(version)
    assert accepts(room, {"users": {ALICE: 49}})
    assert accepts(room, {"users": {}})
    assert not accepts(room, {"users": {ALICE: 51}})


@pytest.mark.parametrize("version", BEFORE_10)
def test_levels_written_differently_are_no_change(version: str) -> None:
    room = room_with(version, users={ALICE: "50", BOB: " 60 "}, ban="0060")
    assert accepts(room, {"users": {ALICE: 50, BOB: 60}, "ban": 60})


@pytest.mark.parametrize("version", ALL)
def test_malformed_levels_in_the_room_do_not_keep_them_from_being_mended(version: str) -> None:
    room = room_with(version, ban="high", events=[], notifications={"room": None})
    assert accepts(room, {"users": {ALICE: 50}, "ban": 50, "notifications": {"room": 50}})


def test_version_12_rule_10_4_creators_have_no_entry() -> None:
    for version in ALL:
        room = Room(version, {"additional_creators": [FAR]})
        assert accepts(room, {"users": {CREATOR: 100}}, CREATOR) is (version != "12")
        assert accepts(room, {"users": {FAR: 100}}, CREATOR) is (version != "12")
        assert accepts(room, {"users": {ALICE: 100}}, CREATOR)


def test_creators_of_version_12_are_above_every_level() -> None:
    room = Room("12", {"additional_creators": [FAR]}).member(FAR, "join").member(ALICE, "join")
    room.levels(users={ALICE: MAX_INT}, ban=MAX_INT, kick=MAX_INT, events={"m.room.name": MAX_INT})
    for creator in (CREATOR, FAR):
        assert power_of(room.version, room, creator) == INFINITE > MAX_INT
        authorise(room.version, room.draft("m.room.name", creator, {}, ""), room)
        authorise(room.version, room.change(creator, ALICE, "ban"), room)
        with pytest.raises(Refused):
            authorise(room.version, room.change(ALICE, creator, "ban"), room)
        assert accepts(room, {"users": {}}, creator)
    with pytest.raises(Refused):
        authorise(room.version, room.change(FAR, CREATOR, "leave"), room)


def test_additional_creators_mean_nothing_before_version_12() -> None:
    for version in ALL[:-1]:
        room = Room(version, {"additional_creators": [FAR]})
        assert power_of(room.version, room, FAR) == 0
    odd: object
    for odd in (None, FAR, {FAR: 1}):
        room = Room("12", {"additional_creators": odd})
        assert power_of(room.version, room, FAR) == 0


@pytest.mark.parametrize("version", ALL)
def test_defaults_without_power_levels(version: str) -> None:
    room = Room(version)
    assert power_of(room.version, room, CREATOR) == (INFINITE if version == "12" else 100)
    assert power_of(room.version, room, ALICE) == 0
    for levels in (False, True):
        if levels:
            room.levels()
        assert power_of(room.version, room, ALICE) == 0
        assert power_to_send(room, "m.room.message", is_state=False) == 0
        assert power_to_send(room, "m.room.name", is_state=True) == 50
        assert [power_for(room, action) for action in ("ban", "kick", "redact", "invite")] == [50, 50, 50, 0]
    assert power_of(room.version, room, CREATOR) == (INFINITE if version == "12" else 0)


@pytest.mark.parametrize("version", ALL)
def test_levels_are_read_where_they_are_named_and_malformed_ones_are_not(version: str) -> None:
    room = Room(version).levels(
        users={ALICE: 7, BOB: []},
        users_default=3,
        events={"a": 9, "b": None},
        events_default=1,
        state_default=2,
        ban="x",
    )
    assert power_of(room.version, room, ALICE) == 7
    assert power_of(room.version, room, BOB) == power_of(room.version, room, FAR) == 3
    assert power_to_send(room, "a", is_state=True) == power_to_send(room, "a", is_state=False) == 9
    assert power_to_send(room, "b", is_state=True) == 2
    assert power_to_send(room, "c", is_state=False) == 1
    assert power_for(room, "ban") == 50
    room.levels(users=[ALICE], events="x")
    assert power_of(room.version, room, ALICE) == 0
    assert power_to_send(room, "a", is_state=False) == 0


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100", 100),
        ("000100", 100),
        ("+100", 100),
        ("-100", -100),
        (" 100 ", 100),
        (" 00100 ", 100),
        ("\t-100\n", -100),
    ],
)
def test_levels_may_be_text_before_version_10(version: str, text: str, number: int) -> None:
    assert level(ROOM_VERSIONS[version], text) == (number if version in BEFORE_10 else None)
    assert level(ROOM_VERSIONS[version], number) == number


@pytest.mark.parametrize("version", ALL)
def test_levels_reach_as_far_as_the_numbers_of_canonical_json(version: str) -> None:
    for furthest in (MAX_INT, -MAX_INT):
        beyond = furthest + (1 if furthest > 0 else -1)
        assert level(ROOM_VERSIONS[version], furthest) == furthest
        assert level(ROOM_VERSIONS[version], beyond) is None
        assert level(ROOM_VERSIONS[version], str(furthest)) == (furthest if version in BEFORE_10 else None)
        assert level(ROOM_VERSIONS[version], str(beyond)) is None


@pytest.mark.parametrize("text", ["1.0", "1e3", "0x10", "- 1", "+-1", "1 0", "1_000", "", " ", "٣", "½", "9" * 60])
def test_what_is_no_integer_in_text(text: str) -> None:
    assert level(ROOM_VERSIONS["6"], text) is None


def test_redacting_ones_own_and_others() -> None:
    room = room_with("11")
    assert may_redact(room, BOB, BOB)
    assert may_redact(room, ALICE, BOB)
    assert not may_redact(room, BOB, ALICE)
    assert not may_redact(room_with("11", redact=51), ALICE, BOB)


def test_memberships_and_join_rules_as_read() -> None:
    room = Room("11")
    assert membership_of(room, CREATOR) == "join"
    assert membership_of(room, ALICE) == "leave"
    assert join_rule_of(room) == "invite"
    assert join_rule_of(room.rule("public")) == "public"
    odd: object
    for odd in (None, [], 5):
        room.put("m.room.member", ALICE, {"membership": odd})
        room.put("m.room.join_rules", "", {"join_rule": odd})
        assert membership_of(room, ALICE) == "leave"
        assert join_rule_of(room) == ""


def test_who_created_the_room() -> None:
    for version in ALL:
        room = Room(version, {"additional_creators": [FAR]})
        assert room.create is not None
        assert is_creator(room.version, room.create, CREATOR)
        assert is_creator(room.version, room.create, FAR) is (version == "12")
        assert not is_creator(room.version, room.create, ALICE)
