"""Counting what happened lately, in memory that is bounded. A restart forgets it; nothing is counted twice.

Each window holds its newest things only: as many keys, and for each as many moments, as its limits say. Beyond them it
counts too little, never too much.
"""

from collections import OrderedDict, deque

MAX_KEYS = 20_000
MAX_MOMENTS = 200
"""Of one key: rules compare with less."""


class Window:
    """How often something happened to a key within some seconds, and with how many different others."""

    def __init__(self, seconds: int, max_keys: int = MAX_KEYS, max_moments: int = MAX_MOMENTS) -> None:
        self._ms = seconds * 1_000
        self._max_keys = max_keys
        self._max_moments = max_moments
        self._of: OrderedDict[str, deque[tuple[int, str]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._of)

    def add(self, key: str, now: int, other: str = "") -> None:
        """It happened."""
        moments = self._of.get(key)
        if moments is None:
            moments = self._of[key] = deque(maxlen=self._max_moments)
            if len(self._of) > self._max_keys:
                self._of.popitem(last=False)
        else:
            self._of.move_to_end(key)
        moments.append((now, other))

    def count(self, key: str, now: int) -> int:
        """How often, up to now."""
        return len(self._live(key, now))

    def others(self, key: str, now: int) -> set[str]:
        """With which others."""
        return {other for _, other in self._live(key, now)}

    def _live(self, key: str, now: int) -> "deque[tuple[int, str]] | tuple[()]":
        moments = self._of.get(key)
        if moments is None:
            return ()
        while moments and moments[0][0] <= now - self._ms:
            moments.popleft()
        return moments
