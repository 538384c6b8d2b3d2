"""What other slices read of rooms and their events: as committed, up to a place.

The statements themselves stand in `store.py`, which only this slice imports.
"""

from chappe.rooms.store import (
    EVERYTHING,
    Reads,
    event_by_id,
    events_after,
    events_at,
    events_before,
    heroes,
    last_own_event,
    member_at,
    member_history,
    members_at,
    members_between,
    room_row,
    state_between,
    state_event_at,
    state_history,
    state_without_members,
)

__all__ = [
    "EVERYTHING",
    "Reads",
    "event_by_id",
    "events_after",
    "events_at",
    "events_before",
    "heroes",
    "last_own_event",
    "member_at",
    "member_history",
    "members_at",
    "members_between",
    "room_row",
    "state_between",
    "state_event_at",
    "state_history",
    "state_without_members",
]
