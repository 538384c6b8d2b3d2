"""What an act writes with: a unit of work, the time, and what the process holds."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from chappe.errors import Refused
from chappe.resources import Resources
from chappe.storage import Database, Future, FuturePlace, Outcome, Row, Statement, StatementKind, Superseded, Unit
from chappe.stream.shards import Shard, shard_of

T = TypeVar("T")

_INSERT_EFFECT = "INSERT INTO outbox (place, target, effect, payload) VALUES ($1, $2, $3, $4)"


class Entered(Protocol):
    """Something in memory that one unit at a time may build on: a room."""

    key: str

    def is_stale(self) -> bool:
        """Whether what was built on did not hold, so that the act must run again."""
        ...

    def leave(self) -> None:
        """The unit is queued: the next one may enter and build on it."""
        ...

    def abandon(self) -> None:
        """The act refused: as if it had never entered."""
        ...


class FuturePayload(Future):
    """The arguments of an effect as JSON; places among them are filled in at the flush."""

    __slots__ = ("_arguments", "stored")

    def __init__(self, arguments: tuple[object, ...]) -> None:
        self._arguments = arguments
        self.stored = b""
        """The JSON as it was written last: as committed, once the unit is."""

    @property
    def value(self) -> bytes:  # type: ignore[override]
        """JSON of the arguments, with places as they are now."""
        self.stored = _encode_payload(self._arguments)
        return self.stored


def _place_in_payload(value: object) -> object:
    assert isinstance(value, FuturePlace), f"{type(value).__name__} cannot be the argument of an effect"
    return value.value


_encode_payload = msgspec.json.Encoder(enc_hook=_place_in_payload).encode


class QueuedEffect(msgspec.Struct):
    """An effect of a unit in another shard, as it goes into the outbox and on its way."""

    place: FuturePlace
    target: Shard
    name: str
    payload: FuturePayload
    awaited: bool


class Transaction:
    """One act's unit of work. Reads show what is committed; writes are queued and committed with others'.

    `now` is the single time of the act, in milliseconds since the epoch.
    """

    def __init__(self, shard: Shard, now: int, database: Database, resources: Resources) -> None:
        self.shard = shard
        self.now = now
        self.database = database
        self.unit = Unit(shard)
        self._resources = resources
        self.awaited: list[asyncio.Future[None]] = []
        self.followed: list[Shard] = []
        """The shards in which everything that this one has caused so far is to be applied before the answer."""
        self._entered: list[Entered] = []

    def of(self, kind: type[T]) -> T:
        """A thing the process holds, by its class."""
        return self._resources.of(kind)

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed; this unit's own writes are not among them."""
        return await self.database.fetch(sql, *arguments)

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        return await self.database.fetch_one(sql, *arguments)

    def append(self, sql: str, *arguments: object) -> None:
        """Queue a write that needs no order but that among its own kind. Fastest: flushed in bulk.

        The appends of a group run behind its other writes, each SQL text at once, in the order of the calls.
        """
        self.unit.statements.append(Statement(StatementKind.APPEND, sql, arguments))

    def execute(self, sql: str, *arguments: object) -> None:
        """Queue a write that runs in order with the other writes of this unit."""
        self.unit.statements.append(Statement(StatementKind.WRITE, sql, arguments))

    def conditional(self, sql: str, *arguments: object, otherwise: Refused | None) -> Outcome:
        """Queue a write whose RETURNING row decides: no row refuses the whole unit with `otherwise`.

        With None the act runs again, on what is true then.

        For everything single-use: it runs at the flush, one unit after the other, so that of fifty
        callers one gets the row.
        """
        outcome = Outcome()
        self.unit.statements.append(Statement(StatementKind.CONDITIONAL, sql, arguments, outcome, otherwise))
        return outcome

    def returning(self, sql: str, *arguments: object) -> Outcome:
        """Queue a write that runs in order, and whose rows are read after the commit, however many they are."""
        outcome = Outcome()
        self.unit.statements.append(Statement(StatementKind.RETURNING, sql, arguments, outcome))
        return outcome

    def place(self, key: str) -> FuturePlace:
        """The next place in this unit's shard; followers of `key` (a room or user id) wake after the commit."""
        future = FuturePlace(self.shard)
        self.unit.places.append(future)
        self.unit.notes.append((future, key))
        return future

    def effect(self, target: str | Shard, name: str, *arguments: object, awaited: bool = False) -> None:
        """Queue an effect in another shard: applied there in order and once, also after a crash.

        `target` is the user or room id whose shard it is for. With `awaited`, the act's answer is
        given only after the effect has been applied.
        """
        shard = shard_of(target) if isinstance(target, str) else target
        future = FuturePlace(self.shard)
        self.unit.places.append(future)
        payload = FuturePayload(arguments)
        self.append(_INSERT_EFFECT, future, shard, name, payload)
        self.unit.effects.append(QueuedEffect(future, shard, name, payload, awaited))

    def after(self, durable: "asyncio.Future[None]") -> None:
        """Answer only once `durable` has ended: the act found that another unit already does what it was to do."""
        self.awaited.append(durable)

    def after_all_queued(self) -> None:
        """Answer only once everything queued so far is durable: the act writes nothing, since a former one
        has already done what it was to do, and that one may still fail. Then the act runs again."""
        self.unit.is_barrier = True

    def after_effects(self, target: str) -> None:
        """Answer only once all effects so far of this unit's shard in that of `target`, a user or room id, are
        applied: the act found done what it was to do, and its answer says that all of it is."""
        self.followed.append(shard_of(target))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` when the unit is durable, before anyone is told."""
        self.unit.after_commit.append(callback)

    def after_failure(self, callback: Callable[[], None]) -> None:
        """Run `callback` if the queued unit does not hold."""
        self.unit.after_failure.append(callback)

    def entered(self, thing: Entered) -> None:
        """Remember what this unit builds on, to let go of it when the act is over."""
        self._entered.append(thing)
        self.unit.keys.add(thing.key)

    def has_entered(self, key: str) -> bool:
        """Whether this act has already entered the thing with that key."""
        return key in self.unit.keys

    def require_not_stale(self) -> None:
        """Raise `Superseded` if anything that this unit was built on has failed meanwhile."""
        if any(thing.is_stale() for thing in self._entered):
            raise Superseded

    def leave(self) -> None:
        """The unit is queued; others may enter."""
        for thing in self._entered:
            thing.leave()
        self._entered.clear()

    def abandon(self) -> None:
        """The act refused or failed: nothing of it remains."""
        for thing in reversed(self._entered):
            thing.abandon()
        self._entered.clear()
