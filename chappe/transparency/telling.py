"""Telling the Transparency Database: what is queued goes there in batches, each statement once. R82.

A batch is noted as under way before it goes out, and what became of it afterwards. Whatever was under way when the
process or the line broke is asked for by its PUID before it is sent again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from chappe.clock import Clock
from chappe.errors import Refused, StartupError
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction
from chappe.transparency import store
from chappe.transparency.database import TransparencyDatabase
from chappe.transparency.queue import MAX_AT_ONCE, queue_new
from chappe.transparency.replies import Created, Later, Rejected, Unauthorized
from chappe.transparency.rules import MAX_BATCH
from chappe.transparency.store import Statement

logger = logging.getLogger(__name__)

LOOK_AGAIN_S = 30.0
"""How often new decisions are looked for, and what is to be tried again."""
FIRST_WAIT_MS = 60_000
MAX_WAIT_MS = 6 * 3_600_000


class Telling:
    """Queues what is new, and sends what is due. `run` is a task of the process; it ends when cancelled.

    Without a `there`, nothing is sent: it is queued all the same, and can be exported.
    """

    def __init__(self, there: TransparencyDatabase | None, database: Database, bus: Bus, clock: Clock) -> None:
        self._there = there
        self._database = database
        self._bus = bus
        self._clock = clock
        self._most = MAX_BATCH
        """In one batch: fewer where the database says that something is wrong, and not with which."""
        self._turn = asyncio.Lock()
        self.woken = asyncio.Event()
        """Set by whoever does not want to wait for the next look."""

    @property
    def is_on(self) -> bool:
        """Whether anything is sent."""
        return self._there is not None

    async def run(self) -> None:
        """Queue and send, and look again."""
        while True:
            try:
                await self.catch_up()
            except (Refused, StartupError) as wrong:
                logger.warning("The Transparency Database is told later: %s", wrong)
            except Exception:
                logger.exception("Telling the Transparency Database will be tried again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), LOOK_AGAIN_S)
            self.woken.clear()

    async def close(self) -> None:
        """End the connections."""
        if self._there is not None:
            await self._there.close()

    async def catch_up(self) -> None:
        """Queue everything that is new, and send all that is due; one batch after the other."""
        async with self._turn:
            while await self._do(queue_new) == MAX_AT_ONCE:
                pass
            while await self.send_due():
                pass

    async def send_due(self) -> bool:
        """Send one batch. Returns whether to go on at once."""
        if self._there is None:
            return False
        stopped = await store.mark(self._database, store.STOPPED)
        if stopped is not None and stopped.said == self._there.token_digest:
            return False
        batch = await store.due(self._database, self._clock.now_ms(), self._most)
        if not batch:
            return False
        fresh = await self._not_there_yet(batch)
        if fresh is None:
            return False
        if not fresh:
            return True
        await self._do(under_way, [one.decision for one in fresh])
        reply = await self._there.post([one.record for one in fresh])
        if isinstance(reply, Created):
            self._most = MAX_BATCH
            await self._do(arrived, {one.decision: reply.uuids.get(one.puid, "") for one in fresh})
            return True
        if isinstance(reply, Rejected):
            return await self._after_rejection(fresh, reply)
        if isinstance(reply, Unauthorized):
            await self._stop(fresh)
        else:
            await self._wait(fresh, reply)
        return False

    async def _not_there_yet(self, batch: list[Statement]) -> list[Statement] | None:
        """Those that the database does not have; None where it does not tell."""
        assert self._there is not None, "asked only when there is one"
        fresh = []
        for one in batch:
            has = await self._there.has(one.puid) if one.is_unsure else False
            if isinstance(has, Unauthorized):
                await self._stop([])
                return None
            if isinstance(has, Later):
                await self._wait(batch, has)
                return None
            if has:
                await self._do(arrived, {one.decision: ""})
            else:
                fresh.append(one)
        return fresh

    async def _after_rejection(self, batch: list[Statement], reply: Rejected) -> bool:
        """None of them arrived. Those without a fault go again at once; what is there already is done."""
        wrong = {batch[number].decision: why for number, why in reply.wrong.items() if number < len(batch)}
        there = {one.decision: reply.existing[one.puid] for one in batch if one.puid in reply.existing}
        if not wrong and not there:
            if len(batch) == 1:
                wrong = {batch[0].decision: reply.why}
            else:
                self._most = len(batch) // 2
        again = [one.decision for one in batch if one.decision not in wrong and one.decision not in there]
        if wrong:
            logger.warning("The Transparency Database refuses %d statements", len(wrong))
        await self._do(sorted_out, wrong, there, again)
        return True

    async def _stop(self, batch: list[Statement]) -> None:
        assert self._there is not None, "stopped only when there is one"
        logger.error("The Transparency Database does not take the token: nothing is sent until there is a new one")
        await self._do(stop, self._there.token_digest, [one.decision for one in batch])

    async def _wait(self, batch: list[Statement], reply: Later) -> None:
        if reply.is_too_large:
            self._most = max(1, len(batch) // 2)
        wait_ms = min(FIRST_WAIT_MS << min(max(one.tries for one in batch), 20), MAX_WAIT_MS)
        logger.warning("The Transparency Database was not told: %s. Again in %d s", reply.why, wait_ms // 1000)
        until = self._clock.now_ms() + wait_ms
        await self._do(put_off, [one.decision for one in batch], until, reply.is_too_large)

    async def _do(self, act: Callable[..., Awaitable[object]], *arguments: object) -> object:
        return await self._bus.call(REGISTER, Command(act, None, arguments))


async def under_way(tx: Transaction, device: Device | None, decisions: list[str]) -> None:
    """They are about to be sent."""
    store.set_unsure(tx, decisions)
    store.remove_mark(tx, store.STOPPED)


async def arrived(tx: Transaction, device: Device | None, uuids: dict[str, str]) -> None:
    """The database has them."""
    for decision, uuid in uuids.items():
        store.set_sent(tx, decision, uuid)


async def sorted_out(
    tx: Transaction, device: Device | None, wrong: dict[str, str], there: dict[str, str], again: list[str]
) -> None:
    """A batch was not taken: some are refused, some are there already, the others can go again."""
    for decision, why in wrong.items():
        store.set_refused(tx, decision, why)
    for decision, uuid in there.items():
        store.set_sent(tx, decision, uuid)
    store.set_again(tx, again)


async def stop(tx: Transaction, device: Device | None, token_digest: str, decisions: list[str]) -> None:
    """The token is not taken: nothing arrived, and nothing goes out before there is another."""
    store.set_mark(tx, store.STOPPED, len(decisions), token_digest)
    store.set_again(tx, decisions)


async def put_off(tx: Transaction, device: Device | None, decisions: list[str], until: int, arrived_not: bool) -> None:
    """Nobody knows what became of them; later they are asked for. What was too large has not arrived."""
    store.put_off(tx, decisions, until)
    if arrived_not:
        store.set_again(tx, decisions)
