"""In which rooms whose presence has changed lately. A change costs something for each room of the person, never for
each member of a room: a reader finds in the marks of their own rooms who has changed since they last looked."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from chappe.ids import UserID

MAX_IN_ROOM = 2_000
"""People marked in one room: those who changed last. Others are told of when they change again."""
MAX_MARKS = 1_000_000
"""Marks of all rooms together, about 100 bytes each."""


class Marks:
    """For each room the people whose presence changed, with the count of the change, the last one last."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, dict[UserID, int]] = OrderedDict()
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def put(self, room_ids: Iterable[str], user_id: UserID, count: int) -> None:
        """Note a change of somebody who is in these rooms."""
        rooms = self._rooms
        for room_id in room_ids:
            marked = rooms.get(room_id)
            if marked is None:
                marked = rooms[room_id] = {}
            if marked.pop(user_id, None) is None:
                self._number += 1
                if len(marked) >= MAX_IN_ROOM:
                    del marked[next(iter(marked))]
                    self._number -= 1
            marked[user_id] = count
        while self._number > MAX_MARKS:
            self._number -= len(rooms.popitem(last=False)[1])

    def since(self, room_id: str, count: int) -> Iterator[UserID]:
        """Those who are marked in a room with a later count, the last one first."""
        for user_id, at in reversed(self._rooms.get(room_id, _NONE).items()):
            if at <= count:
                return
            yield user_id


_NONE: dict[UserID, int] = {}
