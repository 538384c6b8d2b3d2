"""Time, passed in, so that tests can set it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where time comes from. Milliseconds since the epoch for what is stored, seconds for durations."""

    def now_ms(self) -> int:
        """Wall clock in integer milliseconds since 1970 (UTC)."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for limits and deadlines."""


class SystemClock:
    """The machine's own clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
