"""A room in memory: what the next event builds on.

This is the room's *tip*: everything queued, also what is not yet durable. Readers never look here; they
see what is committed. Ordinary members are loaded when needed, so that a room of a hundred thousand
costs what a room of two does.
"""

import asyncio
from collections.abc import Callable

import msgspec

from chappe.events.event import Event
from chappe.events.state import StateEvent
from chappe.events.versions import RoomVersion
from chappe.ids import EventID, RoomID, UserID
from chappe.storage import FuturePlace, Superseded

MEMBER = "m.room.member"
MAX_MEMBERS = 10_000
"""Memberships a room remembers; beyond, it forgets those that can be read again."""
MAX_MEMBER_BYTES = 16 * 1024 * 1024
"""The same in bytes of their events."""


class Room:
    """One room's tip. Entered by one unit at a time; an `AuthState` for the rules."""

    def __init__(self, room_id: RoomID, version: RoomVersion) -> None:
        self.key = room_id
        self.room_id = room_id
        self.version = version
        self.state: dict[tuple[str, str], StateEvent] = {}
        self.members: dict[UserID, StateEvent | None] = {}
        """Those looked at so far; None for someone who never had a membership."""
        self.state_places: dict[tuple[str, str], FuturePlace | int] = {}
        """Where the current state events are, for `replaces`."""
        self.state_bytes = 0
        """Size of the state but for memberships, as clients are shown it."""
        self.member_bytes = 0
        """Size of the memberships looked at so far."""
        self._sizes: dict[tuple[str, str], int] = {}
        self._unsettled: set[UserID] = set()
        """Those whose membership was changed here by units that may not be durable yet."""
        self.last_event_id: EventID | None = None
        self.last_place: FuturePlace | None = None
        """Where the event appended last will be; None while nothing was appended since the room was loaded."""
        self.depth = 0
        self.counted = 0
        self.threaded = 0
        """How many of the counted events are in threads."""
        self.joined = 0
        self.invited = 0
        self.pending = 0
        """Units queued and not yet settled. A room with pending units stays in memory."""
        self.lock = asyncio.Lock()
        self._stale = False
        self._undo: list[Callable[[], None]] = []
        self._sent: dict[bytes, tuple[EventID, asyncio.Future[None]]] = {}

    # What the rules read (`AuthState`)

    @property
    def create(self) -> StateEvent | None:
        """The m.room.create event."""
        return self.state.get(("m.room.create", ""))

    def get(self, type: str, state_key: str) -> StateEvent | None:
        """The state at the tip. A member must have been loaded before: `Rooms.know`."""
        if type == MEMBER:
            return self.members[UserID(state_key)]
        return self.state.get((type, state_key))

    def membership(self, user_id: UserID) -> str:
        """join, invite, leave, ban or knock; "leave" for a stranger."""
        member = self.members[user_id]
        return str(member.content.get("membership", "leave")) if member is not None else "leave"

    # What was read from the database

    def remember(self, state_event: StateEvent, place: int, size: int) -> None:
        """A state event or a membership as committed; `size` in bytes, as clients are shown it."""
        key = (state_event.type, state_event.state_key)
        if state_event.type == MEMBER:
            self.members[UserID(state_event.state_key)] = state_event
        else:
            self.state[key] = state_event
        self.state_places[key] = place
        self._resize(key, size)

    def size_of(self, type: str, state_key: str) -> int:
        """The size of a state event in bytes, as clients are shown it; 0 if there is none."""
        return self._sizes.get((type, state_key), 0)

    def forget_surplus_members(self) -> None:
        """When there are too many, forget memberships that stand in the database just so: who needs one reads it again.

        Only right after entering: an act relies on those it has looked at.
        """
        if len(self.members) <= MAX_MEMBERS and self.member_bytes <= MAX_MEMBER_BYTES:
            return
        if self.pending == 0:
            self._unsettled.clear()
        for user_id in [one for one in self.members if one not in self._unsettled]:
            key = (MEMBER, user_id)
            del self.members[user_id]
            self.state_places.pop(key, None)
            self.member_bytes -= self._sizes.pop(key, 0)

    # What a unit does with it (`Entered`)

    def is_stale(self) -> bool:
        """Whether something queued here did not hold, so that this copy is no longer true."""
        return self._stale

    def leave(self) -> None:
        """The unit is queued: what it did stays."""
        self._undo.clear()
        self.lock.release()

    def abandon(self) -> None:
        """The act refused: take back what it did."""
        while self._undo:
            self._undo.pop()()
        self.lock.release()

    def invalidate(self) -> None:
        """A queued unit failed. Whoever comes next loads the room anew."""
        self._stale = True
        for _, durable in self._sent.values():
            if not durable.done():
                durable.set_exception(Superseded())
                durable.exception()  # looked at, whether or not somebody waits
        self._sent.clear()

    def apply(self, event: Event, place: FuturePlace, counted: int) -> None:
        """Make `event` the tip. Undone if the act refuses after all."""
        before = (self.last_event_id, self.depth, self.counted, self.joined, self.invited)
        self._undo.append(lambda: self._restore(before))
        self.last_event_id, self.depth, self.counted = event.event_id, event.depth, counted
        self.last_place = place
        self.pending += 1
        if event.state_key is None:
            return
        state_event = StateEvent(event.event_id, event.type, event.state_key, event.sender, event.content)
        key = (event.type, event.state_key)
        if event.type == MEMBER:
            user_id = UserID(event.state_key)
            old = self.members.get(user_id)
            self._count(old, -1)
            self._count(state_event, +1)
            self._put(self.members, user_id, state_event)
            self._unsettled.add(user_id)
        else:
            self._put(self.state, key, state_event)
        self._put(self.state_places, key, place)
        self._put_size(key, len(event.client_json))

    def redact(self, type: str, state_key: str, event_id: EventID, content: dict[str, object], size: int) -> None:
        """A state event keeps only `content`, if it is the tip's still. Undone if the act refuses after all.

        `size` is what is left of it, in bytes, as clients are shown it.

        A member must have been loaded before: `Rooms.know`.
        """
        current = self.get(type, state_key)
        if current is None or current.event_id != event_id:
            return
        left = msgspec.structs.replace(current, content=content)
        if type == MEMBER:
            self._put(self.members, UserID(state_key), left)
            self._unsettled.add(UserID(state_key))
        else:
            self._put(self.state, (type, state_key), left)
        self._put_size((type, state_key), size)

    def count_threaded(self, by: int) -> None:
        """An event in a thread notifies. Undone if the act refuses after all."""
        before = self.threaded
        self._undo.append(lambda: setattr(self, "threaded", before))
        self.threaded += by

    def _count(self, member: StateEvent | None, by: int) -> None:
        membership = member.content.get("membership") if member is not None else None
        self.joined += by * (membership == "join")
        self.invited += by * (membership == "invite")

    def _restore(self, before: tuple[EventID | None, int, int, int, int]) -> None:
        self.last_event_id, self.depth, self.counted, self.joined, self.invited = before
        self.pending -= 1

    def _put_size(self, key: tuple[str, str], size: int) -> None:
        before = self._sizes.get(key, 0)
        self._undo.append(lambda: self._resize(key, before))
        self._resize(key, size)

    def _resize(self, key: tuple[str, str], size: int) -> None:
        grown = size - self._sizes.get(key, 0)
        self._sizes[key] = size
        if key[0] == MEMBER:
            self.member_bytes += grown
        else:
            self.state_bytes += grown

    def _put(self, table: dict, key: object, value: object) -> None:  # type: ignore[type-arg]
        missing = key not in table
        old = table.get(key)
        self._undo.append(lambda: table.pop(key) if missing else table.__setitem__(key, old))
        table[key] = value

    # Repeats of a request that is queued and not yet durable

    def sent_and_queued(self, repeat_key: bytes) -> "tuple[EventID, asyncio.Future[None]] | None":
        """The event a former request with the same transaction ID queued, and when it is durable."""
        return self._sent.get(repeat_key)

    def remember_sent(self, repeat_key: bytes, event_id: EventID) -> Callable[[], None]:
        """Note a queued request. Returns what is to be called once it is durable."""
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent[repeat_key] = (event_id, durable)
        self._undo.append(lambda: self._forget_sent(repeat_key))

        def settled() -> None:
            self._forget_sent(repeat_key)
            if not durable.done():
                durable.set_result(None)

        return settled

    def _forget_sent(self, repeat_key: bytes) -> None:
        self._sent.pop(repeat_key, None)
