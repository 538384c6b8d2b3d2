"""What is told about an event besides the event itself, for one reader: `unsigned`.

Client-Server API v1.19: "Event format" (age, prev_content, replaces_state, transaction_id,
redacted_because, membership). Nothing here is stored, so nothing of it outlives a redaction.
"""

from collections.abc import Sequence

import msgspec

from chappe.rooms import StoredEvent, reading
from chappe.rooms.shown import shown
from chappe.timeline.visible import Sight, Viewer

_encode = msgspec.json.encode


async def present(
    reads: reading.Reads,
    events: Sequence[StoredEvent],
    viewer: Viewer,
    sight: Sight | None,
    now: int,
    *,
    with_room_id: bool = True,
) -> list[bytes]:
    """The events in the client format, each with its `unsigned`.

    Without `sight`, the viewer was in the room at all of these events.
    """
    related = await _related(reads, events)
    return [_present(event, viewer, sight, now, related, with_room_id) for event in events]


async def _related(reads: reading.Reads, events: Sequence[StoredEvent]) -> dict[int, StoredEvent]:
    """The events that others replace or that redacted them, by place."""
    places = [at for event in events for at in (event.replaces, event.redacted_by) if at is not None]
    return {one.place: one for one in await reading.events_at(reads, places)} if places else {}


def _present(
    event: StoredEvent,
    viewer: Viewer,
    sight: Sight | None,
    now: int,
    related: dict[int, StoredEvent],
    with_room_id: bool,
) -> bytes:
    unsigned: dict[str, object] = {
        "age": max(0, now - event.origin_server_ts),
        "membership": sight.membership_at(event.place) if sight is not None else "join",
    }
    if event.txn_id is not None and event.device_id == viewer.device_id and event.sender == viewer.user_id:
        unsigned["transaction_id"] = event.txn_id
    if event.replaces is not None and (before := related.get(event.replaces)) is not None:
        unsigned["prev_content"] = before.content
        unsigned["prev_sender"] = before.sender
        unsigned["replaces_state"] = before.event_id
    if event.redacted_by is not None and (redaction := related.get(event.redacted_by)) is not None:
        unsigned["redacted_because"] = msgspec.Raw(shown(redaction))
    return shown(event, _encode(unsigned), with_room_id=with_room_id)
