"""Noting that people are to be told of events, and that they have read them. Acts in the person's shard."""

from chappe.ids import RoomID, UserID
from chappe.push import store
from chappe.stream import Device, Place, Transaction

Notification = tuple[UserID, Place, RoomID, bytes]
"""Who, of which event, in which room, and how: the tweaks as JSON."""
HasRead = tuple[UserID, RoomID, Place]
"""Who has read which room up to where."""


async def notify(tx: Transaction, device: Device | None, notifications: list[Notification]) -> None:
    """People of one shard are to be told of events. Of each once, however often this is run."""
    for user_id, event_place, room_id, tweaks in notifications:
        store.add_notification(tx, user_id, event_place, room_id, tweaks)


async def forget_read(tx: Transaction, device: Device | None, has_read: list[HasRead]) -> None:
    """People of one shard have read rooms."""
    for user_id, room_id, upto in has_read:
        store.erase_read(tx, user_id, room_id, upto)
