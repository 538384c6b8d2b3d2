"""Group commit: units queue in order, are flushed together, and are answered when they are durable."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from time import perf_counter

from chappe.errors import Errcode, Refused
from chappe.metrics import Histogram
from chappe.storage import MAX_GROUP_UNITS, Database, EngineFailure, Statement, StatementKind, Superseded, Unit
from chappe.stream.log import Log
from chappe.stream.shards import REGISTER, Place

logger = logging.getLogger(__name__)

MAX_QUEUED_UNITS = 8_192
"""Beyond this, writes are refused: the disk does not keep up and waiting would only grow."""
MAX_GROUP_STATEMENTS = 2_000
"""Statements flushed together, if it is more than one unit: some units have a hundred each. About 10 ms of the loop."""
LAZY_DELAY_S = 1.0
"""How long a write that nobody waits for may wait for company."""
MAX_LAZY_STATEMENTS = 512

_Queued = tuple[Unit, "asyncio.Future[None]"]


class Writer:
    """Takes units in order and commits them in groups; units that arrive during a commit form the next group."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log
        self._queue: deque[_Queued] = deque()
        self._lazy: list[Callable[[Unit], None]] = []
        self._lazy_timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None
        self.flushes = 0
        self.units = 0
        self.took = Histogram()

    @property
    def queued(self) -> int:
        """How many units wait for the group before theirs."""
        return len(self._queue)

    def submit(self, unit: Unit) -> "asyncio.Future[None]":
        """Queue a unit. The future ends when it is durable, or raises why it is not."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(self._queue) >= MAX_QUEUED_UNITS:
            future.set_exception(
                Refused(Errcode.UNAVAILABLE, "The server is storing more than its disk can take.", retry_after_ms=2000)
            )
            _each(unit.after_failure)
            return future
        self._queue.append((unit, future))
        self._start()
        return future

    def lazily(self, sql: str, *arguments: object) -> None:
        """Queue a write that nobody waits for and that may be lost in a crash: it rides with the next group."""
        statement = Statement(StatementKind.WRITE, sql, arguments)
        self.lazily_with(lambda unit: unit.statements.append(statement))

    def lazily_with(self, fill: Callable[[Unit], None]) -> None:
        """The same, for who knows only then what is to be written: `fill` is called once, with the lazy unit.

        It may add to the unit what is to be done when that has not held.
        """
        self._lazy.append(fill)
        if len(self._lazy) >= MAX_LAZY_STATEMENTS:
            self._start()
        elif self._lazy_timer is None:
            self._lazy_timer = asyncio.get_running_loop().call_later(LAZY_DELAY_S, self._start)

    async def drain(self) -> None:
        """Return when everything queued so far is committed."""
        while self._queue or self._lazy or self._flushing is not None:
            self._start()
            if self._flushing is not None:
                await asyncio.shield(self._flushing)

    def _start(self) -> None:
        if self._flushing is None and (self._queue or self._lazy):
            self._flushing = asyncio.get_running_loop().create_task(self._flush_all())

    async def _flush_all(self) -> None:
        try:
            while self._queue or self._lazy:
                await self._flush_group()
        finally:
            self._flushing = None

    async def _flush_group(self) -> None:
        group = self._next_group()
        units = [unit for unit, _ in group]
        lazy = self._lazy_unit() if self._lazy else None
        if lazy is not None:
            units.append(lazy)
        began = perf_counter()
        try:
            results = await self._database.flush(units)
        except EngineFailure as failure:
            logger.error("A group of %d units was not stored: %s", len(units), failure)
            self._fail(group, failure.refusal())
            _settle_lazy(lazy, failure)
            return
        except Exception as failure:
            logger.exception("A group of %d units was not stored", len(units))
            self._fail(group, EngineFailure("an error that is now in the log").refusal())
            _settle_lazy(lazy, failure)
            return
        self.took.observe(perf_counter() - began)
        self.flushes += 1
        self.units += len(group)
        self._settle(group, results)
        _settle_lazy(lazy, results[-1])

    def _next_group(self) -> list[_Queued]:
        group: list[_Queued] = []
        statements = 0
        while self._queue and len(group) < MAX_GROUP_UNITS:
            statements += len(self._queue[0][0].statements)
            if group and statements > MAX_GROUP_STATEMENTS:
                break
            group.append(self._queue.popleft())
        return group

    def _lazy_unit(self) -> Unit:
        unit = Unit(REGISTER)
        fills, self._lazy = self._lazy, []
        for fill in fills:
            fill(unit)
        if self._lazy_timer is not None:
            self._lazy_timer.cancel()
            self._lazy_timer = None
        return unit

    def _settle(self, group: list[_Queued], results: "list[BaseException | None]") -> None:
        """Caches first, then the heads that readers see, then the callers, then whoever watches."""
        notes: list[tuple[Place, str]] = []
        failed_keys: set[str] = set()
        for (unit, _), failure in zip(group, results, strict=False):
            if failure is None:
                _each(unit.after_commit)
                notes += [(Place(future.value), key) for future, key in unit.notes]
            else:
                _each(unit.after_failure)
                failed_keys |= unit.keys
        self._log.advance(self._database.heads, notes)
        for (_, future), failure in zip(group, results, strict=False):
            _answer(future, failure)
        if failed_keys:
            self._supersede(failed_keys)
        self._log.wake({key for _, key in notes})

    def _supersede(self, failed_keys: set[str]) -> None:
        """Units still queued that were built on what failed: their acts run again."""
        kept: deque[_Queued] = deque()
        for unit, future in self._queue:
            if unit.keys.isdisjoint(failed_keys):
                kept.append((unit, future))
            else:
                _each(unit.after_failure)
                _answer(future, Superseded())
        self._queue = kept

    def _fail(self, group: list[_Queued], refusal: Refused) -> None:
        failed_keys: set[str] = set()
        for unit, future in group:
            _each(unit.after_failure)
            failed_keys |= unit.keys
            _answer(future, refusal)
        self._supersede(failed_keys)


def _settle_lazy(lazy: Unit | None, failure: BaseException | None) -> None:
    if lazy is None:
        return
    if failure is None:
        _each(lazy.after_commit)
        return
    logger.warning("%d writes that nobody waits for were not stored: %s", len(lazy.statements), failure)
    _each(lazy.after_failure)


def _each(callbacks: "list[Callable[[], None]]") -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:
            logger.exception("A callback of a unit failed")


def _answer(future: "asyncio.Future[None]", failure: BaseException | None) -> None:
    if future.done():
        return  # the caller has gone; what was stored stays stored
    if failure is None:
        future.set_result(None)
    else:
        future.set_exception(failure)
