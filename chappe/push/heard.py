"""Whether somebody is still to be told of an event that waits for them: not once it is restricted for them."""

from chappe.ids import RoomID, UserID
from chappe.restrictions import Restrictions
from chappe.rooms import placeholders_in, reading
from chappe.stream import Place


async def is_heard(
    reads: reading.Reads, restrictions: Restrictions, user_id: UserID, room_id: RoomID, event_place: Place
) -> bool:
    """At once, where nothing in the room was ever restricted."""
    if not restrictions.concerns(room_id):
        return True
    placeholders = await placeholders_in(reads, restrictions, room_id, user_id)
    events = await reading.events_at(reads, [event_place])
    return placeholders is not None and any(placeholders.told(event).is_heard for event in events)
