"""The endpoint of previews. Client-Server API v1.19, "GET /media/preview_url"."""

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Limit, Request, Routes
from chappe.previews.previews import Previews
from chappe.previews.rules import address_of

routes = Routes()


class PreviewQuery(msgspec.Struct):
    """GET /media/preview_url."""

    url: str
    ts: int | None = None
    """For when the page is wanted. There is one preview of each, the newest."""


@routes.get("/_matrix/client/v1/media/preview_url", auth=DEVICE, limit=Limit.PREVIEWS)
@routes.get("/_matrix/media/v3/preview_url", auth=DEVICE, limit=Limit.PREVIEWS, deprecated=True)
async def get_preview_url(request: Request, query: PreviewQuery) -> JSONObject:
    """Tell what a page is about that a link leads to (spec: "GET /media/preview_url").

    Where nothing can be read, nothing is told, and not why: that would say what this server reaches.
    """
    if not request.of(Settings).link_previews:
        raise Refused(Errcode.UNRECOGNIZED, "This server makes no previews of links.")
    address = address_of(query.url)
    if address is None:
        raise Refused(Errcode.INVALID_PARAM, "url is no address of a page: it begins with https:// or http://.")
    return {**await request.of(Previews).of(request.device.user_id, address)}


async def previews_capability(request: Request) -> JSONObject:
    """What GET /capabilities tells, so that clients offer nothing that is not there."""
    return {"org.chappe.link_previews": {"enabled": request.of(Settings).link_previews}}
