"""Matrix HTTP for messages from device to device."""

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import GUEST, JSONObject, Limit, Request, Routes
from chappe.keys import store_to_device as store
from chappe.keys import to_device
from chappe.storage import Database

routes = Routes()

MAX_BODY_BYTES = 4 * 1024 * 1024
"""A room key for a thousand devices has about 1.5 MB."""


class Sent(msgspec.Struct):
    """The body of PUT /sendToDevice: contents by user id and device id, which may be `*`."""

    messages: dict[str, dict[str, msgspec.Raw]]


@routes.put(
    "/_matrix/client/v3/sendToDevice/{event_type}/{txn_id}",
    auth=GUEST,
    limit=Limit.TO_DEVICE,
    max_body_bytes=MAX_BODY_BYTES,
    keeps_json=True,
)
async def put_to_device(request: Request, event_type: str, txn_id: str, body: Sent) -> JSONObject:
    """Send messages to devices (spec: "PUT /sendToDevice/{eventType}/{txnId}")."""
    if not 0 < len(event_type.encode()) <= to_device.MAX_TYPE_BYTES:
        raise Refused(Errcode.INVALID_PARAM, f"A type has 1 to {to_device.MAX_TYPE_BYTES} bytes.")
    messages = to_device.for_local_people(body.messages, request.of(Settings).server_name)
    to_all = [user_id for user_id, contents in messages.items() if to_device.ALL_DEVICES in contents]
    devices = await store.devices_of(request.of(Database), to_all) if to_all else {}
    sender = request.device.user_id
    if (more := to_device.weight(messages, devices) - 1) > 0:
        request.limits.hit(Limit.TO_DEVICE, sender, more)
    await request.call(sender, to_device.send_to_device, event_type, txn_id, messages)
    return {}
