"""The reader "counts": looks at each event for those in its room who have rules of their own about single events.

Client-Server API v1.19, "Receiving notifications": unread counts are of the events that a person's rules notify of.
Everybody's are counted by default rules when an event is sent; where somebody's own rules say otherwise, this reader
notes it a moment later. Sending knows nothing of it. Its work is proportional to the members with such rules.
"""

import asyncio
import time

from chappe.ids import RoomID, UserID
from chappe.push import store
from chappe.push.decide import Actions, Decider, tweaks_of
from chappe.push.deciders import Deciders
from chappe.push.holders import Watchers
from chappe.push.look import Look
from chappe.push.looking import look_at, name_of
from chappe.push.mutes import Mutes
from chappe.push.ruleset import UNCHANGED
from chappe.resources import Resources
from chappe.rooms import StoredEvent
from chappe.rooms.own_counts import note_own_counts
from chappe.storage import Database
from chappe.stream import Bus, Command, Log, Place, Reader, Shard, Writer, place
from chappe.timeline.visible import Viewer, Withholding, sight_of, visible

EVENTS_AT_ONCE = 200
STRETCH_SECONDS = 0.004
"""After so long of asking rules others have the loop."""

MEMBER = "m.room.member"

Told = tuple[UserID, Place, int, int]
"""For whom which event counts how much more than for others: as a notification, and as a highlight."""


class Counting:
    """Follows the events of all rooms."""

    def __init__(
        self, database: Database, bus: Bus, withholding: Withholding, watchers: Watchers, deciders: Deciders
    ) -> None:
        self._database = database
        self._bus = bus
        self._withholding = withholding
        self._watchers = watchers
        self._deciders = deciders
        self._began = 0.0

    async def handle(self, shard: Shard, after: int, upto: int) -> None:
        """Deal with what happened in a shard in (after, upto]."""
        await self._watchers.refresh()
        if self._watchers.are_none:
            return
        start, end = place(shard, after), place(shard, upto)
        while events := await store.events_of_shard(self._database, start, end, EVENTS_AT_ONCE):
            start = events[-1].place
            found: list[Told] = []
            for event in events:
                if event.type == MEMBER and event.state_key is not None:
                    self._watchers.moved(event.room_id, UserID(event.state_key), event.content.get("membership"))
                found += await self._counts(event)
            if found:
                await self._bus.call(shard, Command(note_own_counts, None, (found,)))

    async def _counts(self, event: StoredEvent) -> list[Told]:
        people = [one for one in await self._watchers.in_room(event.room_id) if one != event.sender]
        if not people:
            return []
        look = await look_at(self._database, event)
        found: list[Told] = []
        for user_id in sorted(people):
            more = await self._count(event, look, user_id)
            if more != (0, 0) and await self._sees(event, user_id):
                found.append((user_id, event.place, *more))
            await self._share()
        return found

    async def _count(self, event: StoredEvent, look: Look, user_id: UserID) -> tuple[int, int]:
        """How much more an event counts for somebody than the default rules, and what they mute, make of it."""
        mutes = await self._deciders.mutes_of(user_id)
        if not mutes.looks or mutes.everything or event.room_id in mutes.silent:
            return 0, 0
        decider = await self._deciders.of(user_id)
        name = await name_of(self._database, event, user_id) if decider.needs_name else None
        own = _counted(decider.actions(look, event.room_id, event.sender, name))
        usual = _counted(Decider(user_id, UNCHANGED).actions(look, event.room_id, event.sender, None))
        return own[0] - _usual(mutes, event.room_id, look.joined, usual), own[1] - usual[1]

    async def _sees(self, event: StoredEvent, user_id: UserID) -> bool:
        viewer = Viewer(user_id)
        sight = await sight_of(self._database, event.room_id, viewer, self._withholding)
        seen = await visible(self._database, [event], viewer, sight, self._withholding)
        return any(one.is_heard for one in seen)

    async def _share(self) -> None:
        if time.perf_counter() - self._began > STRETCH_SECONDS:
            await asyncio.sleep(0)
            self._began = time.perf_counter()


def _usual(mutes: Mutes, room_id: RoomID, joined: int, usual: tuple[int, int]) -> int:
    """How an event counts by the size of the room's numbers alone (`Mutes.counts`)."""
    notifies, highlights = usual
    return highlights if mutes.mutes(room_id, joined) else notifies


def _counted(actions: Actions) -> tuple[int, int]:
    """Whether the event notifies, and whether it highlights: 1 or 0."""
    tweaks = tweaks_of(actions)
    return (0, 0) if tweaks is None else (1, int(bool(tweaks.get("highlight"))))


def counts_reader(resources: Resources, bus: Bus) -> Reader:
    """The reader, to be run as a task of the process."""
    of = resources.of
    counting = Counting(of(Database), bus, of(Withholding), of(Watchers), of(Deciders))
    return Reader("counts", counting.handle, of(Database), of(Log), of(Writer))
