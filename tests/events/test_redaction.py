from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.events.redaction import redact, redact_content
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from tests.events.test_canonical_json import ANY_JSON

ALWAYS = {"event_id", "type", "room_id", "sender", "state_key", "content", "hashes", "signatures", "depth"} | {
    "prev_events",
    "auth_events",
    "origin_server_ts",
}
LEVELS = {"ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"}

# Version to what stays, as the specification lists it for that version.
TOP_LEVEL = {
    **dict.fromkeys(["6", "7", "8", "9", "10"], ALWAYS | {"prev_state", "origin", "membership"}),
    **dict.fromkeys(["11", "12"], ALWAYS),
}
V6: dict[str, set[str]] = {
    "m.room.member": {"membership"},
    "m.room.create": {"creator"},
    "m.room.join_rules": {"join_rule"},
    "m.room.power_levels": LEVELS,
    "m.room.history_visibility": {"history_visibility"},
    "m.room.redaction": set(),
    "m.room.aliases": set(),
    "m.room.message": set(),
    "m.room.third_party_invite": set(),
    "m.room.name": set(),
}
V8 = V6 | {"m.room.join_rules": {"join_rule", "allow"}}
V9 = V8 | {"m.room.member": {"membership", "join_authorised_via_users_server"}}
V11 = V9 | {
    "m.room.create": {"*"},
    "m.room.power_levels": LEVELS | {"invite"},
    "m.room.redaction": {"redacts"},
}
CONTENT = {"6": V6, "7": V6, "8": V8, "9": V9, "10": V9, "11": V11, "12": V11}

CONTENT_KEYS = LEVELS | {
    "membership", "displayname", "avatar_url", "reason", "join_authorised_via_users_server", "creator", "room_version",
    "m.federate", "additional_creators", "predecessor", "join_rule", "allow", "invite", "notifications",
    "history_visibility", "redacts", "aliases", "body", "name",
}  # fmt: skip
CASES = [(version, kind) for version in ROOM_VERSIONS for kind in V6]


@pytest.mark.parametrize(("version", "kind"), CASES)
def test_content_keys_that_stay(version: str, kind: str) -> None:
    content = {key: f"value of {key}" for key in CONTENT_KEYS}
    kept = CONTENT[version][kind]
    expected = content if kept == {"*"} else {key: content[key] for key in kept}
    assert redact_content(ROOM_VERSIONS[version], kind, content) == expected


@pytest.mark.parametrize("version", ROOM_VERSIONS)
def test_top_level_keys_that_stay(version: str) -> None:
    event = {key: key for key in ALWAYS | {"prev_state", "origin", "membership", "unsigned", "redacts", "age", "x"}}
    left = redact(ROOM_VERSIONS[version], {**event, "content": {"body": "x"}})
    assert set(left) == TOP_LEVEL[version]
    assert left["content"] == {}


@pytest.mark.parametrize("version", ROOM_VERSIONS)
def test_a_third_party_invite_keeps_its_signed_part_since_version_11(version: str) -> None:
    content = {"membership": "invite", "third_party_invite": {"signed": {"token": "t"}, "display_name": "B"}}
    left = redact_content(ROOM_VERSIONS[version], "m.room.member", content)
    expected: dict[str, object] = {"membership": "invite"}
    if version in ("11", "12"):
        expected["third_party_invite"] = {"signed": {"token": "t"}}
    assert left == expected
    for odd in (None, "x", ["signed"], 1):
        left = redact_content(ROOM_VERSIONS[version], "m.room.member", {"third_party_invite": odd})
        assert left == {}


@given(st.sampled_from(list(ROOM_VERSIONS.values())), st.dictionaries(st.sampled_from(sorted(ALWAYS)), ANY_JSON))
def test_redacting_anything_works_changes_nothing_given_and_is_idempotent(
    version: RoomVersion, event: dict[str, Any]
) -> None:
    before = repr(event)
    left = redact(version, event)
    assert repr(event) == before
    assert repr(redact(version, left)) == repr(left)
