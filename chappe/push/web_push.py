"""Web push: what a browser's subscription looks like, and what it is told. Pure.

A browser gives a page a *subscription*: the address of its maker's push service, and keys with which only that
browser reads what is sent (RFC 8030, RFC 8291). Clients set it as a pusher of the app `chappe.web`, whose push
gateway is this server itself.
"""

from base64 import urlsafe_b64decode
from binascii import Error

import msgspec

from chappe.errors import Errcode, Refused
from chappe.push.pushers import PATH, require_address
from chappe.push.ruleset import JSON

WEB_APP = "chappe.web"
"""The app id of pushers that are web push subscriptions."""
POINT_BYTES = 65
"""Of a public key: an uncompressed point of P-256."""
SECRET_BYTES = 16
MAX_KEY_CHARS = 100
MAX_PAYLOAD_BYTES = 3_900
"""A push service takes 4,096 bytes (RFC 8030, 7.2), of which encryption needs 103 and a service may need some."""

_ALWAYS = ("event_id", "room_id", "prio", "counts")


class Subscription(msgspec.Struct, frozen=True):
    """Where a browser is told, and its keys."""

    endpoint: str
    public_key: bytes
    secret: bytes


def subscription_of(data: JSON) -> Subscription:
    """The subscription in a pusher's data: `endpoint`, and `keys` with `p256dh` and `auth`, as browsers write it."""
    keys = data.get("keys")
    endpoint, given = data.get("endpoint"), keys if isinstance(keys, dict) else {}
    if not isinstance(endpoint, str):
        raise Refused(Errcode.MISSING_PARAM, "data needs the endpoint of the browser's subscription.")
    public_key, secret = _decoded(given.get("p256dh")), _decoded(given.get("auth"))
    if len(public_key) != POINT_BYTES or len(secret) != SECRET_BYTES:
        raise Refused(Errcode.INVALID_PARAM, "data.keys needs p256dh and auth as the browser gives them.")
    return Subscription(endpoint, public_key, secret)


def require_subscription(data: JSON, gateway: str, private_networks: tuple[str, ...]) -> Subscription:
    """The subscription, refused if its endpoint is none that may be told, or its gateway is not this server."""
    if data.get("url") != gateway:
        raise Refused(Errcode.INVALID_PARAM, f"The url of a pusher of {WEB_APP} is {gateway}")
    found = subscription_of(data)
    parts = require_address(found.endpoint, private_networks, "The endpoint of a subscription")
    if "[" in parts.netloc:
        raise Refused(Errcode.INVALID_PARAM, "The endpoint of a subscription has a host name.")
    return found


def gateway_of(base_url: str) -> str:
    """The address of this server's own push gateway."""
    return base_url + PATH


def payload(notification: JSON, tweaks: JSON) -> bytes:
    """What the browser reads: the notification as gateways are told it, without devices, and as much as fits."""
    whole = {key: value for key, value in notification.items() if key != "devices"} | {"tweaks": tweaks}
    without_content = {key: value for key, value in whole.items() if key != "content"}
    for told in (whole, without_content):
        packed = msgspec.json.encode(told)
        if len(packed) <= MAX_PAYLOAD_BYTES:
            return packed
    return msgspec.json.encode({key: whole[key] for key in _ALWAYS if key in whole})


def _decoded(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > MAX_KEY_CHARS:
        return b""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return b""
