"""The Matrix event: its format, identifiers, signatures, redaction, size, and the rules it must pass. Pure.

No database, network or clock: everything is decided from the arguments. Room versions 6 to 12.

- `canonical_json`: reading JSON strictly, checking what an event may hold, writing the canonical form.
- `versions`: in what the room versions differ, as named flags.
- `event`, `build`, `signing`: the event as it is kept, a new one of ours, Ed25519.
- `redaction`: what is left of an event.
- `state`, `powers`: the room state as rules read it; power levels and memberships.
- `auth`, `auth_member`, `auth_power_levels`: the authorisation rules.
- `visibility`: who may see which part of a room's history.
"""

from chappe.events.auth import auth_types, authorise
from chappe.events.build import build
from chappe.events.event import MAX_EVENT_BYTES, Event, pdu_of
from chappe.events.powers import (
    INFINITE,
    is_creator,
    join_rule_of,
    may_redact,
    membership_of,
    power_for,
    power_of,
    power_to_send,
)
from chappe.events.redaction import redact, redact_client_json, redact_pdu_rest
from chappe.events.signing import SigningKey
from chappe.events.state import AuthState, Draft, StateEvent
from chappe.events.versions import ROOM_VERSIONS, RoomVersion, room_version

__all__ = [
    "INFINITE",
    "MAX_EVENT_BYTES",
    "ROOM_VERSIONS",
    "AuthState",
    "Draft",
    "Event",
    "RoomVersion",
    "SigningKey",
    "StateEvent",
    "auth_types",
    "authorise",
    "build",
    "is_creator",
    "join_rule_of",
    "may_redact",
    "membership_of",
    "pdu_of",
    "power_for",
    "power_of",
    "power_to_send",
    "redact",
    "redact_client_json",
    "redact_pdu_rest",
    "room_version",
]
