"""Who is typing where. In memory only: nothing of it is stored, and a restart forgets it.

Client-Server API v1.19, "Typing Notifications".
"""

import asyncio
from collections import OrderedDict

from chappe.ids import RoomID, UserID
from chappe.stream import Log

MAX_TIMEOUT_MS = 120_000
"""How long one request may say that somebody types."""
MAX_ROOMS = 10_000
"""Rooms in which somebody types. In further ones typing is not shown until there are fewer."""
MAX_USERS = 100
"""People shown as typing in one room."""
MAX_CHANGED = 20_000
"""Rooms whose last change is remembered, for those who were away meanwhile."""


class _Typists:
    """Those who type in one room, and when each stops by themselves (loop time, seconds)."""

    __slots__ = ("timer", "until")

    def __init__(self) -> None:
        self.until: dict[UserID, float] = {}
        self.timer: asyncio.TimerHandle | None = None


class Typing:
    """Who types, for everyone who watches a room. Changes are counted by `Log.ephemeral`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._rooms: dict[RoomID, _Typists] = {}
        self._changed: OrderedDict[RoomID, int] = OrderedDict()

    def set(self, room_id: RoomID, user_id: UserID, timeout_ms: int | None) -> None:
        """The user types for so long, unless they say otherwise; None when they stopped."""
        typists = self._rooms.get(room_id)
        if timeout_ms is None or timeout_ms <= 0:
            if typists is not None and typists.until.pop(user_id, None) is not None:
                self._settle(room_id, typists, changed=True)
            return
        if typists is None:
            if len(self._rooms) >= MAX_ROOMS:
                return
            typists = self._rooms[room_id] = _Typists()
        is_new = user_id not in typists.until
        if is_new and len(typists.until) >= MAX_USERS:
            return
        typists.until[user_id] = asyncio.get_running_loop().time() + min(timeout_ms, MAX_TIMEOUT_MS) / 1000
        self._settle(room_id, typists, changed=is_new)

    def users(self, room_id: RoomID) -> list[UserID]:
        """Who types in the room, in the order in which they began."""
        typists = self._rooms.get(room_id)
        return list(typists.until) if typists is not None else []

    def changed_at(self, room_id: RoomID) -> int:
        """The count of the room's last change; 0 if there was none that is remembered."""
        return self._changed.get(room_id, 0)

    @property
    def changed_upto(self) -> int:
        """The count of the last change anywhere; 0 if there was none."""
        return next(reversed(self._changed.values()), 0)

    def changed_rooms(self, since: int) -> list[RoomID]:
        """The rooms that changed after a count."""
        rooms: list[RoomID] = []
        for room_id, changed_at in reversed(self._changed.items()):
            if changed_at <= since:
                break
            rooms.append(room_id)
        return rooms

    def _settle(self, room_id: RoomID, typists: _Typists, *, changed: bool) -> None:
        """Set the timer for the next one who stops, and tell who watches."""
        if typists.timer is not None:
            typists.timer.cancel()
            typists.timer = None
        if typists.until:
            loop = asyncio.get_running_loop()
            typists.timer = loop.call_at(min(typists.until.values()), self._expire, room_id)
        else:
            del self._rooms[room_id]
        if changed:
            # The count is noted first: whoever is woken looks at once.
            self._changed[room_id] = self._log.ephemeral + 1
            self._changed.move_to_end(room_id)
            if len(self._changed) > MAX_CHANGED:
                self._changed.popitem(last=False)
            self._log.touch(room_id)

    def _expire(self, room_id: RoomID) -> None:
        typists = self._rooms[room_id]
        now = asyncio.get_running_loop().time()
        over = [user_id for user_id, until in typists.until.items() if until <= now]
        for user_id in over:
            del typists.until[user_id]
        self._settle(room_id, typists, changed=bool(over))
