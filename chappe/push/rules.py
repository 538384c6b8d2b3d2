"""What a push rule may look like, and where it stands among a person's own. Pure."""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import is_room_id, is_user_id
from chappe.push.ruleset import JSON, KINDS, Changes, Kind, Rule, packed

MAX_RULE_ID_CHARS = 255
MAX_PATTERN_CHARS = 255
MAX_PATTERNS_CHARS = 10_000
"""All patterns of a person together: that is what matching one message with them costs."""
MAX_CONDITIONS = 10
"""Conditions of one rule."""
MAX_ACTIONS = 10
MAX_RULE_BYTES = 8_192
"""One rule with all that belongs to it, as JSON."""
MAX_RULES: dict[Kind, int] = {"override": 100, "content": 200, "room": 2_000, "sender": 2_000, "underride": 100}
"""Own rules of each kind. Those with conditions or patterns are tried one after the other at each message."""
MAX_CHANGES_BYTES = 512 * 1024
"""Everything that a person may change in all: it stands in every first /sync."""

_HISTORICAL_ACTIONS = ("dont_notify", "coalesce")
_MATCHED = ("override", "underride")


def kind_of(text: str) -> Kind:
    """The kind that a path names; refused otherwise."""
    for kind in KINDS:
        if kind == text:
            return kind
    raise Refused(Errcode.INVALID_PARAM, f"A kind of push rule is one of {', '.join(KINDS)}.")


def new_rule(kind: Kind, rule_id: str, actions: list[object], conditions: list[JSON], pattern: str | None) -> Rule:
    """The rule that a person wants; refused if it is none."""
    _require_rule_id(kind, rule_id)
    if kind == "content":
        if pattern is None:
            raise Refused(Errcode.MISSING_PARAM, "A content rule needs a pattern.")
        if len(pattern) > MAX_PATTERN_CHARS:
            raise Refused(Errcode.INVALID_PARAM, f"A pattern has at most {MAX_PATTERN_CHARS} characters.")
    matched = None
    if kind in _MATCHED:
        _require_conditions(conditions)
        matched = conditions
    rule = Rule(rule_id, required_actions(actions), conditions=matched, pattern=pattern if kind == "content" else None)
    require_size(rule)
    return rule


def required_actions(actions: list[object]) -> list[object]:
    """The actions; refused if one is unknown.

    Those that the specification gave up do nothing, and are kept: clients made with matrix-js-sdk know by them
    which rule they have made to mute a room.
    """
    if len(actions) > MAX_ACTIONS:
        raise Refused(Errcode.INVALID_PARAM, f"A rule has at most {MAX_ACTIONS} actions.")
    for action in actions:
        is_tweak = isinstance(action, dict) and isinstance(action.get("set_tweak"), str)
        if not is_tweak and action not in ("notify", *_HISTORICAL_ACTIONS):
            raise Refused(Errcode.INVALID_PARAM, 'An action is "notify", or an object with set_tweak and a value.')
    return actions


def require_size(rule: Rule) -> None:
    """Refuse a rule that is too large."""
    if len(msgspec.json.encode(rule)) > MAX_RULE_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"A push rule has at most {MAX_RULE_BYTES} bytes.")


def require_total(changes: Changes) -> bytes:
    """The changes as they are stored; refused if they are too large, or would take too long to match."""
    if sum(_pattern_chars(rule) for own in changes.own.values() for rule in own) > MAX_PATTERNS_CHARS:
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED,
            f"The patterns of an account's push rules have at most {MAX_PATTERNS_CHARS} characters in all.",
        )
    stored = packed(changes)
    if len(stored) > MAX_CHANGES_BYTES:
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED, f"The push rules of an account have at most {MAX_CHANGES_BYTES} bytes."
        )
    return stored


def _pattern_chars(rule: Rule) -> int:
    patterns = [rule.pattern, *(condition.get("pattern") for condition in rule.conditions or ())]
    return sum(len(pattern) for pattern in patterns if isinstance(pattern, str))


def with_rule(own: list[Rule], kind: Kind, rule: Rule, before: str | None, after: str | None) -> list[Rule]:
    """The person's rules of a kind with one put in or replaced: right before or behind another, which `before`
    decides if both are named; else where it stood; else in front.

    Refuses when the other is no rule of the person, and when there are too many.
    """
    others = [one for one in own if one.rule_id != rule.rule_id]
    if len(others) == len(own) and len(own) >= MAX_RULES[kind]:
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED, f"An account has at most {MAX_RULES[kind]} push rules of the kind {kind}."
        )
    ids = [one.rule_id for one in others]
    beside = before if before is not None else after
    if beside is not None:
        if beside not in ids:
            raise Refused(Errcode.UNKNOWN, "The rule that before or after names is none of your own.", status=400)
        at = ids.index(beside) + (before is None)
    else:
        at = next((at for at, one in enumerate(own) if one.rule_id == rule.rule_id), 0)
    return [*others[:at], rule, *others[at:]]


def _require_rule_id(kind: Kind, rule_id: str) -> None:
    if rule_id.startswith("."):
        raise Refused(Errcode.INVALID_PARAM, "Rules whose ID begins with a dot are the server's own.")
    if "/" in rule_id or "\\" in rule_id or len(rule_id) > MAX_RULE_ID_CHARS:
        raise Refused(
            Errcode.INVALID_PARAM, f"A rule's ID has at most {MAX_RULE_ID_CHARS} characters, none of them a slash."
        )
    if kind == "room" and not is_room_id(rule_id):
        raise Refused(Errcode.INVALID_PARAM, "The ID of a room rule is that of the room.")
    if kind == "sender" and not is_user_id(rule_id):
        raise Refused(Errcode.INVALID_PARAM, "The ID of a sender rule is that of the user.")


def _require_conditions(conditions: list[JSON]) -> None:
    if len(conditions) > MAX_CONDITIONS:
        raise Refused(Errcode.INVALID_PARAM, f"A rule has at most {MAX_CONDITIONS} conditions.")
    for condition in conditions:
        if not isinstance(condition.get("kind"), str):
            raise Refused(Errcode.INVALID_PARAM, "Each condition has a kind, which is a text.")
