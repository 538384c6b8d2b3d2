"""A time limit that all waiters share, at a fraction of the price of a timer each.

`asyncio.timeout` costs about as much as the rest of reading a small body. Here a waiter is one entry in a
dictionary; since all wait equally long, the first entry is always the first to expire, and one timer serves all.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """Lets each waiter wait for at most so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: dict[asyncio.Task[object], float] = {}
        self._expired: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait_for(self, waited: Awaitable[T]) -> T:
        """What `waited` gives; raises TimeoutError when it takes too long. A task waits for one thing at a time."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._ends[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._expire, loop)
        try:
            return await waited
        except asyncio.CancelledError:
            # Somebody else may have cancelled the task too: then that goes on.
            if task in self._expired and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            self._ends.pop(task, None)
            self._expired.discard(task)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, end in list(self._ends.items()):
            if end > now:
                self._timer = loop.call_at(end, self._expire, loop)
                return
            del self._ends[task]
            self._expired.add(task)
            task.cancel()
        self._timer = None
