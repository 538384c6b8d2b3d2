"""HTTP for dehydrated devices, under the unstable names of MSC3814 by which clients ask for them."""

import asyncio
import re

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, RawJSON, Request, Routes
from chappe.keys import dehydrated, inboxes
from chappe.keys import store_to_device as store
from chappe.keys.routes import MAX_UPLOAD_BYTES, UploadBody, checked_upload
from chappe.rooms.shown import json_list
from chappe.storage import Database
from chappe.stream import Log, Place, place, position_at, shard_of

routes = Routes()

MAX_DATA_BYTES = 64 * 1024
"""A device's private keys, encrypted: some kilobytes with a hundred one-time keys."""

PATH = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"

_POSITION = re.compile(r"[0-9]{1,12}", re.ASCII)


class DehydratedBody(UploadBody, kw_only=True):
    """PUT /dehydrated_device: the device, and its keys as in /keys/upload."""

    device_id: str
    device_data: JSONObject
    initial_device_display_name: str | None = None


@routes.put(PATH, auth=DEVICE, max_body_bytes=MAX_UPLOAD_BYTES)
async def put_dehydrated(request: Request, body: DehydratedBody) -> JSONObject:
    """Store the account's dehydrated device, in place of the one before (MSC3814)."""
    if not isinstance(body.device_data.get("algorithm"), str):
        raise Refused(Errcode.INVALID_PARAM, "device_data has an algorithm, by which clients know how to read it.")
    data = msgspec.json.encode(body.device_data)
    if len(data) > MAX_DATA_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"device_data has at most {MAX_DATA_BYTES} bytes.")
    if not body.device_keys:
        raise Refused(Errcode.MISSING_PARAM, "device_keys is missing: nobody could write to the device.")
    user_id = request.device.user_id
    keys = await asyncio.to_thread(checked_upload, body, user_id, body.device_id, None)
    new = dehydrated.Dehydrated(body.device_id, body.initial_device_display_name, data, keys)
    await request.call(user_id, dehydrated.dehydrate, new)
    return {"device_id": body.device_id}


@routes.get(PATH, auth=DEVICE)
async def get_dehydrated(request: Request) -> RawJSON:
    """The account's dehydrated device (MSC3814)."""
    found = await store.dehydrated_device(request.of(Database), request.device.user_id)
    if found is None:
        raise dehydrated.no_dehydrated_device()
    device_id, data = found
    return RawJSON(b'{"device_id":' + msgspec.json.encode(device_id) + b',"device_data":' + data + b"}")


@routes.delete(PATH, auth=DEVICE)
async def delete_dehydrated(request: Request) -> JSONObject:
    """Delete the account's dehydrated device (MSC3814)."""
    return {"device_id": await request.call(request.device.user_id, dehydrated.delete_dehydrated)}


class EventsQuery(msgspec.Struct):
    """GET …/events: behind which answer to go on."""

    next_batch: str | None = None


class EventsBody(EventsQuery):
    """POST …/events, the older form."""


@routes.get(PATH + "/{device_id}/events", auth=DEVICE)
async def get_dehydrated_events(request: Request, device_id: str, query: EventsQuery) -> RawJSON:
    """The messages that came for the dehydrated device (MSC3814). They stay until it is deleted."""
    return await _events(request, device_id, query.next_batch)


@routes.post(PATH + "/{device_id}/events", auth=DEVICE, deprecated=True)
async def post_dehydrated_events(request: Request, device_id: str, body: EventsBody) -> RawJSON:
    """The messages that came for the dehydrated device, as clients ask that know an older MSC3814."""
    return await _events(request, device_id, body.next_batch)


async def _events(request: Request, device_id: str, next_batch: str | None) -> RawJSON:
    if next_batch is not None and _POSITION.fullmatch(next_batch) is None:
        raise Refused(Errcode.INVALID_PARAM, "next_batch is not of an answer of this endpoint.")
    user_id, database = request.device.user_id, request.of(Database)
    shard, head = shard_of(user_id), request.of(Log).head_of(user_id)
    found = await store.dehydrated_device(database, user_id)
    if found is None:
        raise dehydrated.no_dehydrated_device()
    if found[0] != device_id:
        raise Refused(Errcode.FORBIDDEN, "Your dehydrated device is another one.")
    after: Place = place(shard, int(next_batch or 0))
    waiting = await store.messages(database, user_id, device_id, after, head, inboxes.MAX_TOLD + 1)
    told = inboxes.first_of(waiting, head)
    token = str(position_at(told.upto)).encode()
    return RawJSON(b'{"events":' + json_list(told.events) + b',"next_batch":"' + token + b'"}')
