"""What is left of an event once it is redacted, in each room version.

Matrix: "Room versions", "Redactions" of versions 6, 8, 9 and 11. The same algorithm strips an event before
it is signed and before its reference hash is taken, so nothing here may ever change for an existing version.
"""

from collections.abc import Mapping

import msgspec

from chappe.events import canonical_json
from chappe.events.versions import ROOM_VERSIONS, RoomVersion

REDACTION = "m.room.redaction"

_TOP_LEVEL = frozenset(
    {"event_id", "type", "room_id", "sender", "state_key", "content", "hashes", "signatures"}
    | {"depth", "prev_events", "auth_events", "origin_server_ts"}
)
_TOP_LEVEL_BEFORE_V11 = _TOP_LEVEL | {"prev_state", "origin", "membership"}


def _content_keys(version: RoomVersion) -> dict[str, frozenset[str]]:
    """Event type to the content keys that stay; two exceptions of v11 are in `redact_content`."""
    kept = {
        "m.room.member": {"membership"},
        "m.room.create": {"creator"},
        "m.room.join_rules": {"join_rule"},
        "m.room.power_levels": {"ban", "kick", "redact", "events", "events_default", "state_default"}
        | {"users", "users_default"},
        "m.room.history_visibility": {"history_visibility"},
    }
    if version.restricted:
        kept["m.room.join_rules"].add("allow")
    if version.redaction_keeps_authorising_user:
        kept["m.room.member"].add("join_authorised_via_users_server")
    if version.redaction_updated:
        kept["m.room.power_levels"].add("invite")
        kept[REDACTION] = {"redacts"}
    return {event_type: frozenset(keys) for event_type, keys in kept.items()}


_CONTENT_KEYS = {version.id: _content_keys(version) for version in ROOM_VERSIONS.values()}


def redact(version: RoomVersion, event: Mapping[str, object]) -> dict[str, object]:
    """The event (a PDU or a client's view of one), stripped to what redaction leaves. The argument is not changed."""
    kept = _top_level_keys(version)
    left = {key: value for key, value in event.items() if key in kept}
    if "content" in left:
        left["content"] = redact_content(version, event.get("type"), left["content"])
    return left


def redact_content(version: RoomVersion, type: object, content: object) -> dict[str, object]:
    """The `content` of an event of that type, stripped to what redaction leaves."""
    if not isinstance(content, dict) or not isinstance(type, str):
        return {}
    if version.redaction_updated and type == "m.room.create":
        return content
    kept = _CONTENT_KEYS[version.id].get(type)
    if kept is None:
        return {}
    left = {key: value for key, value in content.items() if key in kept}
    invite = content.get("third_party_invite")
    if version.redaction_updated and type == "m.room.member" and isinstance(invite, dict):
        left["third_party_invite"] = {key: value for key, value in invite.items() if key == "signed"}
    return left


def redact_client_json(version: RoomVersion, client_json: bytes) -> bytes:
    """The stored bytes of an event as clients see it (`Event.client_json`), after its redaction."""
    event: dict[str, object] = msgspec.json.decode(client_json)
    left = redact(version, event)
    if version.redacts_in_content and "redacts" in event:
        left["redacts"] = event["redacts"]  # not of the event: added for older clients, from what content keeps
    return canonical_json.encode(left)


def redact_pdu_rest(version: RoomVersion, pdu_rest: bytes) -> bytes:
    """The stored federation remainder (`Event.pdu_rest`), after the event's redaction.

    Its own `content`, kept where clients are shown another one, goes: what is left is in the client's bytes.
    """
    kept = _top_level_keys(version) - {"content"}
    rest: dict[str, msgspec.Raw] = msgspec.json.decode(pdu_rest, type=dict[str, msgspec.Raw])
    return canonical_json.encode({key: value for key, value in rest.items() if key in kept})


def _top_level_keys(version: RoomVersion) -> frozenset[str]:
    return _TOP_LEVEL if version.redaction_updated else _TOP_LEVEL_BEFORE_V11
