"""Where keys changed lately, so that a reader with no such news asks no database."""

from collections import OrderedDict

from chappe.ids import UserID
from chappe.stream import Log, Place, position_at, shard_at

MAX_KEPT = 100_000
"""Rooms and people for whom the last change is in memory; for those let go of, the database is asked."""
MAX_CHANGING = 20_000
CHANGING_MS = 60_000
"""How long a change counts as under way: longer than it takes until the rooms of the person are read for it."""


class KeyNews:
    """The last changes of keys, by the room or person whose devices have to look."""

    def __init__(self, log: Log) -> None:
        self._complete_from = list(log.heads)
        """By shard: all later changes are here."""
        self._last: OrderedDict[str, Place] = OrderedDict()
        self._changing: OrderedDict[UserID, int] = OrderedDict()

    def told(self, key: str, at: Place) -> None:
        """A change was noted for the room or person `key`. Called when that is durable."""
        self._last[key] = max(at, self._last.get(key, at))
        self._last.move_to_end(key)
        if len(self._last) > MAX_KEPT:
            _, let_go = self._last.popitem(last=False)
            shard = shard_at(let_go)
            self._complete_from[shard] = max(self._complete_from[shard], position_at(let_go))

    def may_have(self, key: str, after: Place) -> bool:
        """Whether there may be a note for `key` behind a place of its shard."""
        if position_at(after) < self._complete_from[shard_at(after)]:
            return True
        last = self._last.get(key)
        return last is not None and last > after

    def begin(self, user_id: UserID, now: int) -> None:
        """A person's keys are about to change."""
        self._changing[user_id] = now
        self._changing.move_to_end(user_id)
        if len(self._changing) > MAX_CHANGING:
            self._changing.popitem(last=False)

    def is_changing(self, user_id: UserID, now: int) -> bool:
        """Whether a person's keys began to change a short while ago."""
        began = self._changing.get(user_id)
        return began is not None and now - began < CHANGING_MS
