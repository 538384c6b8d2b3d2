"""Whom a person ignores: their own list, in their account data.

Client-Server API v1.19, "Ignoring Users". What ignored people say is withheld by `visible`; state is not.
"""

from collections import OrderedDict
from typing import Protocol

import msgspec

from chappe.accounts import account_data_of
from chappe.ids import UserID, is_user_id
from chappe.storage import Database
from chappe.stream import Log, position_at, shard_of

IGNORED_USERS = "m.ignored_user_list"
MAX_KEPT = 50_000
"""People whose list is kept in memory; nearly all of these are empty."""

NOBODY: frozenset[UserID] = frozenset()


class Ignores(Protocol):
    """Knows whom people ignore."""

    async def ignored_by(self, user_id: UserID) -> frozenset[UserID]: ...


class _Content(msgspec.Struct):
    ignored_users: dict[str, object] = {}


class IgnoreLists:
    """The lists as committed. One in memory holds as long as its owner's stream has nothing new."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log
        self._kept: OrderedDict[UserID, tuple[int, frozenset[UserID]]] = OrderedDict()

    async def ignored_by(self, user_id: UserID) -> frozenset[UserID]:
        """Those whom the person ignores now; never themselves."""
        head = position_at(self._log.head_of(user_id))
        kept = self._kept.get(user_id)
        if kept is not None and kept[0] == head:
            return kept[1]
        changed = self._log.changed_since(shard_of(user_id), kept[0]) if kept is not None else None
        if kept is not None and changed is not None and user_id not in changed:
            ignored = kept[1]
        else:
            stored = await account_data_of(self._database, user_id, None, IGNORED_USERS)
            ignored = ignored_in(stored) - {user_id} if stored is not None else NOBODY
        self._keep(user_id, head, ignored)
        return ignored

    def _keep(self, user_id: UserID, head: int, ignored: frozenset[UserID]) -> None:
        self._kept[user_id] = (head, ignored)
        self._kept.move_to_end(user_id)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


def ignored_in(content: bytes) -> frozenset[UserID]:
    """The people in a list as clients store it; nobody in one that is none."""
    try:
        named = msgspec.json.decode(content, type=_Content).ignored_users
    except msgspec.ValidationError:
        return NOBODY
    return frozenset(UserID(name) for name in named if is_user_id(name))
