"""The pieces of a long body, asked for before they are needed.

Granian hands a piece over through two of its own threads. Asked for one after the other, each piece costs three
wake-ups; asked for together, several of them share these.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

PIECES_AHEAD = 32
"""Pieces of a body that are asked for and not taken yet. Each has at most `limits.MAX_HEAD_BYTES`."""


class Ahead:
    """An ASGI `receive` in front of another one, which is asked for up to so many messages before they are wanted."""

    def __init__(self, receive: Callable[[], Awaitable[Message]]) -> None:
        self._receive = receive
        self._asked: deque[Awaitable[Message]] = deque()

    async def __call__(self) -> Message:
        asked = self._asked
        if not asked:
            asked.append(self._receive())
        # Only what works by itself can be asked for ahead: granian does, and answers in the order in which it was
        # asked. A coroutine, as test clients have them, does nothing until it is waited for.
        if asyncio.isfuture(asked[0]) and not asked[0].done():
            while len(asked) < PIECES_AHEAD:
                asked.append(self._receive())
        return await asked.popleft()

    def close(self) -> None:
        """Want no more. Whoever waits is none of this one's concern."""
        for each in self._asked:
            if asyncio.isfuture(each):
                each.cancel()
        self._asked.clear()
