"""Taking the content of an event: for everyone and for good, but for what is kept for a while by law.

Client-Server API v1.19, "Redactions". The redaction event and the emptied event commit together.
"""

from collections.abc import Awaitable, Callable

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events import may_redact, redact_client_json, redact_pdu_rest
from chappe.holds import erase
from chappe.ids import EventID, RoomID, UserID, parse_event_id
from chappe.rooms import (
    Room,
    Rooms,
    Sending,
    StoredEvent,
    Tails,
    append,
    highlights,
    own_counts,
    reading,
    relations,
    sent_before,
)
from chappe.rooms.room import MEMBER
from chappe.stream import Device, Place, Shard, Standing, Transaction, place
from chappe.timeline import store

REDACTION = "m.room.redaction"
ORIGINAL = "timeline.redacted_original"
"""What redaction took, as `holds` knows it: erased by event id."""

NEVER_REDACTED = frozenset({"m.room.create", "m.room.encryption", "m.room.server_acl"})
"""Without their content a room would lose its version, its encryption, or its protection from other servers."""

MAX_ERASED_AT_ONCE = 500


class Redacted(list[Callable[[Transaction, StoredEvent], Awaitable[None]]]):
    """What higher slices do in the commit that takes an event's content: `on_redacted(tx, event)`, as it was."""


async def redact_event(
    tx: Transaction, device: Device, room_id: RoomID, event_id: EventID, content: dict[str, object], txn_id: str
) -> EventID:
    """Redact an event, once per device and transaction ID; returns the ID of the redaction event."""
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id)
    sending = Sending(device, f"redact/{room_id}/{event_id}", txn_id)
    if sent := await sent_before(tx, room, sending):
        return sent
    return await redact_in(tx, room, device.user_id, event_id, content, sending)


async def redact_in(
    tx: Transaction, room: Room, sender: UserID, event_id: object, content: dict[str, object], sending: Sending
) -> EventID:
    """The same in a room that was entered. `content` may give a `reason`.

    Refuses with NOT_FOUND an event that is not in this room, and with FORBIDDEN one that the sender has no
    right to redact. An event that was redacted before stays as that left it, and gets one more redaction.
    """
    target = await reading.event_by_id(tx, parse_event_id(event_id, "redacts"))
    if target is None or target.room_id != room.room_id:
        raise Refused(Errcode.NOT_FOUND, "There is no such event in this room.")
    if target.type in NEVER_REDACTED and target.state_key is not None:
        raise Refused(Errcode.FORBIDDEN, f"{target.type} cannot be redacted: the room needs it. Change it instead.")
    if sending.device.standing is Standing.SUSPENDED and sender != target.sender:
        raise Refused(Errcode.USER_SUSPENDED, "While your account is suspended you may redact your own events only.")
    if not may_redact(room, sender, target.sender):
        raise Refused(Errcode.FORBIDDEN, "You may redact your own events here, and not those of others.")
    redaction = await append(
        tx, room, sender=sender, type=REDACTION, content=content, redacts=target.event_id, sending=sending
    )
    if target.redacted_by is None:
        await _empty(tx, room, target)
    return redaction.event_id


async def erase_originals_before(
    tx: Transaction, device: Device | None, cutoff_ms: int, after: Place | None = None
) -> Place | None:
    """Destroy what was redacted before a time in this unit's shard, unless a hold is on it.

    At most `MAX_ERASED_AT_ONCE`: returns where to go on (`after`), or None when all was looked at.
    """
    first = place(tx.shard, 0) if after is None else after
    last = place(Shard(tx.shard + 1), 0)
    found = await store.originals_before(tx, cutoff_ms, first, last, MAX_ERASED_AT_ONCE)
    for _, event_id in found:
        await erase(tx, ORIGINAL, event_id)
    return found[-1][0] if len(found) == MAX_ERASED_AT_ONCE else None


async def erase_original(tx: Transaction, event_id: str) -> None:
    """The eraser of `ORIGINAL`."""
    store.erase_original(tx, EventID(event_id))


async def _empty(tx: Transaction, room: Room, target: StoredEvent) -> None:
    """Queue the rewriting of the event, and rewrite what is in memory of it."""
    left = redact_client_json(room.version, target.client_json)
    rest = redact_pdu_rest(room.version, await store.pdu_rest(tx, target.place))
    assert room.last_place is not None, "the redaction was just appended"
    store.redact(tx, target.place, left, rest, room.last_place)
    highlights.erase(tx, target)
    own_counts.highlight_no_more(tx, target.place)
    for on_redacted in tx.of(Redacted):
        await on_redacted(tx, target)
    relations.erase(tx, target)
    if target.state_key is not None:
        if target.type == MEMBER:
            await tx.of(Rooms).know(tx, room, UserID(target.state_key))
        emptied = msgspec.structs.replace(target, client_json=left)
        room.redact(target.type, target.state_key, target.event_id, emptied.content, len(left))
    tails = tx.of(Tails)
    tx.after_commit(lambda: tails.forget(room.room_id))
