"""Whom to turn to, and which other networks are bridged here (v1.19, "Third-party networks")."""

from dataclasses import asdict

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, NOBODY, JSONObject, Request, Routes

routes = Routes()


@routes.get("/.well-known/matrix/support", auth=NOBODY)
async def get_support(request: Request) -> JSONObject:
    """Whom to turn to about this server (spec: "GET /.well-known/matrix/support")."""
    settings = request.of(Settings)
    told: JSONObject = {}
    if settings.support_contacts:
        told["contacts"] = [
            {key: value for key, value in asdict(contact).items() if value is not None}
            for contact in settings.support_contacts
        ]
    if settings.support_page is not None:
        told["support_page"] = settings.support_page
    if not told:
        raise Refused(Errcode.NOT_FOUND, "This server names nobody to turn to.")
    return told


@routes.get("/_matrix/client/v3/thirdparty/protocols", auth=DEVICE)
async def get_protocols(request: Request) -> JSONObject:
    """The networks that are bridged here: none (spec: "GET /thirdparty/protocols")."""
    return {}
