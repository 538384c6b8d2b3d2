"""Filters, fields and tokens: what is understood, and what is refused and how."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID
from chappe.rooms import StoredEvent
from chappe.rooms.room_token import decode_room_token, encode_room_token
from chappe.stream import Place, place, shard_of
from chappe.stream.token import device_digest, digest, encode_token, process_digest
from chappe.timeline.event_fields import EventFields, split_path
from chappe.timeline.filters import MAX_NAMES, MAX_PATTERNS, EventFilter, SyncFilter

ROOM = RoomID("!r:x")


def event(type: str = "m.room.message", sender: str = "@a:x", room_id: str = ROOM, **content: object) -> StoredEvent:
    shown = {"content": content, "event_id": "$e", "sender": sender, "type": type}
    return StoredEvent(Place(1), RoomID(room_id), 0, 0, None, None, None, None, msgspec.json.encode(shown))


@pytest.mark.parametrize(
    ("wanted", "of", "matches"),
    [
        ({}, event(), True),
        ({"types": ["m.room.message"]}, event(), True),
        ({"types": ["m.room.name"]}, event(), False),
        ({"types": []}, event(), False),
        ({"types": ["m.room.*"]}, event(), True),
        ({"types": ["*"]}, event(""), True),
        ({"types": ["m.*.message"]}, event(), True),
        ({"types": ["m.room*.message"]}, event(), True),
        ({"types": ["m.room.message*"]}, event(), True),
        ({"types": ["*room*mess*"]}, event(), True),
        ({"types": ["*mess*room*"]}, event(), False),
        ({"types": ["ab*ba"]}, event("aba"), False),
        ({"types": ["m.room.mess*age"]}, event("m.room.message"), True),
        ({"types": ["m.room.messag[e]"]}, event(), False),
        ({"not_types": ["m.room.*"]}, event(), False),
        ({"types": ["m.room.message"], "not_types": ["m.room.message"]}, event(), False),
        ({"senders": ["@a:x"]}, event(), True),
        ({"senders": ["@b:x"]}, event(), False),
        ({"senders": []}, event(), False),
        ({"not_senders": ["@a:x"], "senders": ["@a:x"]}, event(), False),
        ({"rooms": ["!r:x"]}, event(), True),
        ({"rooms": []}, event(), False),
        ({"not_rooms": ["!r:x"], "rooms": ["!r:x"]}, event(), False),
        ({"contains_url": True}, event(url="mxc://x/y"), True),
        ({"contains_url": True}, event(), False),
        ({"contains_url": True}, event(info={"url": "mxc://x/y"}), False),
        ({"contains_url": False}, event(url="mxc://x/y"), False),
        ({"contains_url": False}, event(info={"url": "mxc://x/y"}), True),
        ({"lazy_load_members": True, "of_tomorrow": [1]}, event(), True),
        ({"types": None, "limit": None}, event(), True),
    ],
)
def test_which_events_a_filter_lets_through(wanted: dict[str, Any], of: StoredEvent, matches: bool) -> None:
    parsed = EventFilter.parse(wanted)
    assert parsed.matches(of) is matches
    if parsed.is_plain:
        assert matches


def test_a_plain_filter_is_known_as_such() -> None:
    plain: list[object] = [{}, None, {"limit": 5}, {"lazy_load_members": True}, {"not_types": []}]
    narrow: list[object] = [{"types": []}, {"not_types": ["a"]}, {"contains_url": False}, {"not_rooms": ["!r:x"]}]
    assert all(EventFilter.parse(one).is_plain for one in plain)
    assert not any(EventFilter.parse(one).is_plain for one in narrow)


def test_filters_that_ask_the_same_have_the_same_key() -> None:
    one, same = ({"types": names, "limit": 5} for names in (["a", "b"], ["b", "a", "a"]))
    assert EventFilter.parse(one).key == EventFilter.parse(same).key
    assert EventFilter.parse(one).key != EventFilter.parse({"types": ["a"], "limit": 5}).key
    assert EventFilter.parse({"types": []}).key != EventFilter.parse({}).key
    assert EventFilter.parse({"lazy_load_members": True}).key != EventFilter.parse({}).key


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ([], "filter"),
        ("x", "filter"),
        ({"presence": 1}, "filter.presence"),
        ({"room": []}, "filter.room"),
        ({"room": {"timeline": 1}}, "filter.room.timeline"),
        ({"room": {"timeline": {"limit": -1}}}, "filter.room.timeline.limit"),
        ({"room": {"timeline": {"limit": True}}}, "filter.room.timeline.limit"),
        ({"room": {"timeline": {"limit": 1.5}}}, "filter.room.timeline.limit"),
        ({"room": {"timeline": {"types": "m.room.message"}}}, "filter.room.timeline.types"),
        ({"room": {"timeline": {"types": [1]}}}, "filter.room.timeline.types"),
        ({"room": {"timeline": {"not_types": ["*"] * (MAX_PATTERNS + 1)}}}, "filter.room.timeline.not_types"),
        ({"room": {"state": {"senders": ["@a:x"] * (MAX_NAMES + 1)}}}, "filter.room.state.senders"),
        ({"room": {"state": {"not_senders": {}}}}, "filter.room.state.not_senders"),
        ({"room": {"state": {"lazy_load_members": "yes"}}}, "filter.room.state.lazy_load_members"),
        ({"room": {"state": {"contains_url": 1}}}, "filter.room.state.contains_url"),
        ({"room": {"rooms": "!r:x"}}, "filter.room.rooms"),
        ({"room": {"not_rooms": ["x" * 256]}}, "filter.room.not_rooms"),
        ({"room": {"include_leave": 1}}, "filter.room.include_leave"),
        ({"event_format": "xml"}, "filter.event_format"),
        ({"event_format": "federation"}, "filter.event_format"),
        ({"event_fields": "type"}, "filter.event_fields"),
        ({"event_fields": [1]}, "filter.event_fields"),
        ({"event_fields": ["x"] * 101}, "filter.event_fields"),
    ],
)
def test_a_wrong_filter_is_refused_with_the_key(wrong: object, key: str) -> None:
    with pytest.raises(Refused) as refused:
        SyncFilter.parse(wrong)
    assert refused.value.code is Errcode.INVALID_PARAM
    assert refused.value.reason.startswith((f"{key} ", f"{key}:"))


def test_a_filter_as_clients_send_it() -> None:
    parsed = SyncFilter.parse(
        {
            "room": {
                "include_leave": True,
                "not_rooms": ["!no:x"],
                "timeline": {"limit": 50, "types": ["m.room.message"]},
                "state": {"lazy_load_members": True},
                "account_data": {"not_types": ["m.tag"]},
            },
            "account_data": {"types": ["m.direct"]},
            "event_format": "client",
            "event_fields": ["type"],
        }
    )
    assert parsed.include_leave
    assert parsed.state.lazy_load_members
    assert parsed.timeline_limit == 50
    assert parsed.wants_room(ROOM)
    assert not parsed.wants_room(RoomID("!no:x"))
    assert parsed.wants_account_data("m.direct")
    assert not parsed.wants_account_data("m.push_rules")
    assert not parsed.room_account_data.wants("m.tag")
    for limit, told in ((None, 20), (0, 0), (1, 1), (100, 100), (10**9, 100)):
        assert SyncFilter.parse({"room": {"timeline": {"limit": limit}}}).timeline_limit == told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
filter_keys = st.sampled_from(["limit", "types", "not_types", "senders", "rooms", "contains_url", "lazy_load_members"])
event_filters = st.dictionaries(filter_keys, json_values, max_size=4)
sync_filters = st.fixed_dictionaries(
    {},
    optional={
        "room": json_values | st.fixed_dictionaries({}, optional={"timeline": event_filters, "state": event_filters}),
        "presence": event_filters,
        "event_fields": st.lists(st.text(max_size=12), max_size=5) | json_values,
        "event_format": json_values,
    },
)


@given(json_values | sync_filters)
def test_any_filter_is_understood_or_refused(value: object) -> None:
    try:
        parsed = SyncFilter.parse(value)
    except Refused:
        return
    parsed.timeline.matches(event())
    assert isinstance(parsed.timeline.key, bytes)
    if parsed.event_fields is not None:
        parsed.event_fields.pick(event().client_json)


@given(st.lists(st.sampled_from(["a", "b", "*"]), max_size=8), st.text("ab", max_size=8))
def test_the_star_stands_for_any_characters(letters: list[str], text: str) -> None:
    pattern = "".join(letters)

    def fits(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(fits(pattern[1:], text[i:]) for i in range(len(text) + 1))
        return text[:1] == pattern[0] and fits(pattern[1:], text[1:])

    assert EventFilter.parse({"types": [pattern]}).wants(text) is fits(pattern, text)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("content.body", ("content", "body")),
        (r"content.m\.relates_to", ("content", "m.relates_to")),
        (r"content.m\\foo", ("content", "m\\foo")),
        (r"content.m\xfoo", ("content", "m\\xfoo")),
        (r"a\\.b", ("a\\", "b")),
        ("a\\", ("a\\",)),
        ("", ("",)),
        ("a..b", ("a", "", "b")),
    ],
)
def test_a_path_is_split_at_its_dots(path: str, names: tuple[str, ...]) -> None:
    assert split_path(path) == names


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        (["type"], {"type": "t"}),
        (["content.body"], {"content": {"body": "b"}}),
        ([r"content.m\.relates_to.rel_type"], {"content": {"m.relates_to": {"rel_type": "r"}}}),
        (["content", "content.body"], {"content": {"body": "b", "m.relates_to": {"rel_type": "r"}}}),
        (["content.body.deeper", "nothing", "type.x"], {}),
        ([], {}),
    ],
)
def test_only_the_wanted_fields_are_left(fields: list[str], left: dict[str, object]) -> None:
    whole = {"type": "t", "sender": "s", "content": {"body": "b", "m.relates_to": {"rel_type": "r"}}}
    assert msgspec.json.decode(EventFields.parse(fields).pick(msgspec.json.encode(whole))) == left


@given(st.integers(0, 2**40 - 1))
def test_a_room_token_tells_its_place(position: int) -> None:
    at = place(shard_of(ROOM), position)
    assert decode_room_token(encode_room_token(at), ROOM, "from") == at


@given(st.text() | st.text("r1_AQgw=", max_size=14).map(lambda text: "r1_" + text))
def test_what_is_no_token_is_refused(text: str) -> None:
    refusal: Refused | None = None
    try:
        at = decode_room_token(text, ROOM, "from")
        assert encode_room_token(at) == text
    except Refused as refused:
        refusal = refused
    assert refusal is None or (refusal.code is Errcode.INVALID_PARAM and "from" in refusal.reason)


def test_a_token_of_another_room_is_refused_and_one_of_sync_is_not() -> None:
    other = next(f"!{number}:x" for number in range(99) if shard_of(f"!{number}:x") != shard_of(ROOM))
    with pytest.raises(Refused):
        decode_room_token(encode_room_token(place(shard_of(other), 5)), ROOM, "from")
    heads = [0] * 257
    heads[shard_of(ROOM)] = 7
    token = encode_token(digest("h"), heads, process_digest("p"), 3, device_digest("D"))
    assert decode_room_token(token, ROOM, "from") == place(shard_of(ROOM), 7)
