"""The rooms a process holds in memory, and how an act enters one."""

from collections import OrderedDict

from chappe.errors import Errcode, Refused
from chappe.events.versions import ROOM_VERSIONS
from chappe.ids import RoomID, UserID
from chappe.rooms import store
from chappe.rooms.room import Room
from chappe.rooms.store import Reads
from chappe.rooms.stored import StoredEvent
from chappe.stream import Transaction

MAX_RESIDENT_ROOMS = 4_000
"""Rooms kept ready for the next event; about 10 KB each."""
MAX_MEMBERS_IN_MEMORY = 50_000
"""Members that all resident rooms together remember, before the longest unused rooms are let go."""


class Rooms:
    """Resident rooms, let go when unused; a room with queued units stays."""

    def __init__(self) -> None:
        self._resident: OrderedDict[RoomID, Room] = OrderedDict()
        self._members = 0

    def __len__(self) -> int:
        return len(self._resident)

    async def enter(self, tx: Transaction, room_id: RoomID, *user_ids: UserID) -> Room:
        """The room for this unit alone, until the unit is queued; with the memberships of `user_ids`.

        Refused with NOT_FOUND when there is no such room. Several rooms are entered in the order of their ids.
        """
        room = await self._enter(tx, room_id)
        for user_id in user_ids:
            await self.know(tx, room, user_id)
        return room

    async def enter_as_member(self, tx: Transaction, room_id: RoomID, user_id: UserID, *others: UserID) -> Room:
        """The same, for someone who must be in the room; a stranger does not learn whether it exists."""
        try:
            room = await self.enter(tx, room_id, user_id, *others)
        except Refused as refused:
            if refused.code is not Errcode.NOT_FOUND:
                raise
            raise not_in_room() from None
        if room.membership(user_id) != "join":
            raise not_in_room()
        return room

    async def know(self, tx: Reads, room: Room, user_id: UserID) -> None:
        """Load a membership, if it is not in memory yet."""
        if user_id in room.members:
            return
        stored = await store.member_at(tx, room.room_id, user_id)
        if user_id not in room.members:
            _remember_member(room, user_id, stored)
            self._members += 1

    def begin(self, tx: Transaction, room: Room) -> None:
        """Enter a room that this unit makes."""
        assert not room.lock.locked()
        assert room.room_id not in self._resident, "a room is made once"
        tx.entered(_Entered(self, room))
        self._resident[room.room_id] = room
        # The lock is free and nobody knows the room yet: this cannot wait.
        acquire = room.lock.acquire()
        try:
            acquire.send(None)
        except StopIteration:
            pass

    async def _enter(self, tx: Transaction, room_id: RoomID) -> Room:
        while True:
            room = self._resident.get(room_id)
            if room is None:
                room = await self._load(tx, room_id)
            if tx.has_entered(room_id):
                return room
            await room.lock.acquire()
            if not room.is_stale():
                break
            room.lock.release()
        self._resident.move_to_end(room_id)
        tx.entered(_Entered(self, room))
        return room

    async def _load(self, tx: Reads, room_id: RoomID) -> Room:
        row = await store.room_row(tx, room_id)
        if row is None:
            raise Refused(Errcode.NOT_FOUND, "There is no such room here.")
        room = Room(room_id, ROOM_VERSIONS[row[0]])
        last = await store.last_event(tx, room_id)
        assert last is not None, "a room has its create event"
        room.joined, room.invited = row[1], row[2]
        room.last_event_id, room.depth, room.counted = last
        for stored in await store.state_without_members(tx, room_id):
            assert stored.state_key is not None
            room.state[stored.type, stored.state_key] = stored.as_state()
            room.state_places[stored.type, stored.state_key] = stored.place
        # While we waited for the database, another act may have loaded it, and built on it.
        room = self._resident.setdefault(room_id, room)
        self._evict()
        return room

    def _evict(self) -> None:
        """Let go of the rooms unused for longest. A room in use or with queued units is passed over."""
        excess = len(self._resident) - MAX_RESIDENT_ROOMS
        if excess <= 0 and self._members <= MAX_MEMBERS_IN_MEMORY:
            return
        for room_id in list(self._resident)[: max(excess, 1) + 32]:
            room = self._resident[room_id]
            if room.pending == 0 and not room.lock.locked():
                del self._resident[room_id]
                self._members -= len(room.members)

    def forget(self, room: Room) -> None:
        """A copy that is no longer true leaves memory."""
        room.invalidate()
        if self._resident.get(room.room_id) is room:
            del self._resident[room.room_id]
            self._members -= len(room.members)


class _Entered:
    """A room that one unit has entered: tells the room when the unit is queued, settled, or given up."""

    def __init__(self, rooms: Rooms, room: Room) -> None:
        self.key: str = room.key
        self._rooms = rooms
        self._room = room

    def is_stale(self) -> bool:
        return self._room.is_stale()

    def leave(self) -> None:
        self._room.leave()

    def abandon(self) -> None:
        self._room.abandon()
        if self._room.create is None:
            self._rooms.forget(self._room)  # it was being made, and will not be


def _remember_member(room: Room, user_id: UserID, stored: StoredEvent | None) -> None:
    room.members[user_id] = stored.as_state() if stored is not None else None
    if stored is not None:
        room.state_places["m.room.member", user_id] = stored.place


def not_in_room() -> Refused:
    """The same words whether the room exists or not."""
    return Refused(Errcode.FORBIDDEN, "You are not in this room.")
