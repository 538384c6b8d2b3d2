"""What is restricted, in memory: found without the database where nothing is, which is nearly everywhere.

Of each room that has any restriction what is restricted in it is loaded when it is asked for, and dropped when that
changes, before anybody is answered (`Transaction.after_commit`). What takes too much memory is asked for each time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import msgspec

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.ids import UserID
from chappe.restrictions import store
from chappe.restrictions.marks import Marks
from chappe.restrictions.restriction import HIDING, Kind, Measure, Restriction
from chappe.restrictions.store import Held
from chappe.restrictions.territories import Territories
from chappe.restrictions.told import withheld
from chappe.storage import Database
from chappe.stream import Place

MAX_ROOMS = 2_000
"""Rooms whose restrictions are in memory."""
MAX_SUBJECTS = 20_000
"""The same of people and media."""
MAX_HELD = 100_000
"""Restrictions of those rooms in memory, about 1 KB each; those of one room are there as a whole, or not at all."""
LOADED_AT_ONCE = 10_000

NONE: tuple[Held, ...] = ()


class OfRoom(msgspec.Struct, frozen=True):
    """What is restricted in one room."""

    whole: tuple[Held, ...]
    """What was imposed on the room itself."""
    events: dict[str, tuple[Held, ...]]
    """By event id."""
    places: dict[Place, Held]
    """The same by where each was imposed."""
    anew: Place
    """From where on clients are told the room anew, since what they know of it may be another; 0 if that never was."""

    @property
    def size(self) -> int:
        """How many restrictions these are."""
        return len(self.whole) + len(self.places)


class View:
    """What one viewer is kept from in one room, at one moment. Asked about every event, so that it asks nobody."""

    __slots__ = ("_now", "_of_room", "_territory", "anew", "closed_by")

    def __init__(self, of_room: OfRoom, territory: str | None, now: int) -> None:
        self._of_room = of_room
        self._territory = territory
        self._now = now
        self.anew = of_room.anew
        self.closed_by = self._first(of_room.whole, HIDING)
        """What keeps the viewer from the whole room, if anything does."""

    @property
    def shown(self) -> Restriction | None:
        """What is told of the whole room: by what it is closed or frozen, if it is."""
        found = self.closed_by or self._first(self._of_room.whole, _FROZEN)
        return found.restriction if found is not None else None

    @property
    def hides_any(self) -> bool:
        """Whether the viewer is kept from anything in the room."""
        return self.closed_by is not None or any(self.on(held) for held in self._of_room.places.values())

    def on_event(self, event_id: str) -> Held | None:
        """What keeps the viewer from an event, if anything does."""
        held = self._of_room.events.get(event_id)
        return self._first(held, HIDING) if held is not None else None

    def demotes(self, event_id: str) -> bool:
        """Whether an event is neither found nor notified of."""
        held = self._of_room.events.get(event_id)
        return held is not None and self._first(held, _DEMOTED) is not None

    def imposed_at(self, place: Place) -> Held | None:
        """The restriction of an event that was imposed at a place, if the viewer is kept from the event by it."""
        held = self._of_room.places.get(place)
        return held if held is not None and self.on(held) else None

    def on(self, held: Held) -> bool:
        """Whether a restriction keeps this viewer from something now."""
        r = held.restriction
        return r.measure in HIDING and held.holds_at(self._now) and r.holds_in(self._territory)

    def _first(self, held: Iterable[Held], measures: Iterable[Measure]) -> Held | None:
        for one in held:
            r = one.restriction
            if r.measure in measures and one.holds_at(self._now) and r.holds_in(self._territory):
                return one
        return None


_FROZEN = frozenset({Measure.FROZEN})
_DEMOTED = frozenset({Measure.DEMOTED})


class Restrictions:
    """What this process knows of restrictions. Everything that is read or done asks it."""

    def __init__(self, database: Database, clock: Clock, territories: Territories, base_url: str) -> None:
        self._database = database
        self._base_url = base_url
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

    async def view(self, room_id: str, viewer: UserID | None) -> View | None:
        """What the viewer is kept from in a room; None where nothing ever was restricted: nearly everywhere."""
        if room_id not in self._marks:
            return None
        return View(await self.of_room(room_id), await self._territories.of(viewer), self._clock.now_ms())

    def refusal(self, r: Restriction) -> Refused:
        """The refusal of a room or media that is restricted."""
        return withheld(r, self._base_url)

    async def require_open(self, room_id: str, viewer: UserID | None) -> None:
        """Refuse what is read of a room that is closed to the viewer."""
        if room_id in self._marks and (r := await self.on_room(room_id, viewer)) is not None:
            raise self.refusal(r)

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

    async def account_changes_at(self, user_id: UserID, now: int) -> int | None:
        """When what restricts an account begins or ends next; None if nothing does by itself."""
        if user_id not in self._marks:
            return None
        held = await self.of_account(user_id)
        edges = [
            edge for one in held for edge in (one.begins, one.restriction.until) if edge is not None and edge > now
        ]
        return min(edges, default=None)

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
        for one in held:
            r = one.restriction
            if r.measure not in measures or not one.holds_at(self._clock.now_ms()):
                continue
            if not r.territories or r.holds_in(await self._territories.of(viewer)):
                return r
        return None

    # What is known of a room, an event, an account

    async def of_room(self, room_id: str) -> OfRoom:
        """All that is restricted in a room, ended or not."""
        known = self._rooms.get(room_id)
        if known is not None:
            self._rooms.move_to_end(room_id)
            return known
        changes = self._changes
        whole = await store.of_room(self._database, room_id, Kind.ROOM)
        of_events = await store.of_room(self._database, room_id, Kind.EVENT)
        places = {held.place: held for held in of_events}
        found = OfRoom(tuple(whole), _by_subject(of_events), places, await store.anew_at(self._database, room_id))
        if changes == self._changes and room_id not in self._rooms:
            self._rooms[room_id] = found
            self._held += found.size
            while len(self._rooms) > MAX_ROOMS or (self._held > MAX_HELD and len(self._rooms) > 1):
                self._drop_room(next(iter(self._rooms)))
        return found

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
