"""Profiles: what people show of themselves. Client-Server API v1.19, "Profiles"."""

import re
from collections.abc import Awaitable, Callable

import msgspec

from chappe.accounts import store
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import encode
from chappe.ids import UserID, localpart_of
from chappe.stream import Device, Transaction

MAX_PROFILE_BYTES = 65_535
"""The whole profile as JSON is under 64 KiB, as the specification says; the braces are counted."""
MAX_KEY_BYTES = 255
MAX_DISPLAYNAME_CHARS = 256
MAX_AVATAR_URL_CHARS = 1_000
MAX_TIME_ZONE_CHARS = 255

CLEARED_BY_EMPTY = ("displayname", "avatar_url")
"""Fields that clients remove by setting them to the empty string."""

_KEY = re.compile(r"avatar_url|displayname|m\.tz|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_MXC = re.compile(r"mxc://[^/\s\0]+/[A-Za-z0-9_-]+")

OnProfileChanged = Callable[[Transaction, UserID, str, object], Awaitable[None]]
"""`on_changed(tx, user_id, key, value)`; the value is None when the key was removed."""


class ProfileChanged(list[OnProfileChanged]):
    """What higher slices do when a profile changes, in the same unit: spread it to rooms."""


def require_key(key: str) -> None:
    """Refuse what is no name of a profile field."""
    if len(key.encode()) > MAX_KEY_BYTES:
        raise Refused(Errcode.KEY_TOO_LARGE, f"The name of a profile field has at most {MAX_KEY_BYTES} bytes.")
    if _KEY.fullmatch(key) is None:
        raise Refused(
            Errcode.INVALID_PARAM,
            "A profile field is displayname, avatar_url, m.tz, or a name of your own like org.example.pronouns.",
        )


def require_value(key: str, value: object) -> None:
    """Refuse a value that does not fit its field. Fields of one's own take any JSON."""
    longest = {
        "displayname": MAX_DISPLAYNAME_CHARS,
        "avatar_url": MAX_AVATAR_URL_CHARS,
        "m.tz": MAX_TIME_ZONE_CHARS,
    }.get(key)
    if longest is None:
        return
    if not isinstance(value, str):
        raise Refused(Errcode.BAD_JSON, f"{key} must be a string.")
    if len(value) > longest:
        raise Refused(Errcode.INVALID_PARAM, f"{key} has at most {longest} characters.")
    if key == "avatar_url" and _MXC.fullmatch(value) is None:
        raise Refused(Errcode.INVALID_PARAM, "avatar_url must look like mxc://server/media.")


async def put_value(tx: Transaction, device: Device | None, user_id: UserID, key: str, value: object) -> None:
    """Set one field of a profile; an empty name or picture removes it, as clients expect.

    Refuses a value that does not fit the field, and what would make the profile too large.
    """
    if key in CLEARED_BY_EMPTY and value == "":
        await remove_value(tx, device, user_id, key)
        return
    require_value(key, value)
    too_large = Refused(Errcode.PROFILE_TOO_LARGE, f"The whole profile has at most {MAX_PROFILE_BYTES} bytes.")
    # The braces are two bytes, and every field but the first needs a comma that is counted with it.
    store.put_profile_value(tx, user_id, key, encode(value), MAX_PROFILE_BYTES - 1, otherwise=too_large)
    await _tell(tx, user_id, key, value)


async def name_new(tx: Transaction, device: Device | None, user_id: str) -> None:
    """The effect in the person's shard: a new account is shown by its user name, until the person chooses another.

    The specification leaves a new profile empty. Clients then show the whole user id as somebody's name, in every
    room and beside every message.
    """
    await put_value(tx, device, UserID(user_id), "displayname", localpart_of(user_id))


async def remove_value(tx: Transaction, device: Device | None, user_id: UserID, key: str) -> None:
    """Remove one field of a profile, if it is there."""
    store.erase_profile_value(tx, user_id, key)
    await _tell(tx, user_id, key, None)


async def _tell(tx: Transaction, user_id: UserID, key: str, value: object) -> None:
    for on_changed in tx.of(ProfileChanged):
        await on_changed(tx, user_id, key, value)


async def profile_of(source: Fetches, user_id: UserID) -> dict[str, msgspec.Raw]:
    """A profile: its fields, each as JSON. Empty when there is none."""
    return {key: msgspec.Raw(value) for key, value in await store.profile(source, user_id)}
