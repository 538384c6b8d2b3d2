"""Sending a message event."""

from chappe.ids import EventID, RoomID
from chappe.rooms import Rooms, Sending, append, sent_before
from chappe.stream import Device, Transaction
from chappe.timeline.redact import REDACTION, redact_in


async def send_event(
    tx: Transaction, device: Device, room_id: RoomID, event_type: str, content: dict[str, object], txn_id: str
) -> EventID:
    """Append a message event to a room, once per device and transaction ID.

    A client that never saw our answer repeats the request. It gets the ID of the first event,
    and the room gets no second message. A redaction is sent the same way, naming its event in `redacts`.
    """
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id)
    sending = Sending(device, f"send/{room_id}/{event_type}", txn_id)
    if sent := await sent_before(tx, room, sending):
        return sent
    if event_type == REDACTION:
        return await redact_in(tx, room, device.user_id, content.get("redacts"), content, sending)
    event = await append(tx, room, sender=device.user_id, type=event_type, content=content, sending=sending)
    return event.event_id
