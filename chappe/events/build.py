"""A new event of ours: its bytes, hashes, ID and signature, each computed once.

Matrix: server-server API, "Signing Events"; "Room version 4", "Event IDs"; "Room version 12", "Event format".
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events import canonical_json
from chappe.events.event import MAX_EVENT_BYTES, Event, require_key_sizes
from chappe.events.redaction import REDACTION, redact_content
from chappe.events.signing import SigningKey, encode_base64
from chappe.events.versions import RoomVersion
from chappe.ids import EventID, RoomID, ServerName, UserID

_EMPTY = msgspec.Raw(b"{}")


def build(
    version: RoomVersion,
    *,
    room_id: RoomID | None,
    sender: UserID,
    type: str,
    content: dict[str, object],
    state_key: str | None = None,
    redacts: str | None = None,
    origin_server_ts: int,
    depth: int,
    prev_events: Sequence[EventID],
    auth_events: Sequence[EventID],
    server_name: ServerName,
    key: SigningKey,
) -> Event:
    """An event for the room, hashed and signed by this server. Whether it is allowed is not asked here.

    `room_id` is None for the create event of version 12, and only there: the room takes its ID from it.
    `redacts` may also stand in the content of a redaction; it is put where the room version keeps it.
    `origin_server_ts` is in milliseconds. Refuses (BAD_JSON) content that no event may hold, and
    (TOO_LARGE) what exceeds the size limits of an event.
    """
    require_key_sizes(room_id=room_id, sender=sender, type=type, state_key=state_key)
    canonical_json.check(content)
    if (room_id is None) != (version.room_id_is_hash and type == "m.room.create"):
        raise Refused(Errcode.FORBIDDEN, "A room has one m.room.create event, which comes first.")
    shown = content
    if type == REDACTION:
        content, shown, redacts = _place_redacts(version, content, redacts)
    depth = min(depth, canonical_json.MAX_INT)
    pdu: dict[str, object] = {
        "auth_events": auth_events,
        "content": msgspec.Raw(canonical_json.encode(content)),
        "depth": depth,
        "origin_server_ts": origin_server_ts,
        "prev_events": prev_events,
        "sender": sender,
        "type": type,
    }
    if room_id is not None:
        pdu["room_id"] = room_id
    if state_key is not None:
        pdu["state_key"] = state_key
    if redacts is not None and not version.redacts_in_content:
        pdu["redacts"] = redacts
    event_id = _hash_and_sign(pdu, redact_content(version, type, content), server_name, key)
    return Event(
        event_id=event_id,
        room_id=room_id or RoomID("!" + event_id[1:]),
        type=type,
        sender=sender,
        state_key=state_key,
        content=content,
        origin_server_ts=origin_server_ts,
        redacts=redacts,
        depth=depth,
        prev_events=tuple(prev_events),
        auth_events=tuple(auth_events),
        client_json=_client_json(pdu, event_id, None if shown is content else shown, redacts),
        pdu_rest=_pdu_rest(pdu, shown is not content),
    )


def _place_redacts(
    version: RoomVersion, content: dict[str, object], redacts: str | None
) -> tuple[dict[str, object], dict[str, object], str | None]:
    """A redaction's content in the event, its content as clients are shown it, and the event it names."""
    named = content.get("redacts")
    if redacts is None and isinstance(named, str):
        redacts = named
    if redacts is None:
        return content, content, None
    shown = {**content, "redacts": redacts}
    if version.redacts_in_content:
        return shown, shown, redacts
    return {name: value for name, value in content.items() if name != "redacts"}, shown, redacts


def _hash_and_sign(
    pdu: dict[str, object], redacted_content: dict[str, object], server_name: ServerName, key: SigningKey
) -> EventID:
    """Add `hashes` and `signatures` to the PDU, and return its event ID.

    The signature and the ID (the reference hash) cover the same bytes: the redacted event with its content
    hash. Of our own keys, redaction only ever takes a top-level `redacts` and parts of the content.
    """
    whole = canonical_json.encode(pdu)
    hashes = {"sha256": encode_base64(hashlib.sha256(whole).digest())}
    redacted = {**pdu, "content": redacted_content or _EMPTY, "hashes": hashes}
    redacted.pop("redacts", None)
    covered = canonical_json.encode(redacted)
    signatures = {server_name: {key.key_id: key.sign(covered)}}
    # Two objects {a} and {b} joined to {a,b} are one byte shorter than both together.
    size_bytes = len(whole) + len(canonical_json.encode({"hashes": hashes, "signatures": signatures})) - 1
    if size_bytes > MAX_EVENT_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"The event has {size_bytes} bytes; Matrix allows {MAX_EVENT_BYTES}.")
    pdu["hashes"] = hashes
    pdu["signatures"] = signatures
    return EventID("$" + urlsafe_b64encode(hashlib.sha256(covered).digest())[:43].decode("ascii"))


def _client_json(
    pdu: dict[str, object], event_id: EventID, shown: dict[str, object] | None, redacts: str | None
) -> bytes:
    event = {
        "content": pdu["content"] if shown is None else shown,
        "event_id": event_id,
        "origin_server_ts": pdu["origin_server_ts"],
        "sender": pdu["sender"],
        "type": pdu["type"],
    }
    if "state_key" in pdu:
        event["state_key"] = pdu["state_key"]
    if redacts is not None:
        event["redacts"] = redacts
    return canonical_json.encode(event)


def _pdu_rest(pdu: dict[str, object], with_content: bool) -> bytes:
    rest = {name: pdu[name] for name in ("auth_events", "depth", "hashes", "prev_events", "signatures")}
    if "redacts" in pdu:
        rest["redacts"] = pdu["redacts"]
    if with_content:
        rest["content"] = pdu["content"]
    return canonical_json.encode(rest)
