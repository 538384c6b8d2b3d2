"""Erasing, unless it is held."""

from collections.abc import Awaitable, Callable
from enum import Enum

from chappe.stream import Transaction

Eraser = Callable[[Transaction, str], Awaitable[None]]
"""`eraser(tx, subject)`: queue the writes that destroy it. The slice that owns the data gives one for each kind."""

HoldCheck = Callable[[Transaction, str, str], Awaitable[bool]]
"""`check(tx, kind, subject)`: whether something orders that this be kept. Given by higher slices."""

_PUT_OFF = (
    "INSERT INTO put_off (kind, subject, asked_at, shard) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (kind, subject) DO NOTHING"
)


class Erased(Enum):
    """What became of an erasure."""

    DONE = "done"
    PUT_OFF = "put off"


class Holds:
    """The erasers of all slices, and who may say that something is held. Filled by `app.py`."""

    def __init__(self, erasers: dict[str, Eraser], checks: "list[HoldCheck] | None" = None) -> None:
        self.erasers = erasers
        self.checks = checks or []

    async def covers(self, tx: Transaction, kind: str, subject: str) -> bool:
        """Whether a hold is on it."""
        for check in self.checks:
            if await check(tx, kind, subject):
                return True
        return False


async def erase(tx: Transaction, kind: str, subject: str) -> Erased:
    """Queue the destruction of `subject`, or note that it is to be destroyed once no hold is on it."""
    holds = tx.of(Holds)
    if await holds.covers(tx, kind, subject):
        tx.execute(_PUT_OFF, kind, subject, tx.now, tx.shard)
        return Erased.PUT_OFF
    await holds.erasers[kind](tx, subject)
    return Erased.DONE
