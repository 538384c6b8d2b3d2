"""What of a room a person may see. Every read path takes events through here.

Client-Server API v1.19, "Room History Visibility". The rules are in `events/visibility.py`; here is what
they need of the room's past: how its visibility changed, and how the viewer's membership did. What people have erased
with their account is seen as it was by those who were there, and by others without its content; what is restricted is
seen as a placeholder by those it is restricted for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.visibility import DEFAULT_VISIBILITY, visibility_in, visible_across
from chappe.ids import EventID, RoomID, UserID
from chappe.restrictions import Restrictions
from chappe.rooms import Erasures, Placeholders, StoredEvent, erasures_among, placeholders_in, reading, room_of
from chappe.stream import Place
from chappe.timeline import store
from chappe.timeline.ignoring import NOBODY, Ignores

_NEVER = Place(-1)


class Viewer(msgspec.Struct, frozen=True):
    """Who reads. `device_id` finds the reader's own transaction IDs."""

    user_id: UserID
    device_id: str | None = None


class Withholding:
    """What is held back from a viewer of what history visibility allows: what is restricted for them, and what those
    say whom they ignore. `ignores` knows whom."""

    def __init__(self, restrictions: Restrictions | None = None, ignores: Ignores | None = None) -> None:
        self.restrictions = restrictions
        self._ignores = ignores

    async def ignored_by(self, viewer: Viewer) -> frozenset[UserID]:
        """Those whose events are withheld from the viewer, but for state."""
        return await self._ignores.ignored_by(viewer.user_id) if self._ignores is not None else NOBODY

    def concerns(self, room_id: RoomID) -> bool:
        """Whether anything may be restricted in the room: then what is told of it is no longer the same for all."""
        return self.restrictions is not None and self.restrictions.concerns(room_id)

    async def in_room(self, reads: reading.Reads, room_id: RoomID, viewer: Viewer) -> Placeholders | None:
        """What is restricted for the viewer in a room; None where nothing ever was."""
        if self.restrictions is None or not self.restrictions.concerns(room_id):
            return None
        return await placeholders_in(reads, self.restrictions, room_id, viewer.user_id)

    def but_ignored(self) -> "Withholding":
        """The same for someone who has seen what ignored people say: before they ignored them."""
        return Withholding(self.restrictions)


class Sight:
    """One viewer's view of one room's past: the changes of visibility and of the viewer's membership, by place."""

    def __init__(
        self,
        visibilities: list[tuple[Place, str]],
        memberships: list[tuple[Place, str]],
        erasures: Erasures | None = None,
        placeholders: Placeholders | None = None,
    ) -> None:
        self._erasures = erasures
        self._placeholders = placeholders
        self._visible_from = [place for place, _ in visibilities]
        self._visibilities = [DEFAULT_VISIBILITY, *(visibility for _, visibility in visibilities)]
        self._member_from = [place for place, _ in memberships]
        self._memberships = ["leave", *(membership for _, membership in memberships)]
        joins = [place for place, membership in memberships if membership == "join"]
        self._last_join = max(joins, default=_NEVER)

    def membership_at(self, place: Place) -> str:
        """The viewer's membership once the event at `place` holds."""
        return self._memberships[bisect_right(self._member_from, place)]

    def membership_throughout(self, events: Sequence[StoredEvent]) -> str | None:
        """The viewer's membership at all of these events, if it was the same all along; None if it changed."""
        if not events:
            return None
        places = [event.place for event in events]
        first = bisect_right(self._member_from, min(places))
        return self._memberships[first] if first == bisect_right(self._member_from, max(places)) else None

    def membership_now(self) -> str:
        """The viewer's membership as committed."""
        return self._memberships[-1]

    def sees(self, place: Place) -> bool:
        """Whether the viewer may see the event at `place`.

        An event that changes visibility or the viewer's membership is judged by before and after, the more
        permissive one.
        """
        if self.membership_at(place) == "join":
            return True  # rule 2, which holds whatever the visibility is: nearly every event that is asked about
        visibilities = self._around(self._visible_from, self._visibilities, place)
        memberships = self._around(self._member_from, self._memberships, place)
        return visible_across(visibilities, memberships, joined_later=self._last_join > place)

    @property
    def alters(self) -> bool:
        """Whether some of the room's events may look different to the viewer: erased or restricted."""
        return self._erasures is not None or self._placeholders is not None

    def restricts(self, event: StoredEvent) -> bool:
        """Whether the viewer is given a placeholder instead of an event."""
        return self._placeholders is not None and self._placeholders.told(event).restricted is not None

    def leaves_out(self, event: StoredEvent) -> bool:
        """Whether the viewer is not told of an event at all: of a restriction that is none for them."""
        return self._placeholders is not None and self._placeholders.leaves_out(event)

    def erases(self, event: StoredEvent) -> bool:
        """Whether the viewer is served a redacted copy: the sender erased what they said, when the viewer was not in.

        Client-Server API v1.19, "POST /account/deactivate", `erase`.
        """
        if self._erasures is None or self.membership_at(event.place) == "join":
            return False
        return self._erasures.cover(event)

    def told(self, event: StoredEvent, held_at: Place | None = None) -> StoredEvent:
        """The event as the viewer is told it: itself, a placeholder, or a redacted copy. A state event that was the
        room's state at `held_at` the viewer saw if they were in the room then."""
        if self._placeholders is not None:
            event = self._placeholders.told(event)
            if event.restricted is not None:
                return event
        if not self.erases(event) or (held_at is not None and self.membership_at(held_at) == "join"):
            return event
        assert self._erasures is not None
        return self._erasures.copy(event)

    def stretches(self, after: Place, upto: Place) -> list[tuple[Place, Place]]:
        """The parts (after, upto] of that range that the viewer may see, oldest first, as long as they can be.

        Between two changes of visibility or membership everything is seen, or nothing. So whole years of
        events are passed over without looking at one.
        """
        edges = sorted({at for at in (*self._visible_from, *self._member_from) if after < at <= upto})
        pieces: list[tuple[Place, Place]] = []
        for edge in edges:
            pieces += ((after, Place(edge - 1)), (Place(edge - 1), edge))
            after = edge
        pieces.append((after, upto))
        seen: list[tuple[Place, Place]] = []
        for start, end in pieces:
            if start < end and self.sees(Place(start + 1)):
                if seen and seen[-1][1] == start:
                    start = seen.pop()[0]
                seen.append((start, end))
        return seen

    def sees_all_after(self, place: Place) -> bool:
        """Whether the viewer may see everything behind a place, also what is still to come."""
        return self.stretches(place, reading.EVERYTHING) == [(place, reading.EVERYTHING)]

    @staticmethod
    def _around(starts: list[Place], values: list[str], place: Place) -> set[str]:
        return {values[bisect_left(starts, place)], values[bisect_right(starts, place)]}


class Past(NamedTuple):
    """What of a room's past is the same for all who look at it."""

    visibilities: list[tuple[Place, str]]
    """How its history visibility changed."""
    erasures: Erasures | None
    """Who has erased what they said in it, if anybody has."""


async def past_of(reads: reading.Reads, room_id: RoomID) -> Past:
    """The room's past, for `sight_of` where many look."""
    places, erased = await store.visibilities_and_erased(reads, room_id)
    changes = await reading.events_at(reads, places)
    erasures = await erasures_among(reads, room_id, erased) if erased else None
    return Past([(one.place, visibility_in(one.content)) for one in changes], erasures)


async def sight_of(
    reads: reading.Reads, room_id: RoomID, viewer: Viewer, withholding: Withholding, past: Past | None = None
) -> Sight:
    """How the viewer sees the room's past: like a stranger once they left and forgot it."""
    memberships = await reading.member_history(reads, room_id, viewer.user_id)
    if memberships and memberships[-1][1] in ("leave", "ban"):
        own = await room_of(reads, viewer.user_id, room_id)
        if own is not None and own.forgotten:
            memberships = []
    if past is None:
        past = await past_of(reads, room_id)
    placeholders = await withholding.in_room(reads, room_id, viewer)
    return Sight(past.visibilities, memberships, past.erasures, placeholders)


async def visible(
    reads: reading.Reads, events: Sequence[StoredEvent], viewer: Viewer, sight: Sight, withholding: Withholding
) -> list[StoredEvent]:
    """Those of a room's events that the viewer may see, in the same order; redacted copies of what was erased, and
    placeholders of what is restricted."""
    seen = list(events)
    if sight.membership_throughout(events) != "join":
        seen = [event for event in events if sight.sees(event.place)]
    if sight.alters:
        seen = [sight.told(event) for event in seen if not sight.leaves_out(event)]
    if ignored := await withholding.ignored_by(viewer):
        seen = [event for event in seen if event.state_key is not None or event.sender not in ignored]
    return seen


async def require_sight(reads: reading.Reads, room_id: RoomID, viewer: Viewer, withholding: Withholding) -> Sight:
    """The viewer's view of a room of whose past they may see anything at all; refused with FORBIDDEN otherwise, and
    with what is told of the restriction where the room is closed to them.

    Someone invited is refused as well where invited people see nothing yet. A stranger is told the same
    about a room that does not exist.
    """
    sight = await sight_of(reads, room_id, viewer, withholding)
    if not sight.stretches(_NEVER, reading.EVERYTHING):
        raise Refused(Errcode.FORBIDDEN, "You are not in this room, and may not look into it.")
    await _require_open(room_id, viewer, withholding)
    return sight


async def _require_open(room_id: RoomID, viewer: Viewer, withholding: Withholding) -> None:
    if withholding.restrictions is not None:
        await withholding.restrictions.require_open(room_id, viewer.user_id)


async def require_visible(
    reads: reading.Reads, room_id: RoomID, event_id: EventID, viewer: Viewer, sight: Sight, withholding: Withholding
) -> StoredEvent:
    """One event of the room; refused with NOT_FOUND if there is none that the viewer may see."""
    event = await reading.event_by_id(reads, event_id)
    if event is not None and event.room_id == room_id:
        for seen in await visible(reads, [event], viewer, sight, withholding):
            await _require_open(room_id, viewer, withholding)
            return seen
    raise Refused(Errcode.NOT_FOUND, "There is no such event in this room, or you may not see it.")
