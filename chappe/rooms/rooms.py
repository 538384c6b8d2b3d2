"""The rooms a process holds in memory, and how an act enters one."""

from collections import OrderedDict
from itertools import islice

from chappe.errors import Errcode, Refused
from chappe.events.versions import ROOM_VERSIONS
from chappe.ids import RoomID, UserID
from chappe.rooms import relations, store
from chappe.rooms.room import Room
from chappe.rooms.store import Reads
from chappe.rooms.stored import StoredEvent
from chappe.stream import Transaction

MAX_RESIDENT_ROOMS = 4_000
"""Rooms kept ready for the next event; about 10 KB each."""
MAX_MEMBERS_IN_MEMORY = 50_000
"""Members that all resident rooms together remember, before the longest unused rooms are let go."""
MAX_BYTES_IN_MEMORY = 128 * 1024 * 1024
"""Size of the state and the memberships of all resident rooms as JSON, before the same happens."""
MAX_LOOKED_AT = 32
"""Rooms looked at in one go to find some that can be let go; the next go is soon."""


class Rooms:
    """Resident rooms, let go when unused; a room with queued units stays."""

    def __init__(self) -> None:
        self._resident: OrderedDict[RoomID, Room] = OrderedDict()
        self._drops = 0
        """Counts the rooms that left memory, so that whoever reads one notices if it came and went meanwhile."""
        self._held: dict[RoomID, tuple[int, int]] = {}
        """Members and bytes of each resident room, as counted when it was last left."""
        self._members = 0
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._resident)

    @property
    def size_bytes(self) -> int:
        """The state and the memberships of all resident rooms as JSON."""
        return self._bytes

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
            # While we waited for the lock it may have failed, or been let go of by a former unit.
            if self._resident.get(room_id) is room and not room.is_stale():
                break
            room.lock.release()
        room.forget_surplus_members()
        self._resident.move_to_end(room_id)
        tx.entered(_Entered(self, room))
        return room

    async def _load(self, tx: Reads, room_id: RoomID) -> Room:
        """The room, read from what is committed. What others loaded meanwhile, and built on, comes before it."""
        while True:
            drops = self._drops
            loaded = await self._read(tx, room_id)
            resident = self._resident.get(room_id)
            if resident is not None:
                return resident
            # Had it been loaded, extended and let go of while we read, what we read would be out of date.
            if drops == self._drops:
                self._resident[room_id] = loaded
                self.count(loaded)
                return loaded

    async def _read(self, tx: Reads, room_id: RoomID) -> Room:
        row = await store.room_row(tx, room_id)
        if row is None:
            raise Refused(Errcode.NOT_FOUND, "There is no such room here.")
        room = Room(room_id, ROOM_VERSIONS[row[0]])
        last = await store.last_event(tx, room_id)
        assert last is not None, "a room has its create event"
        room.joined, room.invited = row[1], row[2]
        room.last_event_id, room.depth, room.counted = last
        room.threaded = await relations.threaded_upto(tx, room_id)
        for stored in await store.state_without_members(tx, room_id):
            room.remember(stored.as_state(), stored.place, len(stored.client_json))
        return room

    def count(self, room: Room) -> None:
        """Note what a room holds now, and let go of others if all together hold too much."""
        if self._resident.get(room.room_id) is not room:
            return
        members, size = self._held.get(room.room_id, (0, 0))
        held = self._held[room.room_id] = (len(room.members), room.state_bytes + room.member_bytes)
        self._members += held[0] - members
        self._bytes += held[1] - size
        if self._is_too_much():
            self._evict(room)

    def _is_too_much(self) -> bool:
        return (
            len(self._resident) > MAX_RESIDENT_ROOMS
            or self._members > MAX_MEMBERS_IN_MEMORY
            or self._bytes > MAX_BYTES_IN_MEMORY
        )

    def _evict(self, in_use: Room) -> None:
        """Let go of the rooms unused for longest. A room in use or with queued units is passed over."""
        for room in list(islice(self._resident.values(), MAX_LOOKED_AT)):
            if room.pending == 0 and not room.lock.locked() and room is not in_use:
                self._drop(room)
                if not self._is_too_much():
                    return

    def _drop(self, room: Room) -> None:
        self._drops += 1
        del self._resident[room.room_id]
        members, size = self._held.pop(room.room_id, (0, 0))
        self._members -= members
        self._bytes -= size

    def forget(self, room: Room) -> None:
        """A copy that is no longer true leaves memory."""
        room.invalidate()
        if self._resident.get(room.room_id) is room:
            self._drop(room)


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
        self._rooms.count(self._room)

    def abandon(self) -> None:
        self._room.abandon()
        if self._room.create is None:
            self._rooms.forget(self._room)  # it was being made, and will not be
        self._rooms.count(self._room)


def _remember_member(room: Room, user_id: UserID, stored: StoredEvent | None) -> None:
    if stored is None:
        room.members[user_id] = None
    else:
        room.remember(stored.as_state(), stored.place, len(stored.client_json))


def not_in_room() -> Refused:
    """The same words whether the room exists or not."""
    return Refused(Errcode.FORBIDDEN, "You are not in this room.")
