"""Conditions of push rules, each made ready once and then asked about many events. Pure.

Client-Server API v1.19, "Conditions". What is not understood never matches.
"""

import re
from collections.abc import Callable

from chappe.push.glob import glob
from chappe.push.look import Look
from chappe.push.ruleset import JSON

Condition = Callable[[Look, str | None], bool]
"""`condition(look, name)`: whether it holds for an event and somebody who is called `name` in the room."""

BODY = "content.body"
MAX_INT = 2**53 - 1
CONTAINS_NAME = "contains_display_name"
_COUNT = re.compile(r"(==|<=|>=|<|>)?([0-9]{1,15})")


def compiled(condition: JSON) -> Condition:
    """A condition made ready."""
    maker = _MAKERS.get(str(condition.get("kind")))
    made = maker(condition) if maker is not None else None
    return made or never


def never(look: Look, name: str | None) -> bool:
    """What is not understood."""
    return False


def _event_match(condition: JSON) -> Condition | None:
    key, pattern = condition.get("key"), condition.get("pattern")
    if not isinstance(key, str) or not isinstance(pattern, str):
        return None
    return matches_words(pattern) if key == BODY else _matches(key, pattern)


def _matches(key: str, pattern: str) -> Condition:
    wanted = glob(pattern)

    def holds(look: Look, name: str | None) -> bool:
        text = look.text_at(key)
        return text is not None and wanted.matches(text)

    return holds


def matches_words(pattern: str) -> Condition:
    """Whether the pattern stands in the event's body, from one word boundary to another."""
    wanted = glob(pattern)

    def holds(look: Look, name: str | None) -> bool:
        text = look.text_at(BODY)
        return text is not None and wanted.matches_words(text)

    return holds


def _event_property_is(condition: JSON) -> Condition | None:
    key, value = condition.get("key"), condition.get("value")
    if not isinstance(key, str) or "value" not in condition or not _is_plain(value):
        return None

    def holds(look: Look, name: str | None) -> bool:
        found = look.value_at(key)
        return type(found) is type(value) and found == value

    return holds


def _event_property_contains(condition: JSON) -> Condition | None:
    key, value = condition.get("key"), condition.get("value")
    if not isinstance(key, str) or "value" not in condition or not _is_plain(value):
        return None

    return lambda look, name: look.list_has(key, value)


def _contains_display_name(condition: JSON) -> Condition:
    def holds(look: Look, name: str | None) -> bool:
        text = look.text_at(BODY) if name else None
        return text is not None and bool(name) and _stands_in(str(name).lower(), text)

    return holds


def _stands_in(name: str, text: str) -> bool:
    """Whether a name, which is no pattern, stands in the text between word boundaries."""
    return re.search(rf"(?<![a-z0-9_]){re.escape(name)}(?![a-z0-9_])", text) is not None


def _room_member_count(condition: JSON) -> Condition | None:
    wanted = condition.get("is")
    found = _COUNT.fullmatch(wanted) if isinstance(wanted, str) else None
    if found is None:
        return None
    compare, number = _COMPARE[found[1] or "=="], int(found[2])
    return lambda look, name: compare(look.joined, number)


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _sender_notification_permission(condition: JSON) -> Condition | None:
    key = condition.get("key")
    return (lambda look, name: look.may_notify(key)) if isinstance(key, str) else None


def _is_plain(value: object) -> bool:
    """Whether a value can be compared: text, whole number, truth or null."""
    if type(value) is int:
        return -MAX_INT <= value <= MAX_INT
    return value is None or isinstance(value, str | bool)


_MAKERS: dict[str, Callable[[JSON], Condition | None]] = {
    "event_match": _event_match,
    "event_property_is": _event_property_is,
    "event_property_contains": _event_property_contains,
    CONTAINS_NAME: _contains_display_name,
    "room_member_count": _room_member_count,
    "sender_notification_permission": _sender_notification_permission,
}
