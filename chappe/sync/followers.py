"""People who are syncing: what each has in memory, and waking them.

A follower is one person's rooms and the waiting requests of all their devices. It watches the person's own
stream and every room they are in, so that a waiting request costs one future and no work until something
happens. Nothing here is the truth: a follower that is let go is read again.
"""

import asyncio
from collections import OrderedDict

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms import UserRoom, rooms_changed, rooms_of
from chappe.storage import Database
from chappe.stream import Log, Place, Shard, place, position_at, shard_of
from chappe.timeline.unread import Counts

MAX_FOLLOWERS = 20_000
"""People kept in memory without a waiting request; one with forty rooms takes about 20 KB."""

MAX_ASSEMBLED_AT_ONCE = 4
"""Answers put together for one person at the same time: each may be as large as all their rooms."""
MAX_CATCH_UP_TURNS = 1_000
"""Turns of the loop that a reader waits for heads that are about to move."""


class ReadState(msgspec.Struct):
    """How far a person has read a room, as known at `valid_at`."""

    valid_at: Place
    joined_place: Place
    """Where the person came in: what was known before they left does not count any more."""
    read_place: Place
    counted_at_read: int
    highlights: int


class ThreadedRead(msgspec.Struct, frozen=True):
    """What a person has not read of a room, thread by thread, as known at `valid_at`."""

    valid_at: Place
    joined_place: Place
    counted: int
    """How many events of the room notify, up to there."""
    main: Counts
    threads: dict[str, Counts]


class Follower:
    """One person's rooms, as committed up to `upto` in their own stream.

    `rooms` and `joined` are replaced when they change: who took them earlier goes on with what they took.
    """

    def __init__(self, user_id: UserID) -> None:
        self.user_id = user_id
        self.shard = shard_of(user_id)
        self.upto = Place(-1)
        self.rooms: dict[RoomID, UserRoom] = {}
        self.joined: dict[Shard, frozenset[str]] = {}
        """The rooms the person is in, by shard."""
        self.read: dict[RoomID, ReadState] = {}
        self.threaded: dict[RoomID, ThreadedRead] = {}
        self.waiting: set[asyncio.Future[None]] = set()
        self.loading = asyncio.Lock()
        self.assembling = asyncio.Semaphore(MAX_ASSEMBLED_AT_ONCE)

    def wake(self, key: str) -> None:
        """Something changed in a room or in the person's stream: answer who waits."""
        if self.waiting:
            for news in self.waiting:
                if not news.done():
                    news.set_result(None)


class Followers:
    """All followers of a process, those unused for longest let go."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log
        self._followers: OrderedDict[UserID, Follower] = OrderedDict()

    def __len__(self) -> int:
        return len(self._followers)

    @property
    def waiting(self) -> int:
        """How many requests wait for news."""
        return sum(len(follower.waiting) for follower in self._followers.values())

    async def get(self, user_id: UserID) -> Follower:
        """The follower of a person, with every membership that the log's heads show."""
        follower = self._followers.get(user_id)
        if follower is None:
            follower = self._followers[user_id] = Follower(user_id)
            self._log.watch(user_id, follower)
            self._evict()
        else:
            self._followers.move_to_end(user_id)
        for _ in range(MAX_CATCH_UP_TURNS):
            await self._refresh(follower)
            ahead = position_at(follower.upto) - self._log.heads[follower.shard]
            if ahead == 0:
                break
            if ahead > 0:
                # A commit is in the database a moment before the heads show it: let them catch up, so that no
                # membership is shown under a token that does not contain it.
                await asyncio.sleep(0)
        return follower

    async def _refresh(self, follower: Follower) -> None:
        """Take in memberships that are newer than what is in memory."""
        if follower.upto >= place(follower.shard, self._log.heads[follower.shard]):
            return
        async with follower.loading:
            head = place(follower.shard, self._log.heads[follower.shard])
            if follower.upto < 0:
                changed = await rooms_of(self._database, follower.user_id)
            else:
                since = self._log.changed_since(follower.shard, position_at(follower.upto))
                if since is not None and follower.user_id not in since:
                    follower.upto = head
                    return
                changed = await rooms_changed(self._database, follower.user_id, follower.upto)
            self._take(follower, changed)
            follower.upto = max([head, *(max(room.place, room.forgotten) for room in changed)])

    def _take(self, follower: Follower, changed: list[UserRoom]) -> None:
        joined = dict(follower.joined)
        for room in changed:
            shard = shard_of(room.room_id)
            others = joined.pop(shard, frozenset()) - {room.room_id}
            if room.membership == "join":
                joined[shard] = others | {room.room_id}
                self._log.watch(room.room_id, follower)
                continue
            if others:
                joined[shard] = others
            follower.read.pop(room.room_id, None)
            follower.threaded.pop(room.room_id, None)
            self._log.unwatch(room.room_id, follower)
        follower.rooms = follower.rooms | {room.room_id: room for room in changed}
        follower.joined = joined

    def _evict(self) -> None:
        """Let go of the longest unused, passing over those with waiting requests."""
        excess = len(self._followers) - MAX_FOLLOWERS
        if excess <= 0:
            return
        for user_id in list(self._followers)[: excess + 32]:
            follower = self._followers[user_id]
            if not follower.waiting and not follower.loading.locked():
                self._let_go(follower)

    def _let_go(self, follower: Follower) -> None:
        del self._followers[follower.user_id]
        self._log.unwatch(follower.user_id, follower)
        for room_ids in follower.joined.values():
            for room_id in room_ids:
                self._log.unwatch(room_id, follower)

    def wake_all(self) -> None:
        """The process is ending: every waiting request answers now."""
        for follower in self._followers.values():
            follower.wake("")
