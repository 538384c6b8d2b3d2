"""What a push gateway is told. Push Gateway API v1.19, "POST /_matrix/push/v1/notify". Pure.

Of an encrypted event nothing but ids leaves, whatever the pusher asks for.
"""

import msgspec

from chappe.push.pushers import Pusher
from chappe.push.ruleset import JSON

MAX_CONTENT_BYTES = 16 * 1024
"""A larger content is left out: no gateway can pass it on."""
ENCRYPTED = "m.room.encrypted"

_URGENT = ("m.call.invite", ENCRYPTED)


class Told(msgspec.Struct, frozen=True):
    """An event, and what people call its sender and its room."""

    event_id: str
    room_id: str
    type: str
    state_key: str | None
    sender: str
    content: JSON
    sender_name: object
    room_name: object
    room_alias: object


def notice(pusher: Pusher, told: Told, tweaks: JSON, unread: int) -> bytes:
    """The body that tells a gateway of one event."""
    wanted: JSON = {
        "event_id": told.event_id,
        "room_id": told.room_id,
        "prio": _priority(told, tweaks),
        **_always(pusher, tweaks, unread),
    }
    if not pusher.ids_only and told.type != ENCRYPTED:
        wanted.update(_details(pusher, told))
    return msgspec.json.encode({"notification": wanted})


def counts_only(pusher: Pusher, unread: int) -> bytes:
    """The body that only tells how much is unread now."""
    return msgspec.json.encode({"notification": _always(pusher, {}, unread)})


def _always(pusher: Pusher, tweaks: JSON, unread: int) -> JSON:
    device = {
        "app_id": pusher.app_id,
        "pushkey": pusher.pushkey,
        "pushkey_ts": pusher.changed_at // 1000,
        "data": {key: value for key, value in pusher.data.items() if key != "url"},
        "tweaks": tweaks,
    }
    return {"counts": {"unread": unread} if unread else {}, "devices": [device]}


def _details(pusher: Pusher, told: Told) -> JSON:
    details: JSON = {"type": told.type, "sender": told.sender}
    names = {
        "sender_display_name": told.sender_name,
        "room_name": told.room_name,
        "room_alias": told.room_alias,
    }
    details.update((key, name) for key, name in names.items() if isinstance(name, str))
    if told.type == "m.room.member":
        details["user_is_target"] = told.state_key == pusher.user_id
    if len(msgspec.json.encode(told.content)) <= MAX_CONTENT_BYTES:
        details["content"] = told.content
    return details


def _priority(told: Told, tweaks: JSON) -> str:
    """Whether a sleeping phone should be woken: for what rings, or concerns the person, or may."""
    return "high" if tweaks.get("highlight") or tweaks.get("sound") or told.type in _URGENT else "low"
