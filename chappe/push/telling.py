"""What gateways are told of an event: the same for all whom it concerns, so it is put together once."""

from collections import OrderedDict

import msgspec

from chappe.push.notice import Told
from chappe.restrictions import Restrictions
from chappe.rooms import StoredEvent, reading
from chappe.storage import Database
from chappe.stream import Log, Place, position_at, shard_at

MAX_KEPT = 256
"""Events that were told of last."""


class _Kept(msgspec.Struct, frozen=True):
    told: Told | None
    head: int
    """Of the room's shard when it was read: while nothing else happens there it is true."""


class Telling:
    """The events that are being told of."""

    def __init__(self, database: Database, log: Log, restrictions: Restrictions) -> None:
        self._database = database
        self._restrictions = restrictions
        self._log = log
        self._kept: OrderedDict[Place, _Kept] = OrderedDict()

    async def of(self, event_place: Place) -> Told | None:
        """An event with the names of its sender and its room, as they are now; None if it is no more."""
        head = self._log.heads[shard_at(event_place)]
        kept = self._kept.get(event_place)
        if kept is None or kept.head != head:
            assert position_at(event_place) <= head, "only what is committed is told of"
            kept = _Kept(await self._read(event_place), head)
            self._kept[event_place] = kept
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return kept.told

    async def _read(self, event_place: Place) -> Told | None:
        found = await reading.events_at(self._database, [event_place])
        return await self._told(found[0]) if found and not found[0].redacted_by else None

    async def _told(self, event: StoredEvent) -> Told:
        reads, room_id = self._database, event.room_id
        if self._restrictions.concerns(room_id):  # names may be among what is restricted: phones show what they know
            named = (event.event_id, room_id, event.type, event.state_key, event.sender, event.content)
            return Told(*named, None, None, None)
        sender = await reading.member_at(reads, room_id, event.sender)
        name = await reading.state_event_at(reads, room_id, "m.room.name", "")
        alias = await reading.state_event_at(reads, room_id, "m.room.canonical_alias", "")
        return Told(
            event.event_id,
            room_id,
            event.type,
            event.state_key,
            event.sender,
            event.content,
            sender.content.get("displayname") if sender is not None else None,
            name.content.get("name") if name is not None else None,
            alias.content.get("alias") if alias is not None else None,
        )
