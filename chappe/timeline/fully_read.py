"""The fully-read marker: a person's own note, in their account data of the room.

Client-Server API v1.19, "Read and unread markers".
"""

import msgspec

from chappe.accounts import account_data_of, put_account_data
from chappe.ids import EventID, RoomID
from chappe.rooms import reading
from chappe.stream import Device, Transaction
from chappe.timeline.receipts import seen_by_member
from chappe.timeline.visible import Withholding

FULLY_READ = "m.fully_read"


class _Marker(msgspec.Struct):
    event_id: EventID


async def set_fully_read(tx: Transaction, device: Device, room_id: RoomID, event_id: EventID) -> None:
    """Move the marker forward to an event of the room that the person may see; one further on already stays.

    Commits in the person's shard. Refuses as `set_receipt` does.
    """
    event = await seen_by_member(tx, tx.of(Withholding), room_id, device.user_id, event_id)
    stored = await account_data_of(tx, device.user_id, room_id, FULLY_READ)
    if stored is not None:
        marked = await reading.event_by_id(tx, msgspec.json.decode(stored, type=_Marker).event_id)
        if marked is not None and marked.place >= event.place:
            return
    content = msgspec.json.encode(_Marker(event.event_id))
    await put_account_data(tx, device.user_id, room_id, FULLY_READ, content)
