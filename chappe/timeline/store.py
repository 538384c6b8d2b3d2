"""All the SQL about what is said in rooms, beyond the events themselves."""

from collections.abc import Iterable

from chappe.ids import EventID, RoomID, UserID
from chappe.rooms import StoredEvent
from chappe.rooms.reading import Reads
from chappe.rooms.stored import COLUMNS, from_row
from chappe.storage import FuturePlace, Row
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


# Redactions

_KEEP_ORIGINAL = """
INSERT INTO redacted_original (place, room_id, redacted_at, client_json, pdu_rest)
SELECT place, room_id, CAST($2 AS BIGINT), client_json, pdu_rest FROM event WHERE place = $1 AND redacted_by IS NULL
"""
_REDACT = """
UPDATE event SET client_json = $2, pdu_rest = $3, redacted_by = $4 WHERE place = $1 AND redacted_by IS NULL
"""
_PDU_REST = "SELECT pdu_rest FROM event WHERE place = $1"
_ORIGINALS_BEFORE = """
SELECT o.place, e.event_id FROM redacted_original o JOIN event e ON e.place = o.place
WHERE o.redacted_at < $1 AND o.place > $2 AND o.place <= $3 ORDER BY o.place LIMIT $4
"""
_ERASE_ORIGINAL = """
DELETE FROM redacted_original WHERE place = (SELECT place FROM event WHERE event_id = $1)
"""


def redact(tx: Transaction, place: Place, client_json: bytes, pdu_rest: bytes, redacted_by: FuturePlace) -> None:
    """Queue that only this is left of an event. Nothing happens to one that was redacted before."""
    tx.execute(_KEEP_ORIGINAL, place, tx.now)
    tx.execute(_REDACT, place, client_json, pdu_rest, redacted_by)


async def pdu_rest(reads: Reads, place: Place) -> bytes:
    """What federation has of an event beyond what clients see."""
    row = await reads.fetch_one(_PDU_REST, place)
    assert row is not None, "an event keeps its row"
    return bytes(row[0])


async def originals_before(
    reads: Reads, cutoff_ms: int, after: Place, upto: Place, limit: int
) -> list[tuple[Place, EventID]]:
    """The first `limit` events with a place in (after, upto] that were redacted before a time, with their places."""
    rows = await reads.fetch(_ORIGINALS_BEFORE, cutoff_ms, after, upto, limit)
    return [(Place(row[0]), EventID(row[1])) for row in rows]


def erase_original(tx: Transaction, event_id: EventID) -> None:
    """Queue the destruction of what a redacted event said. Only through `holds.erase`."""
    tx.execute(_ERASE_ORIGINAL, event_id)


# Visibility

_VISIBILITIES_AND_ERASED = """
SELECT place, NULL AS user_id FROM state_change
WHERE room_id = $1 AND type = 'm.room.history_visibility' AND state_key = ''
UNION ALL SELECT 0, user_id FROM erased_sender WHERE room_id = $1 ORDER BY place
"""


async def visibilities_and_erased(reads: Reads, room_id: RoomID) -> tuple[list[Place], list[UserID]]:
    """Where the room's history visibility changed, in order; and who has erased what they said there."""
    rows = await reads.fetch(_VISIBILITIES_AND_ERASED, room_id)
    return [Place(row[0]) for row in rows if row[1] is None], [row[1] for row in rows if row[1] is not None]


# Members

_MEMBERS = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM member_change
    WHERE room_id = $1 AND user_id IN (SELECT * FROM each_text($2)) AND place <= $3 GROUP BY user_id
) AS latest JOIN event e ON e.place = latest.place ORDER BY e.place
"""


async def members_at(reads: Reads, room_id: RoomID, user_ids: Iterable[UserID], at: Place) -> list[StoredEvent]:
    """The membership events of these people that hold after `at`."""
    return [from_row(row) for row in await reads.fetch(_MEMBERS, room_id, list(user_ids), at)]
