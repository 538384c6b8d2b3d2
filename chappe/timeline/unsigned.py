"""What is told about an event besides the event itself, for one reader: `unsigned`.

Client-Server API v1.19: "Event format" (age, prev_content, replaces_state, transaction_id, redacted_because,
membership), "Aggregations of child events" (m.relations). Nothing here is stored, so nothing of it outlives a
redaction.
"""

from collections.abc import Sequence

import msgspec

from chappe.restrictions import KEY as RESTRICTED
from chappe.rooms import StoredEvent, reading
from chappe.rooms.shown import room_member, shown
from chappe.stream import Place
from chappe.timeline.aggregations import Bundling, aggregations
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
    bundling: Bundling | None = None,
) -> list[bytes]:
    """Events of one room in the client format, each with its `unsigned`; with `bundling`, what relates to them as well.

    Without `sight`, the viewer was in the room at all of these events.
    """
    if not events:
        return []
    related = await _related(reads, events)
    bundled: dict[Place, dict[str, object]] = {}
    if bundling is not None:
        inner = Bundling(bundling.withholding, bundling.upto, threads=False) if bundling.threads else None

        async def show(told: Sequence[StoredEvent]) -> list[bytes]:
            return await present(reads, told, viewer, sight, now, with_room_id=with_room_id, bundling=inner)

        bundled = await aggregations(reads, events, viewer, sight, bundling, show)
    if sight is not None and sight.alters:
        replaced = {int(event.replaces): event.place for event in events if event.replaces is not None}
        related = {at: sight.told(one, held_at=replaced.get(at)) for at, one in related.items()}
    membership = "join" if sight is None else sight.membership_throughout(events)
    if membership is None:
        return [
            _present(event, viewer, sight, now, related, bundled.get(event.place), with_room_id) for event in events
        ]
    # Nearly always there is nothing more to tell: such an event is put together from what all have in common.
    before = (room_member(events[0].room_id) if with_room_id else b"") + b',"unsigned":{"age":'
    behind = b',"membership":"%b"}}' % membership.encode()
    device_id, user_id = viewer.device_id, viewer.user_id

    def tell(event: StoredEvent) -> bytes:
        # A placeholder counts as redacted: by the server, where the restriction was imposed.
        if event.replaces is not None or event.redacted_by is not None or event.place in bundled:
            return _present(event, viewer, sight, now, related, bundled.get(event.place), with_room_id)
        txn = b""
        if event.txn_id is not None and event.device_id == device_id and event.sender == user_id:
            txn = b',"transaction_id":' + _encode(event.txn_id)
        return b"%b%b%d%b%b" % (event.client_json[:-1], before, max(0, now - event.origin_server_ts), txn, behind)

    return [tell(event) for event in events]


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
    bundled: dict[str, object] | None,
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
    if event.restricted is not None:
        unsigned[RESTRICTED] = msgspec.Raw(event.restricted)
    if event.redacted_by is not None and (redaction := related.get(event.redacted_by)) is not None:
        unsigned["redacted_because"] = msgspec.Raw(shown(redaction))
    if bundled is not None:
        unsigned["m.relations"] = bundled
    return shown(event, _encode(unsigned), with_room_id=with_room_id)
