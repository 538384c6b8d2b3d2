"""How long something takes, in classes."""

from bisect import bisect_left
from itertools import accumulate

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
"""The upper end of each class but the last, which has none: from a write without a wait to a long poll."""


class Histogram:
    """Counts durations. Cheap enough for every request."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.seconds = 0.0
        """Of all of them together."""

    def observe(self, seconds: float) -> None:
        """One more that took so long."""
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.seconds += seconds

    def cumulative(self) -> list[tuple[str, int]]:
        """How many took at most so long, as Prometheus wants it."""
        return list(zip([*map(str, BOUNDS_S), "+Inf"], accumulate(self.counts), strict=True))
