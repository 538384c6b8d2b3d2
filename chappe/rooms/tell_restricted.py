"""Telling clients that have an event already that it is restricted: a redaction by the server itself.

Clients know no other way to take back what they show. The redaction has its own place in the room and goes to those the
restriction is for; it is no part of the room as other servers would know it: nothing builds on it, no rule has allowed
it, and it says nothing of the event that the room keeps. Its depth is 0, which no other event has. It is gone once the
restriction is lifted (docs/decisions/0030-restrictions.md).
"""

from chappe.events.build import build
from chappe.identity import Identity
from chappe.ids import EventID, RoomID, server_user
from chappe.restrictions import HIDING, KEY, Kind, Restriction, told_of
from chappe.rooms import store
from chappe.rooms.placeholders import REDACTION
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.stored import StoredEvent
from chappe.rooms.tails import Tails
from chappe.storage import FuturePlace
from chappe.stream import Place, Transaction

LOCAL_DEPTH = 0


async def tell_restricted(tx: Transaction, restriction: Restriction, place: FuturePlace) -> None:
    """Called when a restriction is imposed, in the room's shard: of an event that is hidden, clients are told."""
    if restriction.kind is not Kind.EVENT or restriction.measure not in HIDING:
        return
    target = await store.event_by_id(tx, EventID(restriction.subject))
    if target is None or target.room_id != restriction.within:
        return
    room = await tx.of(Rooms).enter(tx, RoomID(restriction.within))
    _queue(tx, room, restriction, place)


async def tell_lifted(tx: Transaction, restriction: Restriction, place: Place) -> None:
    """Called when it is lifted: the redaction is taken out of the room again."""
    if restriction.kind is Kind.EVENT:
        store.erase_local(tx, place)
        tails, room_id = tx.of(Tails), RoomID(restriction.within)
        tx.after_commit(lambda: tails.forget(room_id))


def _queue(tx: Transaction, room: Room, restriction: Restriction, place: FuturePlace) -> None:
    identity = tx.of(Identity)
    event = build(
        room.version,
        room_id=room.room_id,
        sender=server_user(identity.server_name),
        type=REDACTION,
        content={"reason": f"Decision {restriction.decision}", KEY: told_of(restriction)},
        redacts=restriction.subject,
        origin_server_ts=tx.now,
        depth=LOCAL_DEPTH,
        prev_events=(),
        auth_events=(),
        server_name=identity.server_name,
        key=identity.key,
    )
    counted = room.counted
    store.add_event(tx, event, place, counted, None, None, None, None)
    tails = tx.of(Tails)

    def durable() -> None:
        told = (Place(place.value), event.room_id, event.origin_server_ts, counted, None, None, None, None)
        tails.add(StoredEvent(*told, client_json=event.client_json))

    tx.after_commit(durable)
