"""The rules that everybody has until they change them: Client-Server API v1.19, "Predefined Rules". Pure."""

from chappe.ids import UserID
from chappe.push.ruleset import JSON, Kind, Rule

MASTER = ".m.rule.master"
"""The one default rule that goes before a person's own: switched on, it silences everything."""

NOTIFY = "notify"
_SOUND: JSON = {"set_tweak": "sound", "value": "default"}
_RING: JSON = {"set_tweak": "sound", "value": "ring"}
_HIGHLIGHT: JSON = {"set_tweak": "highlight"}
_OF_TWO: JSON = {"kind": "room_member_count", "is": "2"}


def default_rules(user_id: UserID) -> dict[Kind, tuple[Rule, ...]]:
    """The default rules of a person, by kind, the most important first. Not every kind has some."""
    return {"override": _OVERRIDES_BEFORE + _about(user_id) + _OVERRIDES_BEHIND, "underride": _UNDERRIDES}


def _event(key: str, pattern: str) -> JSON:
    return {"kind": "event_match", "key": key, "pattern": pattern}


def _rule(rule_id: str, conditions: list[JSON], *actions: str | JSON, enabled: bool = True) -> Rule:
    return Rule(rule_id, list(actions), enabled=enabled, conditions=conditions)


_MEMBER = _event("type", "m.room.member")
_OVERRIDES_BEFORE = (
    _rule(MASTER, [], enabled=False),
    _rule(".m.rule.suppress_notices", [_event("content.msgtype", "m.notice")]),
)


def _about(user_id: UserID) -> tuple[Rule, ...]:
    """The rules that name the person, with what stands between them."""
    invite = [_MEMBER, _event("content.membership", "invite"), _event("state_key", user_id)]
    mention: JSON = {
        "kind": "event_property_contains",
        "key": r"content.m\.mentions.user_ids",
        "value": user_id,
    }
    return (
        _rule(".m.rule.invite_for_me", invite, NOTIFY, _SOUND),
        _rule(".m.rule.member_event", [_MEMBER]),
        _rule(".m.rule.is_user_mention", [mention], NOTIFY, _SOUND, _HIGHLIGHT),
    )


_OVERRIDES_BEHIND = (
    _rule(
        ".m.rule.is_room_mention",
        [
            {"kind": "event_property_is", "key": r"content.m\.mentions.room", "value": True},
            {"kind": "sender_notification_permission", "key": "room"},
        ],
        NOTIFY,
        _HIGHLIGHT,
    ),
    _rule(".m.rule.tombstone", [_event("type", "m.room.tombstone"), _event("state_key", "")], NOTIFY, _HIGHLIGHT),
    _rule(".m.rule.reaction", [_event("type", "m.reaction")]),
    _rule(".m.rule.room.server_acl", [_event("type", "m.room.server_acl"), _event("state_key", "")]),
    _rule(
        ".m.rule.suppress_edits",
        [{"kind": "event_property_is", "key": r"content.m\.relates_to.rel_type", "value": "m.replace"}],
    ),
)
_UNDERRIDES = (
    _rule(".m.rule.call", [_event("type", "m.call.invite")], NOTIFY, _RING),
    _rule(".m.rule.encrypted_room_one_to_one", [_OF_TWO, _event("type", "m.room.encrypted")], NOTIFY, _SOUND),
    _rule(".m.rule.room_one_to_one", [_OF_TWO, _event("type", "m.room.message")], NOTIFY, _SOUND),
    _rule(".m.rule.message", [_event("type", "m.room.message")], NOTIFY),
    _rule(".m.rule.encrypted", [_event("type", "m.room.encrypted")], NOTIFY),
)
