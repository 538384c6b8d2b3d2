"""Reading a room's state: as it is, for those who are in it; as it was when they left, for those who are not.

Client-Server API v1.19, "GET /rooms/{roomId}/state" and its neighbours; "Room History Visibility".

| who asks                                   | sees the state                                     |
|--------------------------------------------|----------------------------------------------------|
| joined                                     | as it is                                           |
| anybody, while the room is world-readable  | as it is                                           |
| was joined, then left, kicked or banned    | as it was then, with that event; not once forgotten |
| invited, knocking or banned, never joined  | not                                                |
"""

from collections.abc import Sequence

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.visibility import visibility_in, world_readable
from chappe.ids import RoomID, UserID
from chappe.restrictions import Restrictions
from chappe.rooms import store
from chappe.rooms.erasure import erasures_in
from chappe.rooms.membership_effect import room_of
from chappe.rooms.placeholders import Placeholders, placeholders_in
from chappe.rooms.room import MEMBER
from chappe.rooms.rooms import not_in_room
from chappe.rooms.stored import StoredEvent
from chappe.storage import Database, Row
from chappe.stream import Log, Place

_VISIBILITY = "m.room.history_visibility"


class Scanning:
    """Reads of a database that run beside the loop, for what is proportional to members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """The rows, read elsewhere."""
        return await self._database.scan(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row, or None."""
        rows = await self.fetch(sql, *arguments)
        return rows[0] if rows else None


class RoomReader:
    """One person's view of one room's state, at the place up to which they may read it."""

    def __init__(
        self, database: Database, room_id: RoomID, user_id: UserID, upto: Place, placeholders: Placeholders | None
    ) -> None:
        self._user_id = user_id
        self._placeholders = placeholders
        self._point = database
        self._many = Scanning(database)
        self.room_id = room_id
        self.upto = upto

    async def all(self) -> list[StoredEvent]:
        """The whole state, memberships included."""
        events = await store.state_without_members(self._many, self.room_id, self.upto)
        return self._told(events + await store.members_at(self._many, self.room_id, self.upto))

    async def one(self, event_type: str, state_key: str) -> StoredEvent:
        """One piece of state; refused with NOT_FOUND when it is not set."""
        if event_type == MEMBER:
            event = await store.member_at(self._point, self.room_id, UserID(state_key), self.upto)
        else:
            event = await store.state_event_at(self._point, self.room_id, event_type, state_key, self.upto)
        if event is None:
            raise Refused(Errcode.NOT_FOUND, "The room has no state with this type and key.")
        return self._told([event])[0]

    async def members(self, at: Place | None, membership: str | None, not_membership: str | None) -> list[StoredEvent]:
        """The membership events; at an earlier place if `at` is one. The two filters let through what either does."""
        upto = self.upto if at is None else min(at, self.upto)
        events = await store.members_at(self._many, self.room_id, upto)
        if upto < self.upto:
            events = await self._as_told(events, upto)
        events = self._told(events)
        if membership is None and not_membership is None:
            return events
        return [one for one in events if _wanted(one, membership, not_membership)]

    def _told(self, events: list[StoredEvent]) -> list[StoredEvent]:
        """The same, placeholders where something is restricted."""
        placeholders = self._placeholders
        return events if placeholders is None else [placeholders.told(event) for event in events]

    async def _as_told(self, events: list[StoredEvent], at: Place) -> list[StoredEvent]:
        """Memberships of earlier. Of who has erased what they said only those see name and picture who were in then.

        As it is now the state needs no such look: who has ended their account is out of all rooms, without a name.
        """
        own = await store.member_at(self._point, self.room_id, self._user_id, at)
        if own is not None and own.content.get("membership") == "join":
            return events
        erasures = await erasures_in(self._point, self.room_id)
        if erasures is None:
            return events
        return [erasures.copy(event) if erasures.cover(event) else event for event in events]

    async def joined_members(self) -> list[StoredEvent]:
        """The membership events of those who are in the room."""
        return await self.members(None, "join", None)


class _Member(msgspec.Struct):
    membership: str


class _MemberEvent(msgspec.Struct):
    content: _Member


_decode_member = msgspec.json.Decoder(_MemberEvent).decode


def _wanted(event: StoredEvent, membership: str | None, not_membership: str | None) -> bool:
    is_now = _decode_member(event.client_json).content.membership
    return is_now == membership or (not_membership is not None and is_now != not_membership)


async def reader_of(
    database: Database, log: Log, restrictions: Restrictions, room_id: RoomID, user_id: UserID
) -> RoomReader:
    """What the user may read of the room; refused (FORBIDDEN) when nothing, in the same words for no room, and with
    what is told of the restriction where the room is closed to them."""
    upto = await _readable_upto(database, log, room_id, user_id)
    await restrictions.require_open(room_id, user_id)
    placeholders = await placeholders_in(database, restrictions, room_id, user_id)
    return RoomReader(database, room_id, user_id, upto, placeholders)


async def _readable_upto(database: Database, log: Log, room_id: RoomID, user_id: UserID) -> Place:
    head = log.head_of(room_id)
    history = await store.member_history(database, room_id, user_id)
    if history and history[-1][1] == "join":
        return head
    if await _world_readable(database, room_id):
        return head
    left = _left_at(history)
    if left is not None:
        own = await room_of(database, user_id, room_id)
        if own is not None and not own.forgotten:
            return left
    raise not_in_room()


async def require_joined(database: Database, room_id: RoomID, user_id: UserID) -> None:
    """Refuse whoever is not in the room."""
    if not await _joined(database, room_id, user_id):
        raise not_in_room()


async def require_inside_or_world_readable(database: Database, room_id: RoomID, user_id: UserID) -> None:
    """Refuse whoever is not in the room, unless everybody may read it."""
    if not await _joined(database, room_id, user_id) and not await _world_readable(database, room_id):
        raise not_in_room()


async def _joined(database: Database, room_id: RoomID, user_id: UserID) -> bool:
    history = await store.member_history(database, room_id, user_id)
    return bool(history) and history[-1][1] == "join"


async def _world_readable(database: Database, room_id: RoomID) -> bool:
    visibility = await store.state_event_at(database, room_id, _VISIBILITY, "")
    return visibility is not None and world_readable(visibility_in(visibility.content))


def _left_at(history: Sequence[tuple[Place, str]]) -> Place | None:
    """Where someone who is out of the room last went out of it; None for who never was in it."""
    left: Place | None = None
    inside = False
    for place, membership in history:
        if inside and membership != "join":
            left = place
        inside = membership == "join"
    return left
