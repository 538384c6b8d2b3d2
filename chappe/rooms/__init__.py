"""Rooms: their state, who is in them, their names in the directory.

`Rooms` holds what the next event builds on; `append` is the one way into a room's history; `store`
reads what is committed. Tables: room, event, state_change, member_change, highlight, redacted_original
(the room's shard), user_room (the person's shard), room_alias, public_room (the register).
"""

from chappe.rooms.append import SendGates, Sending, append, begin_room, sent_before
from chappe.rooms.membership_effect import UserRoom, room_of, rooms_changed, rooms_of, set_membership
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms, not_in_room
from chappe.rooms.stored import StoredEvent
from chappe.rooms.tails import Tails
from chappe.stream import Effect

EFFECTS: dict[str, Effect] = {"rooms.membership": set_membership}

__all__ = [
    "EFFECTS",
    "Room",
    "Rooms",
    "SendGates",
    "Sending",
    "StoredEvent",
    "Tails",
    "UserRoom",
    "append",
    "begin_room",
    "not_in_room",
    "room_of",
    "rooms_changed",
    "rooms_of",
    "sent_before",
]
