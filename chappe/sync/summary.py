"""Who is in a room, for clients that name it after its people (spec: /sync, `RoomSummary`).

What it says depends on who reads only in that nobody is their own hero: it is found once for all who are told.
"""

from collections import OrderedDict

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms import reading
from chappe.stream import Place

MAX_HEROES = 5
MAX_KEPT = 512
"""Rooms whose people are kept in memory, as of a place."""


class People(msgspec.Struct, frozen=True):
    """A room's people up to a place. `heroes` has one more than is told, since one of them may be reading."""

    joined: int
    invited: int
    heroes: list[UserID] | None
    """None for a room with a name or alias of its own, which needs none."""

    def summary_for(self, user_id: UserID) -> tuple[dict[str, object], list[UserID]]:
        """The summary for one reader, and its heroes."""
        told: dict[str, object] = {"m.joined_member_count": self.joined, "m.invited_member_count": self.invited}
        if self.heroes is None:
            return told, []
        heroes = [hero for hero in self.heroes if hero != user_id][:MAX_HEROES]
        told["m.heroes"] = heroes
        return told, heroes


class Summaries:
    """Finds rooms' people, and keeps those found last."""

    def __init__(self, reads: reading.Reads) -> None:
        self._reads = reads
        self._kept: OrderedDict[tuple[RoomID, Place], People] = OrderedDict()

    async def of(self, room_id: RoomID, user_id: UserID, upto: Place) -> tuple[dict[str, object], list[UserID]]:
        """The summary of a room up to a place, and its heroes.

        Where nobody else is in or invited, those who were are named.
        """
        people = self._kept.get((room_id, upto))
        if people is None:
            people = await self._find(room_id, upto)
            self._kept[room_id, upto] = people
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        told, heroes = people.summary_for(user_id)
        if people.heroes is not None and not heroes:
            gone = await reading.heroes(self._reads, room_id, upto, MAX_HEROES + 1, inside=False)
            told["m.heroes"] = heroes = [hero for hero in gone if hero != user_id][:MAX_HEROES]
        return told, heroes

    async def _find(self, room_id: RoomID, upto: Place) -> People:
        row = await reading.room_row(self._reads, room_id)
        assert row is not None
        heroes = None
        if not await _has_name(self._reads, room_id, upto):
            heroes = await reading.heroes(self._reads, room_id, upto, MAX_HEROES + 1, inside=True)
        return People(row[1], row[2], heroes)


async def _has_name(reads: reading.Reads, room_id: RoomID, upto: Place) -> bool:
    for type, field in (("m.room.name", "name"), ("m.room.canonical_alias", "alias")):
        event = await reading.state_event_at(reads, room_id, type, "", upto)
        if event is not None and event.content.get(field):
            return True
    return False
