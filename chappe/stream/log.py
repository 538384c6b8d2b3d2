"""How far each shard has come, what changed lately, and who is waiting for it.

Only what is committed is known here. `heads` is what a reader may see; the recent changes let a
reader who was here a moment ago find what is new without asking the database.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

from chappe.stream.shards import SHARDS, Place, Shard, place, position_at, shard_at, shard_of

MAX_RECENT = 2_048
"""Changes remembered per shard. A reader further behind asks the database."""


class Watcher(Protocol):
    """Somebody who wants to know when something changes."""

    def wake(self, key: str) -> None:
        """`key` (a room or user id) changed. Called on the loop; must be quick and must not fail."""
        ...


class Log:
    """The committed heads of all shards, their recent changes and their watchers."""

    def __init__(self, heads: Iterable[int], history: str) -> None:
        self.heads = list(heads)
        self.history = history
        self.version = 0
        """Counts changes of `heads`, for what is computed from them once."""
        self.ephemeral = 0
        """Counts what is not stored: typing."""
        self._recent: list[deque[tuple[int, str]]] = [deque(maxlen=MAX_RECENT) for _ in range(SHARDS + 1)]
        self._complete_from = list(self.heads)
        self._watchers: dict[str, set[Watcher]] = {}

    def advance(self, heads: list[int], notes: list[tuple[Place, str]]) -> None:
        """A group is durable: readers may see it. Watchers are woken by `wake`, after all callers' callbacks."""
        self.heads = list(heads)
        self.version += 1
        for at, key in notes:
            shard = shard_at(at)
            recent = self._recent[shard]
            if len(recent) == MAX_RECENT:
                self._complete_from[shard] = recent[0][0]
            recent.append((position_at(at), key))

    def wake(self, keys: Iterable[str]) -> None:
        """Wake everyone who watches one of the keys."""
        for key in keys:
            watchers = self._watchers.get(key)
            if watchers:
                for watcher in tuple(watchers):
                    watcher.wake(key)

    def touch(self, key: str) -> int:
        """Something that is not stored changed at `key`. Returns the count by which readers know it."""
        self.ephemeral += 1
        self.wake((key,))
        return self.ephemeral

    def changed_since(self, shard: Shard, position: int) -> set[str] | None:
        """The rooms and users of a shard that changed after `position`, or None if that is too long ago."""
        if position < self._complete_from[shard]:
            return None
        changed: set[str] = set()
        for at, key in reversed(self._recent[shard]):
            if at <= position:
                break
            changed.add(key)
        return changed

    def watch(self, key: str, watcher: Watcher) -> None:
        """Wake `watcher` when the room or user `key` changes."""
        self._watchers.setdefault(key, set()).add(watcher)

    def unwatch(self, key: str, watcher: Watcher) -> None:
        """Undo `watch`."""
        watchers = self._watchers.get(key)
        if watchers is not None:
            watchers.discard(watcher)
            if not watchers:
                del self._watchers[key]

    def head_of(self, key: str) -> Place:
        """The last committed place in the shard of a room or user."""
        shard = shard_of(key)
        return place(shard, self.heads[shard])
