"""The unit of work: what one act wants written, queued in order, committed together with others'.

A unit never sees its own writes: what an act needs to know later it keeps in memory. Reads show what
is committed. Statements run when the unit is flushed; positions in the log are given then, too.
"""

from collections.abc import Callable
from enum import IntEnum

from chappe.errors import Refused
from chappe.storage.dialect import Row


class Future:
    """A value that is known once the unit is flushed. Stands in statements like any other."""

    __slots__ = ("value",)

    value: object


class FuturePlace(Future):
    """A place in the log: given out at the flush."""

    __slots__ = ("shard",)

    value: int

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self.value = 0

    def __repr__(self) -> str:
        return f"<place in shard {self.shard}: {self.value or 'not yet'}>"


class Outcome:
    """What a write returned: a conditional one its row, another all its rows. Readable after the commit."""

    __slots__ = ("row", "rows")

    def __init__(self) -> None:
        self.row: Row = ()
        self.rows: list[Row] = []


class StatementKind(IntEnum):
    """How a statement may be combined with those of other units."""

    APPEND = 0
    """Needs no order but that among its own kind: flushed in bulk, behind the other writes of the group."""
    WRITE = 1
    """Runs in order, within its unit."""
    CONDITIONAL = 2
    """Runs in order; when it returns no row, the whole unit is refused."""
    RETURNING = 3
    """Runs in order; what it returns, if anything, is the outcome."""


class Statement:
    """One SQL text with its arguments; any argument may be a `Future`."""

    __slots__ = ("arguments", "kind", "otherwise", "outcome", "sql")

    def __init__(
        self,
        kind: StatementKind,
        sql: str,
        arguments: tuple[object, ...],
        outcome: Outcome | None = None,
        otherwise: Refused | None = None,
    ) -> None:
        self.kind = kind
        self.sql = sql
        self.arguments = arguments
        self.outcome = outcome
        self.otherwise = otherwise

    def resolved(self) -> tuple[object, ...]:
        """The arguments with every future filled in."""
        return tuple([a.value if isinstance(a, Future) else a for a in self.arguments])


class Superseded(Exception):
    """The unit was built on another's result that did not hold: the act is run again on what is true now."""


class Unit:
    """Statements of one act, the places it takes, and what is to be done when it is durable or has failed.

    `shard` is the shard in which it commits. `keys` are the rooms whose queued state it was built on.
    """

    __slots__ = (
        "after_commit",
        "after_failure",
        "effects",
        "is_barrier",
        "keys",
        "notes",
        "places",
        "shard",
        "statements",
    )

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self.is_barrier = False
        """Writes nothing, but is answered only when all units queued before it are durable."""
        self.statements: list[Statement] = []
        self.places: list[FuturePlace] = []
        self.keys: set[str] = set()
        self.notes: list[tuple[FuturePlace, str]] = []
        self.effects: list[object] = []
        self.after_commit: list[Callable[[], None]] = []
        self.after_failure: list[Callable[[], None]] = []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write and nothing to wait for."""
        return not self.statements and not self.is_barrier
