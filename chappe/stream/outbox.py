"""Effects of a commit in other shards: applied in order and once, also after a crash.

An act that changes a room and a person's own stream commits in the room and leaves an entry in the
outbox, in the same commit. The entry is applied by an act of the target shard, which remembers how far
it has come for each source; then the entry is removed.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from chappe.errors import Errcode, Refused
from chappe.storage import Database, Statement, StatementKind, Unit
from chappe.stream.command import Bus, Command, Device
from chappe.stream.shards import Place, Shard, position_at, shard_at
from chappe.stream.transaction import QueuedEffect, Transaction
from chappe.stream.writer import Writer

logger = logging.getLogger(__name__)

RETRY_FIRST_S = 0.1
RETRY_MOST_S = 30.0
RECOVERY_S = 5.0
"""How long a start waits for effects left over, usually a handful; one that is refused must not keep it for ever."""
MAX_WAITING = 100_000
"""Effects not yet applied, beyond which no act of a device may add to them. What is then already queued for
commit (`MAX_QUEUED_UNITS`), and effects of effects, still come on top: refusing those would stop everything."""
MAX_WAITING_OF_PAIR = 10_000
"""The same between one shard and one other: where an effect does not hold, others do not fill the memory behind it
until nobody may do anything."""
MAX_LOADED = 1_000
"""Entries read at a time when a process starts with effects left over."""

Effect = Callable[..., Awaitable[object]]
"""`effect(tx, device, *arguments)`, an act like any other; `device` is None."""

_REMEMBER = """
INSERT INTO applied (target, source, position) VALUES ($1, $2, $3)
ON CONFLICT (target, source) DO UPDATE SET position = excluded.position
"""
_APPLIED = "SELECT position FROM applied WHERE target = $1 AND source = $2"
_REMOVE = "DELETE FROM outbox WHERE place IN (SELECT * FROM each_int($1))"
_LEFT = "SELECT place, target, effect, payload FROM outbox WHERE place > $1 ORDER BY place LIMIT $2"


_PLAIN: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class _Waiting(msgspec.Struct):
    place: Place
    name: str
    payload: bytes
    applied: "asyncio.Future[None] | None"


class Outbox:
    """Delivers effects, one queue for each pair of source and target shard."""

    def __init__(
        self, database: Database, writer: Writer, effects: dict[str, Effect], shapes: Mapping[str, object] | None = None
    ) -> None:
        """`shapes` are the types of all arguments together, for effects that want them read as something else than
        plain JSON."""
        self._database = database
        self._writer = writer
        self._effects = effects
        self._decoders = {name: msgspec.json.Decoder(shape) for name, shape in (shapes or {}).items()}
        self._bus: Bus | None = None
        self._queues: dict[tuple[Shard, Shard], deque[_Waiting]] = {}
        self._waiting = 0
        self.most_waiting = MAX_WAITING
        self.most_waiting_of_pair = MAX_WAITING_OF_PAIR
        self._failing: dict[tuple[Shard, Shard], str] = {}
        """The pairs of shards whose next effect did not hold when it was last tried, and its name."""
        self.failures: Counter[str] = Counter()
        """How often effects did not hold, by name."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._applied: dict[tuple[Shard, Shard], int] = {}
        """How far the effects of each source are applied in each target, as far as this process asked."""
        self._removable: list[Place] = []
        """Applied entries, for one statement that removes them all with the next commit."""
        self._removal_is_queued = False

    @property
    def waiting(self) -> int:
        """How many effects are not applied yet."""
        return self._waiting

    @property
    def failing(self) -> int:
        """Between how many pairs of shards nothing goes on, since an effect does not hold."""
        return len(self._failing)

    def attach(self, bus: Bus) -> None:
        """The bus by which effects reach their shard."""
        self._bus = bus

    async def recover(self) -> None:
        """Deliver what a former process left. What cannot be applied within `RECOVERY_S` is tried on beside the rest.

        Who got no answer because of the crash asks again, and is told at once that it was done: so its
        effects must be there before anybody is answered.
        """
        after = 0
        while rows := await self._database.scan(_LEFT, after, MAX_LOADED):
            for at, target, name, payload in rows:
                self._enqueue(shard_at(at), Shard(target), _Waiting(at, name, payload, None))
                after = at
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=RECOVERY_S)

    def dispatch(self, unit: Unit) -> "list[asyncio.Future[None]]":
        """Send the effects of a committed unit on their way. Returns what its caller waits for."""
        awaited: list[asyncio.Future[None]] = []
        for effect in unit.effects:
            assert isinstance(effect, QueuedEffect)
            applied: asyncio.Future[None] | None = None
            if effect.awaited:
                applied = asyncio.get_running_loop().create_future()
                awaited.append(applied)
            waiting = _Waiting(Place(effect.place.value), effect.name, effect.payload.stored, applied)
            self._enqueue(Shard(effect.place.shard), effect.target, waiting)
        return awaited

    def require_space(self, unit: Unit) -> None:
        """Refuse a unit's effects while too many wait, or too many for the same shard: each is in memory until then."""
        is_full = self._waiting >= self.most_waiting
        for effect in unit.effects:
            assert isinstance(effect, QueuedEffect)
            queue = self._queues.get((Shard(effect.place.shard), effect.target))
            is_full = is_full or (queue is not None and len(queue) >= self.most_waiting_of_pair)
        if is_full:
            raise Refused(
                Errcode.UNAVAILABLE, "The server has fallen behind; please try again soon.", retry_after_ms=5000
            )

    def on_its_way(self, source: Shard, target: Shard) -> "asyncio.Future[None] | None":
        """What ends when the last effect of `source` queued for `target` is applied; None if there is none."""
        queue = self._queues.get((source, target))
        if not queue:
            return None
        last = queue[-1]
        if last.applied is None:
            last.applied = asyncio.get_running_loop().create_future()
        return last.applied

    async def drain(self) -> None:
        """Return when nothing is on its way, following effects of effects."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Stop delivering; what is left stands in the outbox for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _enqueue(self, source: Shard, target: Shard, waiting: _Waiting) -> None:
        pair = (source, target)
        queue = self._queues.get(pair)
        if queue is None:
            queue = self._queues[pair] = deque()
            task = asyncio.get_running_loop().create_task(self._deliver(pair, queue))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue.append(waiting)
        self._waiting += 1

    async def _deliver(self, pair: tuple[Shard, Shard], queue: deque[_Waiting]) -> None:
        """Apply the effects of one pair of shards in order, until there are none."""
        while queue:
            waiting = queue[0]
            await self._apply_until_done(pair, waiting)
            queue.popleft()
            self._waiting -= 1
            self._remove(waiting.place)
            if waiting.applied is not None and not waiting.applied.done():
                waiting.applied.set_result(None)
        del self._queues[pair]

    def _remove(self, place: Place) -> None:
        """Take an applied entry out of the outbox, together with others and with the next commit."""
        self._removable.append(place)
        if not self._removal_is_queued:
            self._removal_is_queued = True
            self._writer.lazily_with(self._add_removal)

    def _add_removal(self, unit: Unit) -> None:
        places, self._removable = self._removable, []
        self._removal_is_queued = False
        unit.statements.append(Statement(StatementKind.WRITE, _REMOVE, (places,)))
        # They go with the next removal, and not at once: while the disk is full that would never end.
        unit.after_failure.append(lambda: self._removable.extend(places))

    async def _apply_until_done(self, pair: tuple[Shard, Shard], waiting: _Waiting) -> None:
        assert self._bus is not None
        source, target = pair
        name = waiting.name
        command = Command(self._apply, None, (source, position_at(waiting.place), name, waiting.payload))
        delay = RETRY_FIRST_S
        while True:
            try:
                await self._bus.call(target, command)
                self._failing.pop(pair, None)
                return
            except Exception as error:
                # An effect has no one to refuse to; it is tried until it holds, and seen in the log.
                level = logging.WARNING if isinstance(error, Refused) else logging.ERROR
                behind = len(self._queues[pair]) - 1
                about = "Effect %s (place %d, shard %d to %d) is tried again in %.1f s; %d wait behind it"
                logger.log(level, about, name, waiting.place, source, target, delay, behind, exc_info=error)
                self._failing[pair] = name
                self.failures[name] += 1
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MOST_S)

    async def _apply(
        self, tx: Transaction, device: Device | None, source: Shard, position: int, name: str, payload: bytes
    ) -> None:
        """The act at the target: the effect's own act, and how far this source has come."""
        pair = (source, tx.shard)
        if pair not in self._applied:
            row = await tx.fetch_one(_APPLIED, tx.shard, source)
            self._applied[pair] = row[0] if row is not None else 0
        if self._applied[pair] >= position:
            return
        await self._effects[name](tx, device, *self._decoders.get(name, _PLAIN).decode(payload))
        for effect in tx.unit.effects:
            assert isinstance(effect, QueuedEffect)
            if (tx.shard, effect.target) == pair:  # it stands behind this one, which would wait for what waits for it
                effect.awaited = False
        tx.append(_REMEMBER, tx.shard, source, position)
        tx.after_commit(lambda: self._applied.update({pair: position}))
