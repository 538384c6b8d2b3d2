"""Each condition, each kind of rule, and what goes first."""

from typing import Any

import pytest

from chappe.ids import UserID
from chappe.push.conditions import compiled
from chappe.push.decide import Decider, tweaks_of
from chappe.push.glob import Glob
from chappe.push.look import MAX_MATCHED_CHARS, Look, path_of
from chappe.push.ruleset import JSON, Changes, Kind, Rule, Tuned
from tests.work import bounded, counted

ANN = UserID("@ann:localhost")
ROOM = "!room:localhost"
BEN = "@ben:localhost"


def look(content: Any = None, *, joined: int = 3, power: int = 0, notifications: Any = None, **event: Any) -> Look:
    whole = {"type": "m.room.message", "sender": BEN, "room_id": ROOM, "content": content or {}, **event}
    return Look(whole, joined, power, notifications)


def holds(condition: Any, at: Look, name: str | None = None) -> bool:
    return compiled(condition)(at, name)


WHOLE: list[tuple[str, str, bool]] = [
    ("lunc?*", "Lunch plans", True),
    ("lunc?*", "LUNCH", True),
    ("lunc?*", " lunch", False),
    ("lunc?*", "lunc", False),
    ("", "", True),
    ("", "a", False),
    ("*", "", True),
    ("**", "any\nthing", True),
    ("?", "ä", True),
    ("a*a", "a", False),
    ("a*a", "aa", True),
    ("a*bc*c", "abcbc", True),
    ("a*b?d*e", "a-bcd-e", True),
    ("a.c", "abc", False),
    ("[ab]", "a", False),
    (r"a\d", "a1", False),
]


@pytest.mark.parametrize(("pattern", "text", "is_match"), WHOLE)
def test_event_match_takes_all_of_a_text(pattern: str, text: str, is_match: bool) -> None:
    condition = {"kind": "event_match", "key": "content.topic", "pattern": pattern}
    assert holds(condition, look({"topic": text})) is is_match


WORDS: list[tuple[str, str, bool]] = [
    ("ex*ple", "An example event.", True),
    ("ex*ple", "exple", True),
    ("ex*ple", "An exciting triple-whammy", True),
    ("ex*ple", "an inexample", False),
    ("ex*ple", "examples", False),
    ("cake", "Piece of CAKE!", True),
    ("cake", "cheesecake", False),
    ("cake", "cheese_cake", False),
    ("cake", "cakes cake", True),
    ("cake", "käse-cake", True),
    ("cake*lie", "the cake is a lie", True),
    ("cake*lie", "the cake is a liesel, a lie.", True),
    ("cake*lie", "the cake is belief", False),
    ("t?a", "tea, tia", True),
    ("t?a", "tiara", False),
    ("*a", "xyz a", True),
    ("*", "", True),
    ("@room", "hello @room", True),
    ("@room", "me@room", False),
]


@pytest.mark.parametrize(("pattern", "text", "is_match"), WORDS)
def test_event_match_looks_for_words_in_the_body(pattern: str, text: str, is_match: bool) -> None:
    condition = {"kind": "event_match", "key": "content.body", "pattern": pattern}
    assert holds(condition, look({"body": text})) is is_match
    rule = Rule("a", ["notify"], pattern=pattern)
    decider = Decider(ANN, Changes(own={"content": [rule]}, tuned={".m.rule.message": Tuned(enabled=False)}))
    assert bool(decider.actions(look({"body": text}), ROOM, BEN, None)) is is_match


def test_event_match_needs_a_text() -> None:
    for content in ({}, {"body": 1}, {"body": None}, {"body": ["a"]}, {"body": {"a": "a"}}):
        assert not holds({"kind": "event_match", "key": "content.body", "pattern": "*"}, look(content))
    assert not holds({"kind": "event_match", "key": "state_key", "pattern": ""}, look())
    assert holds({"kind": "event_match", "key": "state_key", "pattern": ""}, look(state_key=""))
    assert holds({"kind": "event_match", "key": "room_id", "pattern": "!ROOM*"}, look())


PROPERTIES: list[tuple[Any, Any, bool]] = [
    (True, True, True),
    (True, "true", False),
    (True, 1, False),
    (1, True, False),
    (1, 1, True),
    (None, None, True),
    (None, False, False),
    ("a", "a", True),
    ("a", "A", False),
    (1.0, 1, False),
    ([], [], False),
    ({}, {}, False),
    (2**53, 2**53, False),
]


@pytest.mark.parametrize(("wanted", "value", "is_match"), PROPERTIES)
def test_event_property_is_and_event_property_contains(wanted: Any, value: Any, is_match: bool) -> None:
    asked = {"key": r"content.m\.federate", "value": wanted}
    assert holds({"kind": "event_property_is", **asked}, look({"m.federate": value})) is is_match
    assert holds({"kind": "event_property_contains", **asked}, look({"m.federate": [{}, "x", value]})) is is_match
    assert not holds({"kind": "event_property_is", **asked}, look({"m": {"federate": value}}))
    assert not holds({"kind": "event_property_contains", **asked}, look({"m.federate": value}))


def test_a_path_escapes_dots_and_backslashes() -> None:
    assert path_of(r"content.m\.relates_to.a\\b.\x") == ("content", "m.relates_to", r"a\b", r"\x")
    assert path_of("") == ("",)
    assert path_of("a..b\\") == ("a", "", "b\\")


@pytest.mark.parametrize(
    ("wanted", "joined"),
    [
        ("2", {2}),
        ("==2", {2}),
        ("<2", {1}),
        (">2", {3}),
        (">=2", {2, 3}),
        ("<=2", {1, 2}),
        ("=2", set()),
        ("", set()),
        ("-1", set()),
        ("٢", set()),
        (2, set()),
    ],
)
def test_room_member_count(wanted: Any, joined: set[int]) -> None:
    condition = {"kind": "room_member_count", "is": wanted}
    assert {n for n in (1, 2, 3) if holds(condition, look(joined=n))} == joined


def test_sender_notification_permission() -> None:
    condition = {"kind": "sender_notification_permission", "key": "room"}
    assert [holds(condition, look(power=power)) for power in (49, 50)] == [False, True]
    assert holds(condition, look(power=10, notifications={"room": 10}))
    assert not holds(condition, look(power=49, notifications={"room": "10"}))
    assert not holds(condition, look(power=49, notifications=["room"]))
    assert not holds({"kind": "sender_notification_permission"}, look(power=100))


def test_contains_display_name() -> None:
    condition: JSON = {"kind": "contains_display_name"}
    assert holds(condition, look({"body": "hello Ann (*)!"}), "ann (*)")
    assert not holds(condition, look({"body": "hello Anna"}), "Ann")
    assert not holds(condition, look({"body": "hello"}), None)
    assert not holds(condition, look({"body": "hello"}), "")
    own: dict[Kind, list[Rule]] = {"override": [Rule("a", ["notify"], conditions=[condition])]}
    assert Decider(ANN, Changes(own=own)).needs_name
    assert not Decider(ANN, Changes()).needs_name


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "org.example.moon"},
        {"kind": "event_match"},
        {"kind": "event_match", "key": "type"},
        {"kind": "event_match", "key": 1, "pattern": "*"},
        {"kind": "event_property_is", "key": "type"},
        {"kind": "event_property_contains", "value": "m.room.message"},
    ],
)
def test_what_is_not_understood_never_matches(condition: Any) -> None:
    assert not holds(condition, look({"body": "moon"}))


def decided(changes: Changes, at: Look, **who: Any) -> Any:
    return tweaks_of(Decider(ANN, changes).actions(at, who.get("room", ROOM), who.get("sender", BEN), None))


DEFAULTS: list[tuple[Look, Any]] = [
    (look({"msgtype": "m.text", "body": "a"}), {}),
    (look({"msgtype": "m.text", "body": "a"}, joined=2), {"sound": "default"}),
    (look({"msgtype": "m.notice", "body": "a"}), None),
    (look({"msgtype": "m.text", "m.mentions": {"user_ids": [ANN]}}), {"sound": "default", "highlight": True}),
    (look({"msgtype": "m.text", "m.mentions": {"room": True}}, power=50), {"highlight": True}),
    (look({"msgtype": "m.text", "m.mentions": {"room": True}}), {}),
    (look({"m.relates_to": {"rel_type": "m.replace"}}), None),
    (look({}, type="m.reaction"), None),
    (look({}, type="m.room.encrypted"), {}),
    (look({}, type="m.room.encrypted", joined=2), {"sound": "default"}),
    (look({}, type="m.call.invite"), {"sound": "ring"}),
    (look({}, type="m.room.tombstone", state_key=""), {"highlight": True}),
    (look({}, type="m.room.server_acl", state_key=""), None),
    (look({}, type="m.room.topic", state_key=""), None),
    (look({"membership": "invite"}, type="m.room.member", state_key=ANN), {"sound": "default"}),
    (look({"membership": "invite"}, type="m.room.member", state_key=BEN), None),
    (look({"membership": "join"}, type="m.room.member", state_key=ANN), None),
]


@pytest.mark.parametrize(("at", "tweaks"), DEFAULTS)
def test_the_default_rules(at: Look, tweaks: Any) -> None:
    assert decided(Changes(), at) == tweaks
    assert decided(Changes(tuned={".m.rule.master": Tuned(enabled=True)}), at) is None


def test_the_kinds_go_one_before_the_other() -> None:
    def rule(rule_id: str, **more: Any) -> Rule:
        return Rule(rule_id, ["notify", {"set_tweak": "by", "value": rule_id}], **more)

    own: dict[Kind, list[Rule]] = {
        "override": [rule("first", conditions=[]), rule("second", conditions=[])],
        "content": [rule("tea", pattern="tea"), rule("time", pattern="time")],
        "room": [rule(ROOM)],
        "sender": [rule(BEN)],
        "underride": [rule("last", conditions=[])],
    }
    at = look({"body": "It's time for tea"})
    assert decided(Changes(own=own), at) == {"by": "first"}
    own["override"] = [Rule("off", [], enabled=False, conditions=[])]
    assert decided(Changes(own=own), at) == {"by": "tea"}
    del own["content"]
    assert decided(Changes(own=own), at) == {"by": ROOM}
    assert decided(Changes(own=own), at, room="!other:localhost") == {"by": BEN}
    assert decided(Changes(own=own), at, room="!other:localhost", sender=ANN) == {"by": "last"}
    muted = Changes(own={"room": [Rule(ROOM, [])]})
    assert decided(muted, at) is None
    assert decided(muted, look({"m.mentions": {"user_ids": [ANN]}})) == {"sound": "default", "highlight": True}


def test_no_pattern_takes_long() -> None:
    """Patterns that make a regular expression try again and again."""
    texts = ["a" * MAX_MATCHED_CHARS, "a-" * (MAX_MATCHED_CHARS // 2)]
    patterns = ["*a?" * 60 + "*b", "a*" * 100 + "b", "*" + "a?" * 100 + "b*", "a-" * 100 + "b", "?" * 200 + "b"]
    with bounded():
        for pattern in patterns:
            for text in texts:
                assert not Glob(pattern).matches(text)
                assert not Glob(pattern).matches_words(text)


def test_no_list_takes_long() -> None:
    """A long list, and as many rules that look into it as a person may have."""
    condition: JSON = {"kind": "event_property_contains", "key": "content.list", "value": 1}
    unknown: JSON = {"kind": "nothing"}
    rules = [Rule(str(number), ["notify"], conditions=[condition] * 9 + [unknown]) for number in range(100)]
    at = look({"list": [0] * 30_000 + [1]})
    with counted() as work:
        assert decided(Changes(own={"override": rules}), at) == decided(Changes(), at)
    assert work.lines < 300_000
