"""All the SQL about rooms and their events."""

from collections.abc import Sequence
from typing import Protocol

from chappe.events.event import Event
from chappe.ids import EventID, RoomID, UserID
from chappe.rooms.stored import COLUMNS, StoredEvent, from_row
from chappe.storage import FuturePlace, Row
from chappe.stream import Place, Transaction


class Reads(Protocol):
    """A database, or a transaction's view of it."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]: ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None: ...


# Writing

_ADD_EVENT = """
INSERT INTO event (place, room_id, event_id, type, state_key, sender, origin_server_ts, depth, counted,
    replaces, device_id, txn_id, repeat_key, client_json, pdu_rest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
_ERASE_LOCAL = "DELETE FROM event WHERE place = $1 AND depth = 0"
_ADD_ROOM = "INSERT INTO room (room_id, version, created_at, joined, invited) VALUES ($1, $2, $3, $4, $5)"
_COUNT_MEMBERS = "UPDATE room SET joined = $2, invited = $3 WHERE room_id = $1"
_ADD_STATE_CHANGE = "INSERT INTO state_change (room_id, type, state_key, place) VALUES ($1, $2, $3, $4)"
_ADD_MEMBER_CHANGE = "INSERT INTO member_change (room_id, user_id, place, membership) VALUES ($1, $2, $3, $4)"


def add_event(
    tx: Transaction,
    event: Event,
    place: FuturePlace,
    counted: int,
    replaces: FuturePlace | int | None,
    device_id: str | None,
    txn_id: str | None,
    repeat_key: bytes | None,
) -> None:
    """Queue an event's own row."""
    tx.append(
        _ADD_EVENT,
        place,
        event.room_id,
        event.event_id,
        event.type,
        event.state_key,
        event.sender,
        event.origin_server_ts,
        event.depth,
        counted,
        replaces,
        device_id,
        txn_id,
        repeat_key,
        event.client_json,
        event.pdu_rest,
    )


def erase_local(tx: Transaction, place: Place) -> None:
    """Queue that what the server itself tells clients at a place is gone."""
    tx.execute(_ERASE_LOCAL, place)


def add_room(tx: Transaction, room_id: RoomID, version: str) -> None:
    """Queue a new room's row. Its members are counted when its first events are queued."""
    tx.execute(_ADD_ROOM, room_id, version, tx.now, 0, 0)


def count_members(tx: Transaction, room_id: RoomID, joined: int, invited: int) -> None:
    """Queue the room's new numbers of members."""
    tx.append(_COUNT_MEMBERS, room_id, joined, invited)


def add_state_change(tx: Transaction, event: Event, place: FuturePlace) -> None:
    """Queue that from `place` on the event is the room's state."""
    tx.append(_ADD_STATE_CHANGE, event.room_id, event.type, event.state_key, place)


def add_member_change(tx: Transaction, event: Event, place: FuturePlace) -> None:
    """Queue that from `place` on the user has this membership."""
    tx.append(_ADD_MEMBER_CHANGE, event.room_id, event.state_key, place, event.content["membership"])


# Loading a room's tip

_ROOM = "SELECT version, joined, invited FROM room WHERE room_id = $1"
_LAST = "SELECT event_id, depth, counted FROM event WHERE room_id = $1 AND depth > 0 ORDER BY place DESC LIMIT 1"
_STATE = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM state_change WHERE room_id = $1 AND place <= $2 GROUP BY type, state_key
) AS latest JOIN event e ON e.place = latest.place
"""
_MEMBERS = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM member_change WHERE room_id = $1 AND place <= $2 GROUP BY user_id
) AS latest JOIN event e ON e.place = latest.place ORDER BY e.place
"""
_MEMBER = f"""
SELECT {COLUMNS} FROM (
    SELECT place FROM member_change WHERE room_id = $1 AND user_id = $2 AND place <= $3 ORDER BY place DESC LIMIT 1
) AS latest JOIN event e ON e.place = latest.place
"""
_STATE_AT = f"""
SELECT {COLUMNS} FROM (
    SELECT place FROM state_change
    WHERE room_id = $1 AND type = $2 AND state_key = $3 AND place <= $4 ORDER BY place DESC LIMIT 1
) AS latest JOIN event e ON e.place = latest.place
"""
_REPEAT = "SELECT event_id FROM event WHERE repeat_key = $1"

EVERYTHING = Place(2**63 - 1)


async def room_row(reads: Reads, room_id: RoomID) -> Row | None:
    """Version, joined and invited members of a room, or None if there is none."""
    return await reads.fetch_one(_ROOM, room_id)


async def last_event(reads: Reads, room_id: RoomID) -> Row | None:
    """Event id, depth and count of the room's last event, but for what the server itself only tells clients."""
    return await reads.fetch_one(_LAST, room_id)


async def state_without_members(reads: Reads, room_id: RoomID, at: Place = EVERYTHING) -> list[StoredEvent]:
    """The state that holds after `at`, but for memberships."""
    return [from_row(row) for row in await reads.fetch(_STATE, room_id, at)]


async def members_at(reads: Reads, room_id: RoomID, at: Place = EVERYTHING) -> list[StoredEvent]:
    """All membership events that hold after `at`, in the order in which they came. Proportional to members."""
    return [from_row(row) for row in await reads.fetch(_MEMBERS, room_id, at)]


async def member_at(reads: Reads, room_id: RoomID, user_id: UserID, at: Place = EVERYTHING) -> StoredEvent | None:
    """One user's membership event that holds after `at`."""
    row = await reads.fetch_one(_MEMBER, room_id, user_id, at)
    return from_row(row) if row else None


async def state_event_at(
    reads: Reads, room_id: RoomID, type: str, state_key: str, at: Place = EVERYTHING
) -> StoredEvent | None:
    """One state event, other than a membership, that holds after `at`."""
    row = await reads.fetch_one(_STATE_AT, room_id, type, state_key, at)
    return from_row(row) if row else None


async def event_of_repeat(reads: Reads, repeat_key: bytes) -> EventID | None:
    """The event that a former request with this key made."""
    row = await reads.fetch_one(_REPEAT, repeat_key)
    return row[0] if row else None


# Reading events

_BY_ID = f"SELECT {COLUMNS} FROM event e WHERE e.event_id = $1"
_BY_PLACES = f"SELECT {COLUMNS} FROM event e WHERE e.place IN (SELECT * FROM each_int($1)) ORDER BY e.place"
_BACKWARDS = f"""
SELECT {COLUMNS} FROM event e WHERE e.room_id = $1 AND e.place > $2 AND e.place <= $3 ORDER BY e.place DESC LIMIT $4
"""
_FORWARDS = f"""
SELECT {COLUMNS} FROM event e WHERE e.room_id = $1 AND e.place > $2 AND e.place <= $3 ORDER BY e.place LIMIT $4
"""
_STATE_BETWEEN = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM state_change WHERE room_id = $1 AND place <= $3 GROUP BY type, state_key
    HAVING MAX(place) > $2
) AS latest JOIN event e ON e.place = latest.place ORDER BY e.place
"""
_MEMBERS_BETWEEN = f"""
SELECT {COLUMNS} FROM event e WHERE e.room_id = $1 AND e.place > $2 AND e.place <= $3
AND e.type = 'm.room.member' AND e.state_key IS NOT NULL ORDER BY e.place
"""
_STATE_HISTORY = "SELECT place FROM state_change WHERE room_id = $1 AND type = $2 AND state_key = $3 ORDER BY place"
_MEMBER_HISTORY = "SELECT place, membership FROM member_change WHERE room_id = $1 AND user_id = $2 ORDER BY place"


async def event_by_id(reads: Reads, event_id: EventID) -> StoredEvent | None:
    """An event of any room."""
    row = await reads.fetch_one(_BY_ID, event_id)
    return from_row(row) if row else None


async def events_at(reads: Reads, places: Sequence[int]) -> list[StoredEvent]:
    """The events at the given places, in order."""
    return [from_row(row) for row in await reads.fetch(_BY_PLACES, list(places))] if places else []


async def events_before(reads: Reads, room_id: RoomID, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The last `limit` events of a room with a place in (after, upto], newest first."""
    return [from_row(row) for row in await reads.fetch(_BACKWARDS, room_id, after, upto, limit)]


async def events_after(reads: Reads, room_id: RoomID, after: Place, upto: Place, limit: int) -> list[StoredEvent]:
    """The first `limit` events of a room with a place in (after, upto], oldest first."""
    return [from_row(row) for row in await reads.fetch(_FORWARDS, room_id, after, upto, limit)]


async def state_between(reads: Reads, room_id: RoomID, after: Place, upto: Place) -> list[StoredEvent]:
    """The state, but for memberships, that changed in (after, upto]: for each key the last event."""
    return [from_row(row) for row in await reads.fetch(_STATE_BETWEEN, room_id, after, upto)]


async def members_between(reads: Reads, room_id: RoomID, after: Place, upto: Place) -> list[StoredEvent]:
    """The membership events in (after, upto]: for each user the last one."""
    events = [from_row(row) for row in await reads.fetch(_MEMBERS_BETWEEN, room_id, after, upto)]
    return list({event.state_key: event for event in events}.values())


async def state_history(reads: Reads, room_id: RoomID, type: str, state_key: str) -> list[Place]:
    """The places at which one piece of state changed."""
    return [row[0] for row in await reads.fetch(_STATE_HISTORY, room_id, type, state_key)]


async def member_history(reads: Reads, room_id: RoomID, user_id: UserID) -> list[tuple[Place, str]]:
    """The places at which a user's membership changed, and to what."""
    return [(row[0], row[1]) for row in await reads.fetch(_MEMBER_HISTORY, room_id, user_id)]


_LAST_OWN = """
SELECT place, counted FROM (
    SELECT place, counted, sender FROM event WHERE room_id = $1 AND place > $3 AND place <= $4
    ORDER BY place DESC LIMIT $5
) AS latest WHERE sender = $2 ORDER BY place DESC LIMIT 1
"""


async def last_own_event(
    reads: Reads, room_id: RoomID, user_id: UserID, after: Place, upto: Place, searched: int
) -> tuple[Place, int] | None:
    """Place and count of the user's last event in (after, upto], among the last `searched` events there."""
    row = await reads.fetch_one(_LAST_OWN, room_id, user_id, after, upto, searched)
    return (Place(row[0]), row[1]) if row else None


_HEROES = """
SELECT m.user_id FROM member_change m JOIN (
    SELECT user_id, MAX(place) AS place FROM member_change WHERE room_id = $1 AND place <= $2 GROUP BY user_id
) AS latest ON m.user_id = latest.user_id AND m.place = latest.place
WHERE m.room_id = $1 AND ((m.membership IN ('join', 'invite')) = ($4 = 1))
ORDER BY m.place LIMIT $3
"""


async def heroes(reads: Reads, room_id: RoomID, upto: Place, limit: int, *, inside: bool) -> list[UserID]:
    """The first people who are in or invited, or those who are not any more. Proportional to members."""
    rows = await reads.fetch(_HEROES, room_id, upto, limit, 1 if inside else 0)
    return [row[0] for row in rows]


_JOINED_AFTER = """
SELECT m.user_id FROM member_change m
WHERE m.room_id = $1 AND m.user_id > $2 AND m.membership = 'join' AND NOT EXISTS (
    SELECT 1 FROM member_change n WHERE n.room_id = m.room_id AND n.user_id = m.user_id AND n.place > m.place
) ORDER BY m.user_id LIMIT $3
"""


async def joined_after(reads: Reads, room_id: RoomID, after: UserID, limit: int) -> list[UserID]:
    """The first people in a room behind a user id, which may be empty, in the order of their ids."""
    return [row[0] for row in await reads.fetch(_JOINED_AFTER, room_id, after, limit)]


_STATE_OF_TYPES = f"""
SELECT {COLUMNS} FROM (
    SELECT MAX(place) AS place FROM state_change
    WHERE room_id = $1 AND type IN (SELECT * FROM each_text($2)) AND state_key = '' AND place <= $3
    GROUP BY type
) AS latest JOIN event e ON e.place = latest.place
"""
_CHANGED_STATE = """
SELECT place, room_id, type, state_key FROM event
WHERE place > $1 AND place <= $2 AND state_key IS NOT NULL ORDER BY place LIMIT $3
"""


async def state_of_types(reads: Reads, room_id: RoomID, types: list[str], at: Place = EVERYTHING) -> list[StoredEvent]:
    """The state events of the given types, with an empty state key, that hold after `at`."""
    return [from_row(row) for row in await reads.fetch(_STATE_OF_TYPES, room_id, types, at)]


async def changed_state(reads: Reads, after: Place, upto: Place, limit: int) -> list[Row]:
    """Place, room, type and state key of the first state events of a shard in (after, upto]."""
    return await reads.fetch(_CHANGED_STATE, after, upto, limit)
