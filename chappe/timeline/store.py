"""All the SQL about what is said in rooms, beyond the events themselves."""

from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent
from chappe.rooms.store import Reads
from chappe.storage import Row
from chappe.stream import Place, Transaction

# Receipts

_SET_RECEIPT = """
INSERT INTO receipt (room_id, user_id, type, thread_id, event_id, event_place, counted, ts, place)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (room_id, user_id, type, thread_id) DO UPDATE SET
    event_id = excluded.event_id,
    event_place = excluded.event_place,
    counted = excluded.counted,
    ts = excluded.ts,
    place = excluded.place
WHERE receipt.event_place < excluded.event_place
"""
_RECEIPT_AT = """
SELECT event_place FROM receipt WHERE room_id = $1 AND user_id = $2 AND type = $3 AND thread_id = $4
"""
_RECEIPTS_BETWEEN = """
SELECT user_id, type, thread_id, event_id, event_place, counted, ts, place FROM receipt
WHERE room_id = $1 AND place > $2 AND place <= $3 ORDER BY place DESC LIMIT $4
"""
_READ_UPTO = """
SELECT event_place, counted FROM receipt WHERE room_id = $1 AND user_id = $2
AND type IN ('m.read', 'm.read.private') AND thread_id IN ('', 'main') ORDER BY event_place DESC LIMIT 1
"""


def set_receipt(
    tx: Transaction, room_id: RoomID, user_id: UserID, type: str, thread_id: str, event: StoredEvent
) -> None:
    """Queue a receipt. One that is further on already stays."""
    tx.execute(
        _SET_RECEIPT,
        room_id,
        user_id,
        type,
        thread_id,
        event.event_id,
        event.place,
        event.counted,
        tx.now,
        tx.place(room_id),
    )


async def receipt_at(reads: Reads, room_id: RoomID, user_id: UserID, type: str, thread_id: str) -> Place:
    """The place of the event a receipt is at; 0 without a receipt."""
    row = await reads.fetch_one(_RECEIPT_AT, room_id, user_id, type, thread_id)
    return Place(row[0] if row else 0)


async def receipts_between(reads: Reads, room_id: RoomID, after: Place, upto: Place, limit: int) -> list[Row]:
    """The last `limit` receipts that were set in (after, upto], newest first."""
    return await reads.fetch(_RECEIPTS_BETWEEN, room_id, after, upto, limit)


async def read_upto(reads: Reads, room_id: RoomID, user_id: UserID) -> tuple[Place, int]:
    """Place and count of the furthest event that the user has read in the room as a whole."""
    row = await reads.fetch_one(_READ_UPTO, room_id, user_id)
    return (Place(row[0]), int(row[1])) if row else (Place(0), 0)
