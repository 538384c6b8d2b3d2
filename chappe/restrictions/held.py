"""What is restricted, in memory: found without the database where nothing is, which is nearly everywhere.

Of each room that has any restriction what is restricted in it is loaded when it is asked for, and dropped when that
changes, before anybody is answered (`Transaction.after_commit`). What takes too much memory is asked for each time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import msgspec

from chappe.clock import Clock
from chappe.ids import UserID
from chappe.restrictions import store
from chappe.restrictions.marks import Marks
from chappe.restrictions.restriction import HIDING, Kind, Measure, Restriction
from chappe.restrictions.store import Held
from chappe.restrictions.territories import Territories
from chappe.storage import Database
from chappe.stream import Place

MAX_ROOMS = 2_000
"""Rooms whose restrictions are in memory."""
MAX_SUBJECTS = 20_000
"""The same of people and media."""
MAX_OF_A_ROOM = 5_000
"""Restricted events of a room that are in memory; of a room with more they are looked up as they are read."""
MAX_HELD = 200_000
"""Restrictions in memory, in all: about 1 KB each."""
LOADED_AT_ONCE = 10_000

NONE: tuple[Held, ...] = ()


class OfRoom(msgspec.Struct, frozen=True):
    """What is restricted in one room."""

    whole: tuple[Held, ...]
    """What was imposed on the room itself."""
    events: dict[str, tuple[Held, ...]] | None
    """By event id; None where there are too many to keep."""
    changed: Place
    """Where any of it changed last."""

    @property
    def size(self) -> int:
        """How many restrictions these are."""
        return len(self.whole) + sum(len(held) for held in (self.events or {}).values())


class Restrictions:
    """What this process knows of restrictions. Everything that is read or done asks it."""

    def __init__(self, database: Database, clock: Clock, territories: Territories) -> None:
        self._database = database
        self._clock = clock
        self._territories = territories
        self._marks = Marks()
        self._rooms: OrderedDict[str, OfRoom] = OrderedDict()
        self._subjects: OrderedDict[tuple[Kind, str], tuple[Held, ...]] = OrderedDict()
        self._held = 0
        self._changes = 0
        """Counts what was imposed and lifted: what was read meanwhile may be out of date and is not kept."""

    async def begin(self) -> None:
        """Read which rooms, people and media have restrictions at all, before anybody is answered."""
        after = ""
        while rooms := await store.rooms_after(self._database, after, LOADED_AT_ONCE):
            for after in rooms:
                self._marks.add(after)
        last: tuple[object, ...] = ("", "", "", "")
        while found := await store.subjects_after(self._database, last, LOADED_AT_ONCE):
            for last in found:
                self._marks.add(str(last[1]))

    # What others ask

    def concerns(self, room_id: str) -> bool:
        """Whether anything may be restricted in a room: nearly never, and at once."""
        return room_id in self._marks

    async def on_room(self, room_id: str, viewer: UserID | None) -> Restriction | None:
        """By what a room is closed to a viewer, for all that is read of it; None where it is not."""
        if room_id not in self._marks:
            return None
        return await self.first((await self.of_room(room_id)).whole, viewer, HIDING)

    async def forbids_writing(self, room_id: str, sender: UserID) -> Restriction | None:
        """By what somebody may not write in a room; None where they may."""
        if room_id not in self._marks:
            return None
        return await self.first((await self.of_room(room_id)).whole, sender, HIDING | {Measure.FROZEN})

    async def is_listed(self, room_id: str, viewer: UserID | None) -> bool:
        """Whether a room may stand in a directory or a space."""
        if room_id not in self._marks:
            return True
        whole = (await self.of_room(room_id)).whole
        return await self.first(whole, viewer, HIDING | {Measure.DELISTED}) is None

    async def on_account(self, user_id: UserID, measures: Iterable[Measure]) -> Restriction | None:
        """The first of the measures that is on an account now; None where there is none."""
        for measure in measures if user_id in self._marks else ():
            found = await self.first(await self.of_account(user_id), None, (measure,))
            if found is not None:
                return found
        return None

    async def on_media(self, mxc: str, sha256: str, viewer: UserID | None) -> Restriction | None:
        """By what media is blocked for a viewer, by its address or by the hash of its bytes; None where it is not."""
        if mxc not in self._marks and sha256 not in self._marks:
            return None
        held = await self._of_subject(Kind.MEDIA, mxc) + await self._of_subject(Kind.MEDIA, sha256)
        return await self.first(held, viewer, HIDING)

    async def first(
        self, held: Sequence[Held], viewer: UserID | None, measures: Iterable[Measure]
    ) -> Restriction | None:
        """The first with one of the measures that holds now for the viewer, whose country is asked for if need be."""
        found = await self.first_held(held, viewer, measures)
        return found.restriction if found is not None else None

    async def first_held(self, held: Sequence[Held], viewer: UserID | None, measures: Iterable[Measure]) -> Held | None:
        """The same, with the place at which it was imposed."""
        now: int | None = None
        for one in held:
            r = one.restriction
            if r.measure not in measures:
                continue
            now = self._clock.now_ms() if now is None else now
            if r.holds_at(now) and (not r.territories or r.holds_in(await self._territories.of(viewer))):
                return one
        return None

    # What is known of a room, an event, an account

    async def of_room(self, room_id: str) -> OfRoom:
        """All that is restricted in a room, ended or not."""
        known = self._rooms.get(room_id)
        if known is not None:
            self._rooms.move_to_end(room_id)
            return known
        changes = self._changes
        whole = await store.of_room(self._database, room_id, Kind.ROOM, MAX_OF_A_ROOM)
        of_events = await store.of_room(self._database, room_id, Kind.EVENT, MAX_OF_A_ROOM + 1)
        changed = await store.changed_at(self._database, room_id)
        events = _by_subject(of_events) if len(of_events) <= MAX_OF_A_ROOM else None
        found = OfRoom(tuple(whole), events, changed)
        if changes == self._changes and room_id not in self._rooms:
            self._rooms[room_id] = found
            self._held += found.size
            while len(self._rooms) > MAX_ROOMS or (self._held > MAX_HELD and len(self._rooms) > 1):
                self._drop_room(next(iter(self._rooms)))
        return found

    async def of_events(self, room_id: str, event_ids: Sequence[str]) -> dict[str, tuple[Held, ...]]:
        """What was imposed on events of a room; of some of them, or more."""
        known = (await self.of_room(room_id)).events
        if known is not None:
            return known
        return _by_subject(await store.of_events(self._database, room_id, event_ids))

    async def of_account(self, user_id: UserID) -> tuple[Held, ...]:
        """What was imposed on an account, ended or not."""
        return await self._of_subject(Kind.ACCOUNT, user_id) if user_id in self._marks else NONE

    async def _of_subject(self, kind: Kind, subject: str) -> tuple[Held, ...]:
        known = self._subjects.get((kind, subject))
        if known is not None:
            self._subjects.move_to_end((kind, subject))
            return known
        changes = self._changes
        found = tuple(await store.of_subject(self._database, kind, subject))
        if changes == self._changes:
            self._subjects[kind, subject] = found
            if len(self._subjects) > MAX_SUBJECTS:
                self._subjects.popitem(last=False)
        return found

    # What changes

    def changed(self, r: Restriction) -> None:
        """A restriction was imposed or lifted, and that is durable."""
        self._changes += 1
        self._marks.add(r.room_id or r.subject)
        if r.room_id:
            self._drop_room(r.room_id)
        else:
            self._subjects.pop((r.kind, r.subject), None)

    def _drop_room(self, room_id: str) -> None:
        dropped = self._rooms.pop(room_id, None)
        if dropped is not None:
            self._held -= dropped.size

    # What gauges tell

    @property
    def rooms_loaded(self) -> int:
        """Rooms whose restrictions are in memory."""
        return len(self._rooms)

    @property
    def held(self) -> int:
        """Restrictions of rooms in memory."""
        return self._held

    @property
    def marked(self) -> int:
        """About how many rooms, people and media have restrictions, or had some since the start."""
        return self._marks.count


def _by_subject(held: Sequence[Held]) -> dict[str, tuple[Held, ...]]:
    by_subject: dict[str, tuple[Held, ...]] = {}
    for one in held:
        by_subject[one.restriction.subject] = (*by_subject.get(one.restriction.subject, ()), one)
    return by_subject
