"""Servers that relay calls: who may use them is told by a password that runs out (v1.19, "Voice over IP").

The password is that of the "TURN REST API", which coturn and others know: an HMAC of the user name, which says until
when it holds.
"""

import hmac
from base64 import b64encode

import msgspec

from chappe.clock import Clock
from chappe.config import Settings
from chappe.http import DEVICE, JSONObject, Request, Routes
from chappe.ids import UserID

routes = Routes()


class Relays(msgspec.Struct, frozen=True):
    """The TURN servers, and how to log in to them. `ttl` is in seconds."""

    username: str
    password: str
    ttl: int
    uris: tuple[str, ...]


@routes.get("/_matrix/client/v3/voip/turnServer", auth=DEVICE)
async def get_turn_server(request: Request) -> Relays | JSONObject:
    """The TURN servers for calls; an empty object if there are none (spec: "GET /voip/turnServer")."""
    settings = request.of(Settings)
    if settings.turn_shared_secret is None or not settings.turn_uris:
        return {}
    now_s = request.of(Clock).now_ms() // 1000
    return relays(settings, settings.turn_shared_secret, request.device.user_id, now_s)


def relays(settings: Settings, secret: str, user_id: UserID, now_s: int) -> Relays:
    """What a user is told at a time, in seconds."""
    username = f"{now_s + settings.turn_lifetime}:{user_id}"
    password = b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()
    return Relays(username, password, settings.turn_lifetime, settings.turn_uris)
