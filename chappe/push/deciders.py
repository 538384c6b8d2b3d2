"""The rules of people who have a pusher, made ready and kept."""

from collections import OrderedDict

from chappe.ids import UserID
from chappe.push import store
from chappe.push.decide import Decider
from chappe.storage import Database

MAX_KEPT = 10_000
"""People whose rules are kept ready."""


class Deciders:
    """Rules as committed, by person."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[UserID, Decider] = OrderedDict()
        self._changes = 0

    def forget(self, user_id: UserID) -> None:
        """Somebody has changed their rules."""
        self._changes += 1
        self._kept.pop(user_id, None)

    async def of(self, user_id: UserID) -> Decider:
        """Somebody's rules."""
        kept = self._kept.get(user_id)
        if kept is not None:
            self._kept.move_to_end(user_id)
            return kept
        before = self._changes
        _, changes = await store.rules(self._database, user_id)
        found = Decider(user_id, changes)
        if before == self._changes:  # what was read may else be out of date already
            self._kept[user_id] = found
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return found
