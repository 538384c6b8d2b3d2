"""Whose keys a person's devices have to look at, as /sync and /keys/changes tell it.

Client-Server API v1.19, "Tracking the device list for a user". `changed` names those whose keys changed and those
who came into a room of the person, or are in one that the person came into; `left` those who are in none any more.
Here two people share a room if both are in it, whether or not it is encrypted: it may become so.

The notes of changes and the memberships are read as of now, and not as of the end of the answer: what is newer is
told again with the next one, and nobody is named who has left meanwhile.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping

import msgspec

from chappe.ids import RoomID, UserID
from chappe.keys import store
from chappe.keys.counts import KeyCounts
from chappe.keys.news import KeyNews
from chappe.keys.told import ToldKeys
from chappe.rooms import StoredEvent, Tails, UserRoom, reading
from chappe.rooms.read_state import Scanning
from chappe.rooms.room import MEMBER
from chappe.storage import Database
from chappe.stream import Log, Place, Shard, place, shard_of

PEOPLE_AT_ONCE = 200
"""People for whom it is asked at once whether they share a room with the reader."""
PEOPLE_AT_A_STRETCH = 100
"""People in a room whose moves are looked up before others have the loop: some milliseconds."""

_encode = msgspec.json.encode


class DeviceLists(msgspec.Struct):
    """The member `device_lists` of an answer."""

    changed: set[UserID]
    left: set[UserID]

    def __bool__(self) -> bool:
        return bool(self.changed or self.left)

    def render(self) -> bytes:
        """Its JSON."""
        return _encode({"changed": sorted(self.changed), "left": sorted(self.left)})


class Range(msgspec.Struct, frozen=True):
    """From where to where an answer tells: positions by shard; a shard that is not in `since` begins at 0."""

    since: Mapping[int, int]
    heads: list[int]

    def of(self, shard: Shard) -> tuple[Place, Place]:
        """The places behind the first of which, and up to the second, there is news in a shard."""
        return place(shard, self.since.get(shard, 0)), place(shard, self.heads[shard])

    def is_behind(self, shard: Shard) -> bool:
        """Whether there is any news in a shard."""
        return self.heads[shard] > self.since.get(shard, 0)


class KeyChanges:
    """Reads what /sync tells of keys, for one process."""

    def __init__(self, database: Database, log: Log, tails: Tails) -> None:
        self._database = database
        self._tails = tails
        self.news = KeyNews(log)
        self.counts = KeyCounts(database, log)
        self.told = ToldKeys(database)

    async def lists(
        self, user_id: UserID, rooms: Mapping[RoomID, UserRoom], moved: Iterable[RoomID], told: Range
    ) -> DeviceLists:
        """What a person's devices have to know. `moved` are those of the person's rooms in which anything happened."""
        lists = DeviceLists(set(), set())
        after, upto = told.of(shard_of(user_id))
        for room_id in moved:
            room = rooms[room_id]
            if room.membership == "join" and room.place > after:
                await self._came_in(lists, user_id, room_id, told)
            elif room.membership == "join":
                await self._stayed(lists, room_id, told)
            elif room.place > after and room.membership in ("leave", "ban"):
                lists.left |= await self._companions(user_id, room_id, told)
        lists.left -= lists.changed
        lists.changed.discard(user_id)
        lists.left.discard(user_id)
        about: set[UserID] = set()
        if after < upto and self.news.may_have(user_id, after):
            about = set(await store.own_between(self._database, user_id, after, upto)) - lists.changed
        if lists.left or about:
            inside = [room.room_id for room in rooms.values() if room.membership == "join"]
            sharing = await self._sharing(inside, (lists.left | about) - {user_id})
            lists.left -= sharing
            lists.changed |= about & (sharing | {user_id})
        return lists

    async def _came_in(self, lists: DeviceLists, user_id: UserID, room_id: RoomID, told: Range) -> None:
        """The person came into the room. They may have been in before: then others may have left meanwhile."""
        lists.changed |= await store.members_at(self._database, room_id, reading.EVERYTHING)
        lists.left |= await self._companions(user_id, room_id, told)

    async def _stayed(self, lists: DeviceLists, room_id: RoomID, told: Range) -> None:
        after, upto = told.of(shard_of(room_id))
        if self.news.may_have(room_id, after):
            lists.changed.update(await store.in_room_between(self._database, room_id, after, upto))
        events = self._tails.between(room_id, after, upto)
        if events is None:
            events = await reading.members_between(Scanning(self._database), room_id, after, upto)
        for number, user_id in enumerate(_members_named(events), 1):
            await self._add_move(lists, room_id, user_id, after, upto)
            if number % PEOPLE_AT_A_STRETCH == 0:
                await asyncio.sleep(0)

    async def _add_move(self, lists: DeviceLists, room_id: RoomID, user_id: UserID, after: Place, upto: Place) -> None:
        """Add someone with membership events in (after, upto], if they came in or left by them."""
        history = await reading.member_history(self._database, room_id, user_id)
        before = [membership for at, membership in history if at <= after]
        since = [membership for at, membership in history if after < at <= upto]
        was_in = before[-1:] == ["join"]
        if history[-1][1] != "join":
            if was_in:
                lists.left.add(user_id)
        elif not was_in or any(membership != "join" for membership in since):
            lists.changed.add(user_id)

    async def _companions(self, user_id: UserID, room_id: RoomID, told: Range) -> set[UserID]:
        """Those with whom the person was in the room before, if they were in it."""
        after, _ = told.of(shard_of(room_id))
        before = await store.members_at(self._database, room_id, after)
        return before if user_id in before else set()

    async def _sharing(self, room_ids: list[RoomID], people: Collection[UserID]) -> set[UserID]:
        """Those who are in one of the rooms."""
        some, found = list(people), set[UserID]()
        for start in range(0, len(some), PEOPLE_AT_ONCE):
            found |= await store.sharing(self._database, room_ids, some[start : start + PEOPLE_AT_ONCE])
        return found


def _members_named(events: Iterable[StoredEvent]) -> set[UserID]:
    return {UserID(event.state_key) for event in events if event.type == MEMBER and event.state_key is not None}
