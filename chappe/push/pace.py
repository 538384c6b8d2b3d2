"""How often one person's gateways are told of something: bursts pass, and a flood becomes a steady drip.

What is held back loses nothing: when its time comes, the newest events are told, with how many are unread.
"""

from collections import OrderedDict

from chappe.clock import Clock
from chappe.ids import UserID

BURST = 120
"""Deliveries of one person that pass at once: of a lively minute to a phone and a computer."""
PER_SECOND = 1.0
"""What passes after that. A phone that rings every second tells nobody more by ringing oftener; and with fifty pushers
one person in one lively room would keep this server and a gateway busy with hundreds of deliveries a second."""
MAX_KEPT = 50_000
"""People remembered, those first forgotten whom nothing was sent to for longest."""


class Pace:
    """The deliveries of everybody, counted as `http/rate.py` counts requests."""

    def __init__(self, clock: Clock, *, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._now = clock.monotonic
        self._burst_seconds = burst / per_second
        self._interval = 1.0 / per_second
        self._used_up: OrderedDict[UserID, float] = OrderedDict()
        """By person, when they would have used up what they were sent at the steady pace."""

    def wait_s(self, user_id: UserID) -> float:
        """How long the next delivery has to wait; 0 if it may go."""
        now = self._now()
        return max(0.0, self._used_up.get(user_id, now) + self._interval - now - self._burst_seconds)

    def count(self, user_id: UserID) -> None:
        """A delivery goes."""
        now = self._now()
        self._used_up[user_id] = max(self._used_up.get(user_id, now), now) + self._interval
        self._used_up.move_to_end(user_id)
        if len(self._used_up) > MAX_KEPT:
            self._used_up.popitem(last=False)
