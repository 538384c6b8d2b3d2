"""One request to /sync: answer at once, or wait until there is something to tell."""

import asyncio
from collections.abc import Callable

import msgspec

from chappe.clock import Clock
from chappe.keys import Inboxes, KeyChanges
from chappe.presence import Presence
from chappe.push import Deciders
from chappe.rooms import Tails
from chappe.storage import Database
from chappe.stream import Device, Log
from chappe.stream.token import SyncToken, decode_token, device_digest, digest, encode_token, process_digest
from chappe.sync.assemble import assemble
from chappe.sync.assembly import Assembly, is_for
from chappe.sync.delta import Deltas, View
from chappe.sync.followers import Follower, Followers
from chappe.timeline.filters import SyncFilter
from chappe.timeline.typing import Typing
from chappe.timeline.visible import Viewer, Withholding

UNWATCHED_S = 1.0
"""How long a request waits before anybody looks whether its client is still there, which costs a task: in a busy
room it has its answer by then."""

ECHO_BEHIND_ANSWER_S = 0.02
"""How much later than others a device hears of its own event: behind the answer to its sending. Clients made with
matrix-js-sdk 43 take an answer in a thread for a failure when its echo comes first."""

Gone = Callable[[], "asyncio.Future[None]"]


class Wish(msgspec.Struct, frozen=True):
    """What a request to /sync asks for."""

    device: Device
    since: str | None
    filter: SyncFilter
    full_state: bool
    state_word: str
    timeout_s: float


class Syncing:
    """Answers requests to /sync."""

    def __init__(
        self,
        database: Database,
        log: Log,
        tails: Tails,
        typing: Typing,
        presence: Presence,
        withholding: Withholding,
        inboxes: Inboxes,
        key_changes: KeyChanges,
        deciders: Deciders,
        clock: Clock,
        process: str,
    ) -> None:
        self._database = database
        self._log = log
        self._tails = tails
        self._typing = typing
        self._presence = presence
        self._withholding = withholding
        self._inboxes = inboxes
        self._key_changes = key_changes
        self._deciders = deciders
        self._clock = clock
        self._history = digest(log.history)
        self._process = process_digest(process)
        self._deltas = Deltas(database, tails, clock)
        self._stopping = asyncio.Event()
        self.followers = Followers(database, log)

    async def answer(self, wish: Wish, gone: Gone) -> bytes:
        """The JSON of the answer; after at most `timeout_s` one without news."""
        since = self._token_of(wish.since) if wish.since is not None else None
        may_wait = wish.timeout_s > 0 and since is not None and not wish.full_state
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wish.timeout_s
        follower = await self.followers.get(wish.device.user_id)
        while True:
            # Listen first, then look: what happens while we look must not be missed.
            news: asyncio.Future[None] = loop.create_future()
            follower.waiting.add(news)
            try:
                may_wait = may_wait and not self._stopping.is_set()
                if not (may_wait and since is not None and self._has_told_all(since, follower, wish.device)):
                    body = await self._attempt(wish, since, even_without_news=not may_wait)
                    if body is not None:
                        return body
                may_wait = await self._wait(news, deadline, gone)
            finally:
                follower.waiting.discard(news)

    def stop(self) -> None:
        """The process is ending: everybody who waits is answered now."""
        self._stopping.set()
        self.followers.wake_all()

    def _has_told_all(self, since: SyncToken, follower: Follower, device: Device) -> bool:
        """Whether nothing at all has happened where the person reads: so it is with most requests when they come."""
        if since.process != self._process or since.ephemeral < self._typing.changed_upto or since.inbox is not None:
            return False
        device_id = device.device_id or ""
        counts = self._key_changes.counts
        if not is_for(since, device_id) or counts.were_claimed(device.user_id, device_id, since.ephemeral):
            return False
        heads, told = self._log.heads, since.positions
        if heads[follower.shard] != told.get(follower.shard, 0):
            return False
        return all(heads[shard] == told.get(shard, 0) for shard in follower.joined)

    def _token(self, a: Assembly, ephemeral: int) -> str:
        """The sync token for what an answer was made of: the shards of the person's rooms, and their own."""
        shards = {*a.joined, a.follower.shard}
        device = device_digest(a.viewer.device_id or "")
        return encode_token(self._history, a.heads, self._process, ephemeral, device, shards, a.inbox_told)

    def _token_of(self, text: str) -> SyncToken | None:
        """The token, if it is of this line of history. After a restored backup clients start again."""
        since = decode_token(text)
        if since.history != self._history:
            return None
        heads = self._log.heads
        if any(position > heads[shard] for shard, position in since.positions.items()):
            return None
        return since

    async def _attempt(self, wish: Wish, since: SyncToken | None, *, even_without_news: bool) -> bytes | None:
        """The answer as of now; None if it has no news and the client would rather wait."""
        follower = await self.followers.get(wish.device.user_id)
        log = self._log
        # From here to the reads below nothing may intervene: heads, token and follower belong together.
        heads, ephemeral = log.heads, log.ephemeral
        assembly = Assembly(
            database=self._database,
            tails=self._tails,
            deltas=self._deltas,
            typing=self._typing,
            presence=self._presence,
            withholding=self._withholding,
            inboxes=self._inboxes,
            key_changes=self._key_changes,
            deciders=self._deciders,
            follower=follower,
            viewer=Viewer(wish.device.user_id, wish.device.device_id),
            filter=wish.filter,
            view=View(
                wish.filter.timeline,
                wish.filter.state,
                wish.filter.timeline_limit,
                wish.filter.event_fields,
                wish.state_word,
            ),
            since=since,
            heads=heads,
            typing_since=self._typing_since(since),
            full_state=wish.full_state,
            now=self._clock.now_ms(),
        )
        async with follower.assembling:
            answer = await assemble(assembly, log)
        if not (even_without_news or answer.has_news):
            return None
        if assembly.echoes:
            await asyncio.sleep(ECHO_BEHIND_ANSWER_S)
        is_news = answer.has_news or answer.presence
        says_nothing = since is not None and not is_news and self._has_told_all(since, follower, wish.device)
        if wish.since is not None and says_nothing:
            return answer.render(wish.since)
        return answer.render(self._token(assembly, ephemeral))

    def _typing_since(self, since: SyncToken | None) -> int:
        """Which typing the client knows. What another process told it ended with that process: it is told anew."""
        if since is None or (since.process != self._process and since.ephemeral):
            return -1
        return since.ephemeral

    async def _wait(self, news: "asyncio.Future[None]", deadline: float, gone: Gone) -> bool:
        """Wait for a change, the deadline, the client's leaving or the end of the process.

        Returns whether to look again and wait on; otherwise the answer is given as it is.
        """
        loop = asyncio.get_running_loop()
        if self._stopping.is_set() or deadline <= loop.time():
            return False
        left: asyncio.Future[None] | None = None
        timer: asyncio.TimerHandle

        def finish(_: object = None) -> None:
            if not news.done():
                news.set_result(None)

        def watch() -> None:
            nonlocal left, timer
            timer = loop.call_at(deadline, finish)
            left = gone()
            left.add_done_callback(finish)

        watched_from = loop.time() + UNWATCHED_S
        timer = loop.call_at(deadline, finish) if deadline <= watched_from else loop.call_at(watched_from, watch)
        try:
            await news
        finally:
            timer.cancel()
            if left is not None:
                left.remove_done_callback(finish)
        return not (self._stopping.is_set() or (left is not None and left.done()) or loop.time() >= deadline)
