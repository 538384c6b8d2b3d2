"""Who may meet whom: the rooms of everybody whose presence is known, and whose presence has changed lately.

A change is noted once, whatever rooms its person is in: it costs the same for one room and for a thousand. Who looks
compares those who changed since then with the people of their own rooms, a room at a time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import chain

from chappe.ids import UserID
from chappe.stream import Shard

Joined = Mapping[Shard, frozenset[str]]
"""The rooms that somebody is in, by shard. Replaced when it changes, never altered."""

MAX_TOLD = 250
"""People told of in one answer, about 150 bytes each."""
MAX_LOOKED_THROUGH = 5_000
"""People who changed last, of whom one answer tells those it concerns: one or two milliseconds. Of others one hears
when they change again."""

_NOBODY: frozenset[UserID] = frozenset()
_NOWHERE: frozenset[str] = frozenset()


class Meetings:
    """The rooms of people, the people of rooms, who is not offline, and who has changed: the last one last."""

    def __init__(self) -> None:
        self._people: dict[str, set[UserID]] = {}
        self._there: set[UserID] = set()
        self._changed: OrderedDict[UserID, int] = OrderedDict()
        self.places = 0
        """How many rooms all the people have together."""

    def change(self, user_id: UserID, count: int, *, is_there: bool) -> None:
        """Note that somebody's presence changed, with the count of the change."""
        self._changed.pop(user_id, None)
        self._changed[user_id] = count
        if is_there:
            self._there.add(user_id)
        else:
            self._there.discard(user_id)

    def move(self, user_id: UserID, before: Joined, after: Joined) -> bool:
        """Somebody is in other rooms than before. Returns whether there is any among them that they were not in.

        What is as it was is passed over a shard at a time.
        """
        came_in = False
        for shard in {*before, *after}:
            was_in, is_in = before.get(shard, _NOWHERE), after.get(shard, _NOWHERE)
            if was_in is is_in:
                continue
            for room_id in is_in - was_in:
                self._people.setdefault(room_id, set()).add(user_id)
                self.places += 1
                came_in = True
            for room_id in was_in - is_in:
                self._leave(room_id, user_id)
        return came_in

    def forget(self, user_id: UserID, joined: Joined) -> None:
        """Nothing is known of somebody any more."""
        self.move(user_id, joined, {})
        self._changed.pop(user_id, None)
        self._there.discard(user_id)

    def changed_since(self, count: int, joined: Joined) -> list[UserID]:
        """Those in these rooms who changed after a count, the last one first."""
        latest: list[UserID] = []
        for user_id, at in reversed(self._changed.items()):
            if at <= count or len(latest) == MAX_LOOKED_THROUGH:
                break
            latest.append(user_id)
        met = self._met(set(latest), chain.from_iterable(joined.values()))
        return [user_id for user_id in latest if user_id in met][:MAX_TOLD]

    def there(self, room_ids: Iterable[str]) -> list[UserID]:
        """Those in these rooms who are not offline."""
        return list(self._met(self._there, room_ids, most=MAX_TOLD))[:MAX_TOLD]

    def _met(self, people: AbstractSet[UserID], room_ids: Iterable[str], most: int | None = None) -> set[UserID]:
        """Those of the people who are in one of the rooms; hardly more than `most`. Each room costs what the smaller
        of the two sets does."""
        met: set[UserID] = set()
        if not people:
            return met
        for room_id in room_ids:
            met |= self._people.get(room_id, _NOBODY) & people
            if most is not None and len(met) >= most:
                break
        return met

    def _leave(self, room_id: str, user_id: UserID) -> None:
        people = self._people[room_id]
        people.discard(user_id)
        self.places -= 1
        if not people:
            del self._people[room_id]
