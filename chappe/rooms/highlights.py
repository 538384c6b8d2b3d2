"""Rows for those whom a message mentions, so that counting them is a point read."""

from chappe.events.event import Event
from chappe.ids import RoomID, UserID
from chappe.rooms.counting import mentioned, mentions_room
from chappe.rooms.room import Room
from chappe.rooms.store import Reads
from chappe.rooms.stored import StoredEvent
from chappe.storage import FuturePlace
from chappe.stream import Place, Transaction

EVERYONE = ""

_ADD = "INSERT INTO highlight (room_id, user_id, place) VALUES ($1, $2, $3)"
_ERASE = "DELETE FROM highlight WHERE room_id = $1 AND user_id IN (SELECT * FROM each_text($2)) AND place = $3"
_COUNT = """
SELECT COUNT(DISTINCT place) FROM highlight
WHERE room_id = $1 AND user_id IN ($2, '') AND place > $3 AND place <= $4
"""
_COUNT_WITHOUT = """
SELECT COUNT(DISTINCT h.place) FROM highlight h JOIN event e ON e.place = h.place
WHERE h.room_id = $1 AND h.user_id IN ($2, '') AND h.place > $3 AND h.place <= $4
AND e.sender NOT IN (SELECT * FROM each_text($5))
"""


def add(tx: Transaction, room: Room, event: Event, place: FuturePlace) -> None:
    """Queue a row for everybody the message mentions by name, and one if it mentions the room."""
    if "m.mentions" not in event.content or event.content.get("msgtype") == "m.notice":
        return  # what bots note notifies nobody, whomever it mentions (rule .m.rule.suppress_notices)
    for user_id in mentioned(event.content):
        if user_id != event.sender:
            tx.append(_ADD, event.room_id, user_id, place)
    if mentions_room(room, event.sender, event.content):
        tx.append(_ADD, event.room_id, EVERYONE, place)


def erase(tx: Transaction, event: StoredEvent) -> None:
    """Queue that a message, which is being redacted, highlights nobody."""
    if b'"m.mentions"' in event.client_json:
        tx.execute(_ERASE, event.room_id, [*mentioned(event.content), EVERYONE], event.place)


async def count(
    reads: Reads,
    room_id: RoomID,
    user_id: UserID,
    after: Place,
    upto: Place,
    without: frozenset[UserID] = frozenset(),
) -> int:
    """How many events in (after, upto] highlight the user, but for those of the people in `without`."""
    if without:
        row = await reads.fetch_one(_COUNT_WITHOUT, room_id, user_id, after, upto, list(without))
    else:
        row = await reads.fetch_one(_COUNT, room_id, user_id, after, upto)
    return int(row[0]) if row else 0
