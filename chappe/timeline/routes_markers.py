"""Matrix HTTP for receipts, the fully-read marker, and typing."""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Limit, Request, Routes
from chappe.ids import EventID, RoomID, UserID, parse_event_id
from chappe.rooms import not_in_room, reading
from chappe.storage import Database
from chappe.timeline.fully_read import FULLY_READ, set_fully_read
from chappe.timeline.receipts import READ, READ_PRIVATELY, seen_by_member, set_receipt
from chappe.timeline.typing import Typing
from chappe.timeline.visible import Withholding

routes = Routes()

DEFAULT_TYPING_MS = 30_000


class ReadMarkers(msgspec.Struct, rename={"fully_read": FULLY_READ, "read": READ, "read_private": READ_PRIVATELY}):
    """The body of POST /read_markers: an event id each."""

    fully_read: str | None = None
    read: str | None = None
    read_private: str | None = None


class TypingBody(msgspec.Struct):
    """The body of PUT /typing. `timeout` is in milliseconds."""

    typing: bool
    timeout: int = DEFAULT_TYPING_MS


@routes.post("/_matrix/client/v3/rooms/{room_id}/receipt/{receipt_type}/{event_id}", auth=DEVICE, limit=Limit.RECEIPTS)
async def post_receipt(
    request: Request, room_id: RoomID, receipt_type: str, event_id: EventID, body: JSONObject
) -> dict[str, object]:
    """Tell how far one has read (spec: "POST /rooms/{roomId}/receipt/{receiptType}/{eventId}")."""
    thread_id = body.get("thread_id")
    if thread_id is not None and (not isinstance(thread_id, str) or not thread_id):
        raise Refused(Errcode.INVALID_PARAM, "thread_id is a text that is not empty.")
    if receipt_type == FULLY_READ:
        if thread_id is not None:
            raise Refused(Errcode.INVALID_PARAM, f"{FULLY_READ} is for the room as a whole: it takes no thread_id.")
        await request.call(request.device.user_id, set_fully_read, room_id, event_id)
    elif receipt_type in (READ, READ_PRIVATELY):
        await request.call(room_id, set_receipt, room_id, receipt_type, event_id, thread_id)
    else:
        raise Refused(Errcode.INVALID_PARAM, f"A receipt is {READ}, {READ_PRIVATELY} or {FULLY_READ}.")
    return {}


@routes.post("/_matrix/client/v3/rooms/{room_id}/read_markers", auth=DEVICE, limit=Limit.RECEIPTS)
async def post_read_markers(request: Request, room_id: RoomID, body: ReadMarkers) -> dict[str, object]:
    """Move several markers at once (spec: "POST /rooms/{roomId}/read_markers"): all of them, or none."""
    named = ((FULLY_READ, body.fully_read), (READ, body.read), (READ_PRIVATELY, body.read_private))
    markers = [(type, parse_event_id(event_id, type)) for type, event_id in named if event_id is not None]
    database, withholding, user_id = request.of(Database), request.of(Withholding), request.device.user_id
    for _, event_id in markers:
        # They commit in two shards, one after another: what would be refused is found before the first.
        await seen_by_member(database, withholding, room_id, user_id, event_id)
    for type, event_id in markers:
        if type == FULLY_READ:
            await request.call(user_id, set_fully_read, room_id, event_id)
        else:
            await request.call(room_id, set_receipt, room_id, type, event_id, None)
    return {}


@routes.put("/_matrix/client/v3/rooms/{room_id}/typing/{user_id}", auth=DEVICE, limit=Limit.TYPING)
async def put_typing(request: Request, room_id: RoomID, user_id: UserID, body: TypingBody) -> dict[str, object]:
    """Tell that one types, or has stopped (spec: "PUT /rooms/{roomId}/typing/{userId}"). Nothing is stored."""
    if user_id != request.device.user_id:
        raise Refused(Errcode.FORBIDDEN, "You can say of yourself only that you are typing.")
    member = await reading.member_at(request.of(Database), room_id, user_id)
    if member is None or member.content.get("membership") != "join":
        raise not_in_room()
    request.of(Typing).set(room_id, user_id, body.timeout if body.typing else None)
    return {}
