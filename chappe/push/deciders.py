"""The rules of people, made ready and kept: for who has a pusher, and for unread counts."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from chappe.ids import UserID
from chappe.push import store
from chappe.push.decide import Decider
from chappe.push.mutes import Mutes, mutes_of
from chappe.push.ruleset import Changes
from chappe.storage import Database

MAX_KEPT = 10_000
"""People whose rules are kept ready."""
MAX_MUTES = 100_000
"""People of whom is kept what they mute: for most nothing, which they share."""

T = TypeVar("T")


class _Kept(Generic[T]):
    """What is made of rules as committed, by person."""

    def __init__(self, database: Database, make: Callable[[UserID, Changes], T], most: int) -> None:
        self._database = database
        self._make = make
        self._most = most
        self._kept: OrderedDict[UserID, T] = OrderedDict()
        self._changes = 0

    def forget(self, user_id: UserID) -> None:
        self._changes += 1
        self._kept.pop(user_id, None)

    async def of(self, user_id: UserID) -> T:
        kept = self._kept.get(user_id)
        if kept is not None:
            self._kept.move_to_end(user_id)
            return kept
        before = self._changes
        _, changes = await store.rules(self._database, user_id)
        found = self._make(user_id, changes)
        if before == self._changes:  # what was read may else be out of date already
            self._kept[user_id] = found
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


class Deciders:
    """Rules as committed, by person."""

    def __init__(self, database: Database) -> None:
        self._deciders = _Kept(database, Decider, MAX_KEPT)
        self._mutes = _Kept(database, mutes_of, MAX_MUTES)

    def forget(self, user_id: UserID) -> None:
        """Somebody has changed their rules."""
        self._deciders.forget(user_id)
        self._mutes.forget(user_id)

    async def of(self, user_id: UserID) -> Decider:
        """Somebody's rules."""
        return await self._deciders.of(user_id)

    async def mutes_of(self, user_id: UserID) -> Mutes:
        """What somebody's rules mute."""
        return await self._mutes.of(user_id)
