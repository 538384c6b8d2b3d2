"""What readers of the log find out about an event before rules are asked."""

import msgspec

from chappe.events.powers import power_of
from chappe.ids import UserID
from chappe.push.look import Look
from chappe.rooms import StoredEvent, reading
from chappe.rooms.committed import committed_state
from chappe.storage import Database

_TYPES = ("m.room.create", "m.room.power_levels")


async def look_at(database: Database, event: StoredEvent) -> Look:
    """The event with what rules ask about its room."""
    state = await committed_state(database, event.room_id, _TYPES, at=event.place)
    assert state is not None, "an event has a room"
    levels = state.get("m.room.power_levels", "")
    whole = {**msgspec.json.decode(event.client_json), "room_id": event.room_id}
    notifications = levels.content.get("notifications") if levels is not None else None
    return Look(whole, state.joined, power_of(state.version, state, event.sender), notifications)


async def name_of(database: Database, event: StoredEvent, user_id: UserID) -> str | None:
    """What somebody is called in the event's room."""
    member = await reading.member_at(database, event.room_id, user_id, event.place)
    name = member.content.get("displayname") if member is not None else None
    return name if isinstance(name, str) else None
