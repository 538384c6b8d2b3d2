"""Matrix HTTP for sending and reading what is said in a room."""

import msgspec

from chappe.http import GUEST, JSONObject, Limit, Request, Routes
from chappe.ids import RoomID
from chappe.timeline.send import send_event

routes = Routes()


class Sent(msgspec.Struct):
    """The answer to a sent event."""

    event_id: str


@routes.put("/_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}", auth=GUEST, limit=Limit.MESSAGES)
async def put_send(request: Request, room_id: RoomID, event_type: str, txn_id: str, body: JSONObject) -> Sent:
    """Send a message event (spec: "PUT /rooms/{roomId}/send/{eventType}/{txnId}")."""
    return Sent(await request.call(room_id, send_event, room_id, event_type, body, txn_id))
