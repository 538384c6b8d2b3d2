"""Running an act where its shard is owned. In one process that is a function call."""

import asyncio

from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.resources import Resources
from chappe.storage import Conflict, Database, Superseded, Unit
from chappe.stream.command import Command
from chappe.stream.outbox import Outbox
from chappe.stream.shards import Shard
from chappe.stream.transaction import Transaction
from chappe.stream.writer import Writer

MAX_EFFECT_WAIT_S = 20.0
"""How long a caller waits for effects in other shards before being told that they are late."""
MAX_ATTEMPTS = 5
"""How often an act that collides with what is stored is run, before its caller is asked to repeat."""
MAX_SUPERSEDED = 100
"""How often an act is run again because of what others before it did: each of those may fail `MAX_ATTEMPTS` times."""


class InProcessBus:
    """The bus of one process, which owns every shard."""

    def __init__(self, database: Database, writer: Writer, outbox: Outbox, clock: Clock, resources: Resources) -> None:
        self._database = database
        self._writer = writer
        self._outbox = outbox
        self._clock = clock
        self._resources = resources
        outbox.attach(self)

    async def call(self, shard: Shard, command: Command) -> object:
        """Run the act, wait until its unit is durable and its awaited effects are applied, and return its answer."""
        collisions = superseded = 0
        while collisions < MAX_ATTEMPTS and superseded < MAX_SUPERSEDED:
            try:
                return await self._attempt(shard, command)
            except Superseded:
                superseded += 1
            except Conflict:
                collisions += 1
        raise Refused(
            Errcode.UNAVAILABLE, "Others are changing this at the same time; please try again.", retry_after_ms=1000
        )

    async def _attempt(self, shard: Shard, command: Command) -> object:
        """Run the act once. Raises `Superseded` or `Conflict` when it must run again."""
        tx = Transaction(shard, self._clock.now_ms(), self._database, self._resources)
        try:
            answer = await command.act(tx, command.device, *command.arguments)
            if tx.unit.effects and command.device is not None:
                self._outbox.require_space(tx.unit)
            tx.require_not_stale()
        except Refused:
            try:
                tx.require_not_stale()  # refused for what did not hold: it is to be refused for what is true, or not
            finally:
                tx.abandon()
            raise
        except BaseException:
            tx.abandon()
            raise
        if tx.unit.is_empty:
            tx.leave()
            for durable in tx.awaited:
                await asyncio.shield(durable)
            await self._until_applied(self._on_their_way(tx))
            return answer
        durable, applied = self._submit(tx.unit)
        tx.leave()
        await durable
        await self._until_applied([*applied, *self._on_their_way(tx)])
        return answer() if callable(answer) else answer

    def _on_their_way(self, tx: Transaction) -> "list[asyncio.Future[None]]":
        """Effects of former units that this one follows. The writer has dispatched all that it was queued behind."""
        found = [self._outbox.on_its_way(tx.shard, target) for target in tx.followed]
        return [last for last in found if last is not None]

    async def _until_applied(self, applied: "list[asyncio.Future[None]]") -> None:
        if not applied:
            return
        _, late = await asyncio.wait(applied, timeout=MAX_EFFECT_WAIT_S)
        if late:
            raise Refused(
                Errcode.UNAVAILABLE,
                "This is stored, but has not taken effect everywhere yet. It will; please look again soon.",
                retry_after_ms=5000,
            )

    def _submit(self, unit: Unit) -> "tuple[asyncio.Future[None], list[asyncio.Future[None]]]":
        """Queue a unit. Returns what ends when it is durable, and a list that then holds its awaited effects.

        The writer sends effects on their way, not the caller: a caller may be cancelled while it waits, and
        an effect that others of the same source overtook would count as applied.
        """
        applied: list[asyncio.Future[None]] = []
        if unit.effects:
            unit.after_commit.append(lambda: applied.extend(self._outbox.dispatch(unit)))
        return self._writer.submit(unit), applied
