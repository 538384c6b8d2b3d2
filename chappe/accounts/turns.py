"""Changes that build on what is stored: each begins when the one before is durable, or has failed."""

import asyncio
from weakref import WeakValueDictionary

from chappe.stream import Transaction


class Turns:
    """Who has the turn for a key. Keys are remembered while somebody has or awaits their turn."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, tx: Transaction, key: str) -> None:
        """Wait for the turn. It ends with the unit, which has to have something to write or to wait for."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        await lock.acquire()
        tx.entered(_Turn(key, lock))
        tx.after_commit(lock.release)
        tx.after_failure(lock.release)


class _Turn:
    """One unit's turn. It lasts beyond the queueing: what comes next reads what this one stored."""

    def __init__(self, key: str, lock: asyncio.Lock) -> None:
        self.key = key
        self._lock = lock

    def is_stale(self) -> bool:
        return False

    def leave(self) -> None:
        pass

    def abandon(self) -> None:
        self._lock.release()
