"""Matrix HTTP for pushers."""

import msgspec

from chappe import mail
from chappe.accounts.emails import has_email
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, RawJSON, Request, Routes
from chappe.push import store
from chappe.push.notifications import Notifications, NotificationsQuery
from chappe.push.pushers import EMAIL, EMAIL_APP, HTTP, packed, packed_data, require_names
from chappe.push.set_pusher import remove_pusher, set_pusher
from chappe.push.web_gateway import WebPush
from chappe.push.web_push import WEB_APP
from chappe.storage import Database
from chappe.timeline.visible import Viewer, Withholding

routes = Routes()


class PusherBody(msgspec.Struct):
    """The body of POST /pushers/set. `kind` is null to remove the pusher."""

    kind: str | None
    app_id: str
    pushkey: str
    app_display_name: str | None = None
    device_display_name: str | None = None
    profile_tag: str | None = None
    lang: str | None = None
    data: dict[str, object] | None = None
    append: bool = False


@routes.get("/_matrix/client/v3/pushers", auth=DEVICE)
async def get_pushers(request: Request) -> JSONObject:
    """The person's pushers: where their sleeping clients are told."""
    found = await store.pushers(request.of(Database), request.device.user_id)
    return {"pushers": [pusher.shown() for pusher in found]}


@routes.get("/_matrix/client/v3/notifications", auth=DEVICE)
async def get_notifications(request: Request, query: NotificationsQuery) -> RawJSON:
    """Of what the person was notified and has not read (spec: "GET /notifications"); for who has a pusher."""
    viewer = Viewer(request.device.user_id, request.device.device_id)
    now = request.of(Clock).now_ms()
    listed = Notifications(request.of(Database), request.of(Withholding), viewer, now)
    return RawJSON(msgspec.json.encode(await listed.page(query)))


@routes.post("/_matrix/client/v3/pushers/set", auth=DEVICE)
async def post_pusher(request: Request, body: PusherBody) -> JSONObject:
    """Set, change or remove a pusher."""
    user_id = request.device.user_id
    require_names(body.app_id, body.pushkey)
    pushkey = body.pushkey.lower() if body.app_id == EMAIL_APP else body.pushkey
    if body.kind is None:
        await request.call(user_id, remove_pusher, user_id, body.app_id, pushkey)
        return {}
    if body.kind not in (HTTP, EMAIL) or (body.kind == EMAIL) != (body.app_id == EMAIL_APP):
        raise Refused(Errcode.INVALID_PARAM, 'A pusher is of the kind "http", or "email" with the app_id m.email.')
    app, name, lang, data = body.app_display_name, body.device_display_name, body.lang, body.data
    if app is None or name is None or lang is None or data is None:
        raise Refused(Errcode.MISSING_PARAM, "A pusher needs app_display_name, device_display_name, lang and data.")
    texts = (app, name, body.profile_tag, lang)
    require_names(body.app_id, body.pushkey, app, name, body.profile_tag or "", lang)
    await request.call(user_id, set_pusher, body.app_id, pushkey, texts, await _packed(request, body), body.append)
    return {}


async def _packed(request: Request, body: PusherBody) -> bytes:
    """The pusher's data, once it is clear that somebody can be told with it."""
    data = body.data or {}
    if body.app_id == EMAIL_APP:
        mail.require_on(request.of(mail.Mails))
        if not await has_email(request.of(Database), request.device.user_id, mail.parse_address(body.pushkey)):
            raise Refused(Errcode.THREEPID_NOT_FOUND, "The account does not have this mail address.")
        return packed(data)
    if body.app_id != WEB_APP:
        return packed_data(data, request.of(Settings).push_private_networks)
    request.of(WebPush).require(data)
    return packed(data)
