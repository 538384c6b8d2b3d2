"""Bringing notifications to push gateways: one after the other to each pusher, and again when one failed.

What was sent is stored with each, so a restart goes on where the process ended; a gateway may then be told of
the last events twice, which it notices by their ids.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

from chappe.accounts.standing import is_locked
from chappe.clock import Clock
from chappe.errors import Refused
from chappe.ids import UserID
from chappe.push import store
from chappe.push.deciders import Deciders
from chappe.push.gateway import Gateways, Undelivered
from chappe.push.heard import is_heard
from chappe.push.mutes import NOTHING
from chappe.push.notice import counts_only, notice
from chappe.push.pace import Pace
from chappe.push.pushers import EMAIL_APP, Pusher
from chappe.push.set_pusher import remove_pusher
from chappe.push.store import PusherKey, Waiting
from chappe.push.telling import Telling
from chappe.push.web_gateway import WebPush
from chappe.push.web_push import WEB_APP
from chappe.restrictions import Restrictions
from chappe.rooms import reading
from chappe.storage import Database, Statement, StatementKind, Unit
from chappe.stream import Bus, Command, Writer, shard_of

logger = logging.getLogger(__name__)

MAX_WAITING = 10
"""Events a gateway is told of when more wait: the newest. How many there are stands in the counts."""
MAX_KEPT = 1_000
"""Notifications kept for a person who does not read: the newest."""
GIVE_UP_MS = 24 * 60 * 60 * 1000
"""A notification this old is not sent any more."""
MAX_AT_ONCE = 8
"""Deliveries under way for one person, however many pushers they have: gateways that do not answer hold a connection
for a quarter of a minute, and there are 256 for everybody."""
FIRST_RETRY_S = 1.0
MAX_RETRY_S = 3_600.0


class _Due(msgspec.Struct, frozen=True):
    """What a gateway is to be told, if anything, and up to where it is told then."""

    pusher: Pusher
    body: bytes | None
    place: int | None
    is_all: bool
    """Whether nothing waits behind it. What comes later is asked for once more."""


class Deliveries:
    """What is under way to push gateways: one task for each pusher that something waits for."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        writer: Writer,
        clock: Clock,
        gateways: Gateways,
        web: WebPush,
        deciders: Deciders,
        telling: Telling,
        restrictions: Restrictions,
    ) -> None:
        self._database = database
        self._restrictions = restrictions
        self._bus = bus
        self._writer = writer
        self._clock = clock
        self._gateways = gateways
        self._web = web
        self._deciders = deciders
        self._telling = telling
        self._tasks: dict[PusherKey, asyncio.Task[None]] = {}
        self._asked: set[PusherKey] = set()
        self._counts: set[PusherKey] = set()
        self._sent: dict[PusherKey, int] = {}
        """Up to where gateways were told, as far as that is not committed yet."""
        self._is_storing = False
        # One body is made at a time, so that others have the loop in between.
        self._turn = asyncio.Lock()
        self._at_once: WeakValueDictionary[UserID, asyncio.Semaphore] = WeakValueDictionary()
        self.pace = Pace(clock)
        self.first_retry_s = FIRST_RETRY_S

    async def resume(self) -> None:
        """Begin with what waited when the process ended."""
        for user_id in await store.waited_for(self._database):
            await self.wake(user_id)

    async def wake(self, user_id: UserID, *, has_read: bool = False) -> None:
        """Something new waits for a person's pushers; or they have read, so that what is unread is less."""
        for pusher in await store.pushers(self._database, user_id):
            if pusher.app_id == EMAIL_APP:
                continue  # told by `digests`
            key = (user_id, pusher.app_id, pusher.pushkey)
            self._asked.add(key)
            if has_read:
                self._counts.add(key)
            if key not in self._tasks:
                self._tasks[key] = asyncio.get_running_loop().create_task(self._work(key))

    async def close(self) -> None:
        """Leave for the next process what waits."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._gateways.close()

    async def _work(self, key: PusherKey) -> None:
        try:
            while key in self._asked:
                self._asked.discard(key)
                await self._send_waiting(key)
        except Exception:
            logger.exception("A pusher was left until its person is notified again")
        finally:
            self._asked.discard(key)
            self._counts.discard(key)
            del self._tasks[key]

    async def _send_waiting(self, key: PusherKey) -> None:
        """Send until nothing waits. After a failure, wait longer each time."""
        delay = self.first_retry_s
        at_once = self._at_once.setdefault(key[0], asyncio.Semaphore(MAX_AT_ONCE))
        while (due := await self._due_in_time(key)) is not None:
            try:
                async with at_once:
                    self.pace.count(key[0])
                    await self._send(key, due)
                delay = self.first_retry_s
                if due.is_all:
                    return
            except (Undelivered, Refused) as failure:
                logger.info("%s was not told: %s. Again in %d s", urlsplit(due.pusher.url).netloc, failure, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, MAX_RETRY_S)

    async def _due_in_time(self, key: PusherKey) -> _Due | None:
        """The same as `_due`, once the person's pace lets something go: so it is the newest."""
        if (wait_s := self.pace.wait_s(key[0])) > 0:
            await asyncio.sleep(wait_s)
        return await self._due(key)

    async def _due(self, key: PusherKey) -> _Due | None:
        """What is to be sent next; None when nothing waits, or the pusher is gone."""
        async with self._turn:
            pusher = await store.pusher(self._database, key)
            if pusher is None:
                return None
            sent = max(pusher.sent, self._sent.get(key, 0))
            waiting = await store.waiting(self._database, key[0], sent, MAX_WAITING)
            if not waiting and key not in self._counts:
                return None
            first = waiting[0] if waiting else None
            body = await self._body(key[0], pusher, first)
            return _Due(pusher, body, first.place if first else None, is_all=len(waiting) <= 1)

    async def _send(self, key: PusherKey, due: _Due) -> None:
        rejected = await self._tell(due.pusher, due.body) if due.body is not None else []
        self._counts.discard(key)
        if key[2] in rejected:
            await self._call(key[0], remove_pusher, *key)
        elif due.place is not None:
            self._mark_sent(key, due.place)

    def _mark_sent(self, key: PusherKey, upto: int) -> None:
        """Note it at once, and store it with the next commit: after a crash between the gateway is told once more."""
        self._sent[key] = upto
        if not self._is_storing:
            self._is_storing = True
            self._writer.lazily_with(self._add_sent)

    def _add_sent(self, unit: Unit) -> None:
        self._is_storing = False
        sent = dict(self._sent)
        for key, upto in sent.items():
            unit.statements.append(Statement(StatementKind.WRITE, store.SENT, (*key, upto)))

        def forget() -> None:
            for key, upto in sent.items():
                if self._sent.get(key) == upto:
                    del self._sent[key]

        unit.after_commit.append(forget)  # if it does not hold, they go with the next

    async def _tell(self, pusher: Pusher, body: bytes) -> list[str]:
        """Tell the pusher's gateway, which for browsers is this server. Returns the rejected pushkeys."""
        if pusher.app_id != WEB_APP:
            return await self._gateways.notify(pusher.url, body)
        notification = msgspec.json.decode(body)["notification"]
        tweaks = notification["devices"][0]["tweaks"]
        return [] if await self._web.tell(pusher.data, notification, tweaks) else [pusher.pushkey]

    async def _body(self, user_id: UserID, pusher: Pusher, waiting: Waiting | None) -> bytes | None:
        """What the gateway is told; None when it is too late for that, or the person may not know any more."""
        unread = await self._unread(user_id)
        if waiting is None:
            return counts_only(pusher, unread)
        is_late = self._clock.now_ms() - waiting.queued_at > GIVE_UP_MS
        told = None if is_late else await self._telling.of(waiting.event_place)
        if told is None or not await self._may_know(user_id, waiting):
            return None
        return notice(pusher, told, waiting.tweaks, unread)

    async def _unread(self, user_id: UserID) -> int:
        """How many events the person is told to have left unread: as in /sync, none where they mute them."""
        unread = await store.untold(self._database, user_id)
        if unread > MAX_KEPT:
            self._writer.lazily(store.ERASE_OLDEST, user_id, MAX_KEPT - 1)
        mutes = await self._deciders.mutes_of(user_id)
        if mutes is NOTHING:
            return min(unread, MAX_KEPT)
        rooms = await store.untold_in_rooms(self._database, user_id, MAX_KEPT)
        return sum(mutes.counts(room_id, *numbers)[0] for room_id, numbers in rooms.items())

    async def _may_know(self, user_id: UserID, waiting: Waiting) -> bool:
        if await is_locked(self._database, self._restrictions, user_id):
            return False
        member = await reading.member_at(self._database, waiting.room_id, user_id)
        if member is None or member.content.get("membership") not in ("join", "invite"):
            return False
        return await is_heard(self._database, self._restrictions, user_id, waiting.room_id, waiting.event_place)

    async def _call(self, user_id: UserID, act: Callable[..., Awaitable[None]], *arguments: object) -> None:
        await self._bus.call(shard_of(user_id), Command(act, None, arguments))
