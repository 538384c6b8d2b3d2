"""Reporting from any Matrix client. Client-Server API v1.19, "Reporting Content".

A report says that something breaks the rules here, or why it is illegal, in whatever words; it has no category, and
what it says of an encrypted message proves nothing. Our own client uses `routes_own.py`.
"""

import msgspec

from chappe.accounts.pages import language_of
from chappe.http import DEVICE, JSONObject, Limit, Request, Routes
from chappe.ids import EventID, RoomID, UserID
from chappe.moderation.file import file
from chappe.moderation.items import account_item, event_item, known_room_item
from chappe.moderation.records import Filed, Item
from chappe.moderation.words import Door, Proof
from chappe.restrictions import Restrictions
from chappe.storage import Database
from chappe.stream import REGISTER
from chappe.timeline import Viewer, Withholding

routes = Routes()


class Reported(msgspec.Struct):
    """The body of the three reports. `reason` may be empty or missing; the `score` of old clients is not looked at."""

    reason: str = ""


@routes.post("/_matrix/client/v3/rooms/{room_id}/report/{event_id}", auth=DEVICE, limit=Limit.WRITES)
async def post_report_event(request: Request, room_id: RoomID, event_id: EventID, body: Reported) -> JSONObject:
    """Report an event of a room that one is in (spec: "POST /rooms/{roomId}/report/{eventId}")."""
    viewer = Viewer(request.device.user_id, request.device.device_id)
    item = await event_item(request.of(Database), request.of(Withholding), room_id, event_id, viewer)
    return await _report(request, item, body)


@routes.post("/_matrix/client/v3/rooms/{room_id}/report", auth=DEVICE, limit=Limit.WRITES)
async def post_report_room(request: Request, room_id: RoomID, body: Reported) -> JSONObject:
    """Report a room (spec: "POST /rooms/{roomId}/report"). A stranger learns of no room by it."""
    restrictions, me = request.of(Restrictions), request.device.user_id
    return await _report(request, await known_room_item(request.of(Database), restrictions, room_id, me), body)


@routes.post("/_matrix/client/v3/users/{user_id}/report", auth=DEVICE, limit=Limit.WRITES)
async def post_report_user(request: Request, user_id: UserID, body: Reported) -> JSONObject:
    """Report an account (spec: "POST /users/{userId}/report")."""
    return await _report(request, await account_item(request.of(Database), user_id), body)


async def _report(request: Request, item: Item, body: Reported) -> JSONObject:
    proof = Proof.UNVERIFIED if item.is_encrypted else Proof.PUBLIC
    language = language_of(request).value
    filed = Filed(Door.REPORT, body.reason, language=language, by_user=request.device.user_id, proof=proof)
    await request.call(REGISTER, file, item, filed)
    return {}
