"""This server as a push gateway for browsers. Push Gateway API v1.19; RFC 8030."""

import hmac

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, NOBODY, JSONObject, Limit, Request, Routes
from chappe.push import store
from chappe.push.gateway import Undelivered
from chappe.push.pushers import PATH
from chappe.push.ruleset import JSON
from chappe.push.web_gateway import WebPush
from chappe.push.web_push import WEB_APP, subscription_of
from chappe.storage import Database

routes = Routes()

MAX_DEVICES = 10
"""Browsers told with one request."""


class Device(msgspec.Struct):
    """One device of a notification, as a home server names it."""

    app_id: str
    pushkey: str
    data: JSON = {}
    tweaks: JSON = {}


class Devices(msgspec.Struct):
    """What is looked at of a notification; the rest is passed on."""

    devices: list[Device]


class NotifyBody(msgspec.Struct):
    """The body of POST /notify."""

    notification: JSON


@routes.get("/_chappe/client/v1/web_push", auth=DEVICE)
async def get_web_push(request: Request) -> JSONObject:
    """What a client in a browser needs to subscribe, and to set its pusher: `public_key` for the browser, as it takes
    `applicationServerKey`; `app_id` and `url` for the pusher."""
    web = request.of(WebPush)
    return {"app_id": WEB_APP, "url": web.url, "public_key": web.vapid.public_key}


@routes.post(PATH, auth=NOBODY, limit=Limit.MESSAGES)
async def post_notify(request: Request, body: NotifyBody) -> JSONObject:
    """Tell browsers that are subscribed here, by pushers of this server's people. Others are rejected: who could name
    any endpoint would make this server call wherever they wish."""
    try:
        devices = msgspec.convert(body.notification, Devices).devices
    except msgspec.ValidationError as wrong:
        raise Refused(Errcode.BAD_JSON, f"notification: {wrong}") from None
    if len(devices) > MAX_DEVICES:
        raise Refused(Errcode.TOO_LARGE, f"A notification is for at most {MAX_DEVICES} devices here.")
    rejected = [device.pushkey for device in devices if not await _tell(request, body.notification, device)]
    return {"rejected": rejected}


async def _tell(request: Request, notification: JSON, device: Device) -> bool:
    """Whether the device is one of ours and its subscription still is."""
    if device.app_id != WEB_APP or "\0" in device.pushkey:
        return False
    for data in await store.data_of(request.of(Database), device.app_id, device.pushkey):
        if _knows(device.data, data):
            try:
                return await request.of(WebPush).tell(data, notification, device.tweaks)
            except Undelivered as failure:
                raise Refused(Errcode.CONNECTION_FAILED, f"Not delivered: {failure}.") from None
    return False


def _knows(given: JSON, stored: JSON) -> bool:
    """Whether who asks knows the subscription, and not only its name."""
    try:
        return hmac.compare_digest(subscription_of(given).secret, subscription_of(stored).secret)
    except Refused:
        return False
