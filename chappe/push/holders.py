"""Who has a pusher, or rules about single events, and in which rooms they are: so that an event costs nothing where
nobody has one."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from chappe.ids import RoomID, UserID
from chappe.push import store
from chappe.rooms import joined_rooms
from chappe.storage import Database

MAX_ROOMS = 50_000
"""Rooms whose holders are remembered, most of them with none; those of another are looked up once more."""
MAX_IN_ROOMS = 1_000_000
"""Holders of all remembered rooms together."""


class Kind(NamedTuple):
    """How some people are found: all of them, one, and those in a room."""

    everybody: Callable[[Database], Awaitable[list[UserID]]]
    is_one: Callable[[Database, UserID], Awaitable[bool]]
    in_room: Callable[[Database, RoomID], Awaitable[list[UserID]]]


class Holders:
    """The holders of pushers. Kept by the one reader that asks for them, in the order of the log."""

    KIND = Kind(store.holders, store.is_holder, store.holders_in)

    def __init__(self, database: Database) -> None:
        self._database = database
        self._all: set[UserID] | None = None
        self._rooms: OrderedDict[RoomID, set[UserID]] = OrderedDict()
        self._held = 0
        self._changed: set[UserID] = set()

    def changed(self, user_id: UserID) -> None:
        """Somebody may have got their first pusher, or lost their last."""
        self._changed.add(user_id)

    async def refresh(self) -> None:
        """Take in what has changed. Who joins a room after that is told by `moved`."""
        if self._all is None:
            self._changed.clear()
            self._all = set(await self.KIND.everybody(self._database))
        while self._changed:
            user_id = self._changed.pop()
            if not await self.KIND.is_one(self._database, user_id):
                self._all.discard(user_id)
            elif user_id not in self._all:
                self._all.add(user_id)
                for room_id in await joined_rooms(self._database, user_id):
                    if room_id in self._rooms:
                        self._add(room_id, user_id)

    def has(self, user_id: str) -> bool:
        """Whether somebody has a pusher."""
        return self._all is not None and user_id in self._all

    @property
    def are_none(self) -> bool:
        """Whether nobody has a pusher."""
        return not self._all

    async def in_room(self, room_id: RoomID) -> list[UserID]:
        """The members of a room who have a pusher. Proportional to members when the room is not remembered."""
        found = self._rooms.get(room_id)
        if found is None:
            found = self._rooms[room_id] = set(await self.KIND.in_room(self._database, room_id))
            self._held += len(found)
            self._evict()
        self._rooms.move_to_end(room_id)
        return [user_id for user_id in found if self.has(user_id)]

    def moved(self, room_id: RoomID, user_id: UserID, membership: object) -> None:
        """A membership has changed."""
        if room_id not in self._rooms:
            return
        if membership == "join" and self.has(user_id):
            self._add(room_id, user_id)
        elif membership != "join" and user_id in self._rooms[room_id]:
            self._rooms[room_id].discard(user_id)
            self._held -= 1

    def _add(self, room_id: RoomID, user_id: UserID) -> None:
        if user_id not in self._rooms[room_id]:
            self._rooms[room_id].add(user_id)
            self._held += 1

    def _evict(self) -> None:
        while len(self._rooms) > MAX_ROOMS or (self._held > MAX_IN_ROOMS and len(self._rooms) > 1):
            _, gone = self._rooms.popitem(last=False)
            self._held -= len(gone)


class Watchers(Holders):
    """The same of people with rules about single events."""

    KIND = Kind(store.watchers, store.is_watcher, store.watchers_in)
