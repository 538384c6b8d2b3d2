"""The reader "push": looks at each event for those in its room who have a pusher, and asks their rules.

Sending knows nothing of it. Its work is proportional to the members with a pusher, and shared out among others.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from chappe.clock import Clock
from chappe.ids import RoomID, UserID
from chappe.push import store
from chappe.push.decide import tweaks_of
from chappe.push.deciders import Deciders
from chappe.push.deliveries import Deliveries
from chappe.push.holders import Holders
from chappe.push.look import Look
from chappe.push.looking import look_at, name_of
from chappe.push.notify import HasRead, Notification, forget_read, notify
from chappe.resources import Resources
from chappe.rooms import StoredEvent
from chappe.storage import Database
from chappe.stream import Bus, Command, Log, Place, Reader, Shard, Writer, place, position_at, shard_of
from chappe.timeline.receipts import receipts_between
from chappe.timeline.visible import Past, Viewer, Withholding, past_of, sight_of, visible

EVENTS_AT_ONCE = 200
PEOPLE_AT_A_STRETCH = 50
"""After so many woken others have the loop."""
STRETCH_SECONDS = 0.004
"""After so long of asking rules others have the loop: the longest rules of one person take ten times that."""
MAX_AGE_MS = 60 * 60 * 1000
"""Older events notify nobody: the server was away for long, and clients have synced meanwhile."""

MEMBER = "m.room.member"


class PushReader:
    """Follows the events and receipts of all rooms."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        log: Log,
        clock: Clock,
        withholding: Withholding,
        holders: Holders,
        deciders: Deciders,
        deliveries: Deliveries,
    ) -> None:
        self._database = database
        self._bus = bus
        self._log = log
        self._clock = clock
        self._withholding = withholding
        self._holders = holders
        self._deciders = deciders
        self._deliveries = deliveries

    async def handle(self, shard: Shard, after: int, upto: int) -> None:
        """Deal with what happened in a shard in (after, upto]."""
        await self._holders.refresh()
        if self._holders.are_none:
            return
        start, end = place(shard, after), place(shard, upto)
        has_read = await self._receipts(shard, start, end)
        while events := await store.events_of_shard(self._database, start, end, EVENTS_AT_ONCE):
            start = events[-1].place
            notifications: list[Notification] = []
            for event in events:
                has_read += [(user_id, event.room_id, event.place) for user_id in self._done_by(event)]
                notifications += await self._notifications(event)
            await self._store(notify, notifications)
            await self._wake({notification[0] for notification in notifications})
        await self._forget(has_read)

    def _done_by(self, event: StoredEvent) -> list[UserID]:
        """For whom nothing before the event waits any more: who sends has read, and who is out needs not to."""
        done = {event.sender}
        if event.type == MEMBER and event.state_key is not None:
            user_id, membership = UserID(event.state_key), event.content.get("membership")
            self._holders.moved(event.room_id, user_id, membership)
            if membership in ("leave", "ban"):
                done.add(user_id)
        return [user_id for user_id in done if self._holders.has(user_id)]

    async def _notifications(self, event: StoredEvent) -> list[Notification]:
        """Who is to be told of an event, and how."""
        people = set(await self._holders.in_room(event.room_id))
        if event.type == MEMBER and self._holders.has(str(event.state_key)):
            people.add(UserID(str(event.state_key)))
        people.discard(event.sender)
        if not people or event.redacted_by or event.origin_server_ts < self._clock.now_ms() - MAX_AGE_MS:
            return []
        look = await look_at(self._database, event)
        past = await past_of(self._database, event.room_id)
        found: list[Notification] = []
        began = time.perf_counter()
        for user_id in sorted(people):
            tweaks = await self._tweaks(event, look, user_id)
            if tweaks is not None and await self._may_see(event, user_id, past):
                found.append((user_id, event.place, event.room_id, msgspec.json.encode(tweaks)))
            if time.perf_counter() - began > STRETCH_SECONDS:
                await asyncio.sleep(0)
                began = time.perf_counter()
        return found

    async def _tweaks(self, event: StoredEvent, look: Look, user_id: UserID) -> dict[str, object] | None:
        decider = await self._deciders.of(user_id)
        name = await name_of(self._database, event, user_id) if decider.needs_name else None
        return tweaks_of(decider.actions(look, event.room_id, event.sender, name))

    async def _may_see(self, event: StoredEvent, user_id: UserID, past: Past) -> bool:
        viewer = Viewer(user_id)
        sight = await sight_of(self._database, event.room_id, viewer, self._withholding, past)
        if sight.membership_now() not in ("join", "invite"):
            return False
        if event.type == MEMBER and event.state_key == user_id:
            # An invitation is told to whom it is for, whatever they may see of the room's past.
            return event.sender not in await self._withholding.ignored_by(viewer)
        seen = await visible(self._database, [event], viewer, sight, self._withholding)
        return any(one.is_heard for one in seen)

    async def _receipts(self, shard: Shard, start: Place, end: Place) -> list[HasRead]:
        """What holders have read, as far as the log still knows which rooms have changed."""
        changed = self._log.changed_since(shard, position_at(start)) or set()
        found: list[HasRead] = []
        for room_id in sorted(RoomID(key) for key in changed if key.startswith("!")):
            if not await self._holders.in_room(room_id):
                continue
            found += [
                (receipt.user_id, room_id, receipt.event_place)
                for receipt in await receipts_between(self._database, room_id, start, end)
                if receipt.is_unthreaded and self._holders.has(receipt.user_id)
            ]
        return found

    async def _forget(self, has_read: Iterable[HasRead]) -> None:
        """What people have read they need not be told of any more; their phones show how much is left."""
        news = [one for one in has_read if await store.is_told_of(self._database, *one)]
        await self._store(forget_read, news)
        await self._wake({one[0] for one in news}, has_read=True)

    async def _wake(self, people: set[UserID], *, has_read: bool = False) -> None:
        for number, user_id in enumerate(sorted(people), 1):
            await self._deliveries.wake(user_id, has_read=has_read)
            if number % PEOPLE_AT_A_STRETCH == 0:
                await asyncio.sleep(0)

    async def _store(self, act: Callable[..., Awaitable[None]], rows: "Iterable[Notification | HasRead]") -> None:
        by_shard: dict[Shard, list[Notification | HasRead]] = {}
        for row in rows:
            by_shard.setdefault(shard_of(row[0]), []).append(row)
        await asyncio.gather(*(self._bus.call(shard, Command(act, None, (some,))) for shard, some in by_shard.items()))


def push_reader(resources: Resources, bus: Bus) -> Reader:
    """The reader, to be run as a task of the process."""
    of = resources.of
    database, log = of(Database), of(Log)
    pushing = PushReader(database, bus, log, of(Clock), of(Withholding), of(Holders), of(Deciders), of(Deliveries))
    return Reader("push", pushing.handle, database, log, of(Writer))
