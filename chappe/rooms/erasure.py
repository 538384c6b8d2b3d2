"""People who erased what they said, when their account ended: in each room that they had to do with.

Client-Server API v1.19, "POST /account/deactivate", `erase`: who was in the room when something was said still sees
it, everybody else is served a redacted copy. So nothing is rewritten. Of state the person's own memberships count as
what they said, with name and picture in them; the room's name, its encryption or its rules are the room's, and stay.
"""

from collections.abc import Iterable

from chappe.events import redact_client_json
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from chappe.ids import RoomID, UserID
from chappe.rooms.membership_effect import rooms_of
from chappe.rooms.room import MEMBER
from chappe.rooms.store import Reads, room_row
from chappe.rooms.stored import StoredEvent
from chappe.stream import Device, Place, Transaction

_ADD = """
INSERT INTO erased_sender (room_id, user_id, place) VALUES ($1, $2, $3) ON CONFLICT (room_id, user_id) DO NOTHING
"""
_IN_ROOM = "SELECT user_id FROM erased_sender WHERE room_id = $1"
_BETWEEN = "SELECT room_id, user_id, place FROM erased_sender WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3"


class Erasures:
    """Who erased what they said in one room."""

    __slots__ = ("_people", "_version")

    def __init__(self, people: frozenset[UserID], version: RoomVersion) -> None:
        self._people = people
        self._version = version

    def cover(self, event: StoredEvent) -> bool:
        """Whether an event is among what was erased."""
        if event.sender not in self._people:
            return False
        return event.state_key is None or (event.type == MEMBER and event.state_key == event.sender)

    def copy(self, event: StoredEvent) -> StoredEvent:
        """The redacted copy of an event. It tells neither what it replaced nor how it was sent."""
        left = redact_client_json(self._version, event.client_json)
        return StoredEvent(
            event.place, event.room_id, event.origin_server_ts, event.counted, None, None, None, None, left
        )


async def erase_everywhere(tx: Transaction, user_id: UserID, erase: bool) -> None:
    """Called when an account ends: if its owner wishes so, what they said in rooms is erased, each by an effect."""
    if erase:
        for own in await rooms_of(tx, user_id):
            tx.effect(own.room_id, "rooms.erase_sender", own.room_id, user_id, awaited=True)


async def erase_sender(tx: Transaction, device: Device | None, room_id: str, user_id: str) -> None:
    """The effect in the room's shard."""
    tx.execute(_ADD, room_id, user_id, tx.place(room_id))


async def erasures_among(reads: Reads, room_id: RoomID, people: Iterable[str]) -> Erasures | None:
    """What the people, who have erased what they said, did in the room; None if there are none."""
    erased = frozenset(UserID(user_id) for user_id in people)
    row = await room_row(reads, room_id) if erased else None
    return Erasures(erased, ROOM_VERSIONS[row[0]]) if row is not None else None


async def erasures_in(reads: Reads, room_id: RoomID) -> Erasures | None:
    """Who erased what they said in a room; None if nobody did."""
    return await erasures_among(reads, room_id, [row[0] for row in await reads.fetch(_IN_ROOM, room_id)])


async def erased_between(reads: Reads, after: Place, upto: Place, limit: int) -> list[tuple[RoomID, UserID, Place]]:
    """The first erasures in (after, upto], places of one shard, in order."""
    return [(RoomID(row[0]), UserID(row[1]), Place(row[2])) for row in await reads.fetch(_BETWEEN, after, upto, limit)]
