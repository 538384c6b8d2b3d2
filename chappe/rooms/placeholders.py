"""Events that somebody is kept from: what stands in their place for them.

A restricted event is not changed. Whoever it is restricted for is given a copy without its content, with what is told
of the restriction (R126); everybody else, and everybody once it is lifted, the event as it was sent. What edits a
restricted message says the same again, and is restricted with it.
"""

import msgspec

from chappe.events import redact_client_json
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from chappe.ids import RoomID, UserID, is_server_user
from chappe.restrictions import KEY, Held, Restrictions, View
from chappe.rooms.relations import REPLACE, relation_in
from chappe.rooms.store import Reads, room_row
from chappe.rooms.stored import StoredEvent

REDACTION = "m.room.redaction"
_MARK = KEY.encode()


class Placeholders:
    """One viewer's restrictions in one room, and how its events look to them."""

    __slots__ = ("_version", "view")

    def __init__(self, view: View, version: RoomVersion) -> None:
        self.view = view
        self._version = version

    def told(self, event: StoredEvent) -> StoredEvent:
        """The event as the viewer is told it: itself, marked if it is demoted, or a placeholder."""
        if (held := self._on(event)) is not None:
            return self._placeholder(event, held)
        if self.view.demotes(event.event_id):
            return msgspec.structs.replace(event, is_demoted=True)
        return event

    def leaves_out(self, event: StoredEvent) -> bool:
        """Whether the viewer is not told of an event at all: that something is restricted which for them is not."""
        return is_local(event) and self.view.imposed_at(event.place) is None

    def _on(self, event: StoredEvent) -> Held | None:
        if self.view.closed_by is not None:
            return self.view.closed_by
        held = self.view.on_event(event.event_id)
        if held is None and b'"m.replace"' in event.client_json:
            relation = relation_in(event.content)
            if relation is not None and relation[0] == REPLACE:
                held = self.view.on_event(relation[1])
        return held

    def _placeholder(self, event: StoredEvent, held: Held) -> StoredEvent:
        """It tells neither what it replaced nor how it was sent; that it was redacted is told by the server's own
        redaction, which stands where the restriction was imposed."""
        left = redact_client_json(self._version, event.client_json)
        told = (event.place, event.room_id, event.origin_server_ts, event.counted, None, held.place, None, None, left)
        return StoredEvent(*told, restricted=held.told)


def is_local(event: StoredEvent) -> bool:
    """Whether an event only tells this server's clients of a restriction: see `tell_restricted.py`."""
    return _MARK in event.client_json and event.type == REDACTION and is_server_user(event.sender)


async def placeholders_in(
    reads: Reads, restrictions: Restrictions, room_id: RoomID, viewer: UserID | None
) -> Placeholders | None:
    """The viewer's restrictions in a room; None where nothing was ever restricted."""
    view = await restrictions.view(room_id, viewer)
    row = await room_row(reads, room_id) if view is not None else None
    return Placeholders(view, ROOM_VERSIONS[row[0]]) if view is not None and row is not None else None
