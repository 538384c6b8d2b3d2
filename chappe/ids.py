"""Matrix identifiers: their types, their grammar, and how a new one is made.

Source: Matrix specification v1.19, appendices, "Identifier Grammar".
"""

import re
import secrets
from typing import NewType

from chappe.errors import Errcode, Refused

UserID = NewType("UserID", str)
RoomID = NewType("RoomID", str)
EventID = NewType("EventID", str)
RoomAlias = NewType("RoomAlias", str)
DeviceID = NewType("DeviceID", str)
ServerName = NewType("ServerName", str)

MAX_ID_BYTES = 255
"""Length of user ids, room ids, event ids and aliases, with sigil and server name, in bytes."""

SERVER_LOCALPART = "server"
"""The name under which the server itself speaks."""
_SERVER_USER = f"@{SERVER_LOCALPART}:"

_SERVER_NAME = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,230})(?::\d{1,5})?")
_LOCALPART_NEW = re.compile(r"[a-z0-9._=/+-]+")
_USER_ID = re.compile(rf"@[\x21-\x39\x3b-\x7e]*:(?=.{{1,230}}\Z)(?:{_SERVER_NAME.pattern})")
_OPAQUE = re.compile(r"[0-9A-Za-z._~-]{1,255}")
_OPAQUE_HISTORICAL = re.compile(r"[\x21-\x39\x3b-\x7e]+")
_ROOM_HASH = re.compile(r"[0-9A-Za-z_-]{43}")


def is_server_name(text: str) -> bool:
    """Whether `text` is a server name by the grammar of the appendices."""
    return len(text) <= 230 and _SERVER_NAME.fullmatch(text) is not None


def is_user_id(text: object) -> bool:
    """Whether `text` is a user id, historical localparts included."""
    # One pattern: a request may name very many people. All that it takes is ASCII, a byte a character.
    return isinstance(text, str) and len(text) <= MAX_ID_BYTES and _USER_ID.fullmatch(text) is not None


def is_room_id(text: object) -> bool:
    """Whether `text` is a room id: with a server name (versions 1 to 11) or a hash (version 12)."""
    if not isinstance(text, str) or not text.startswith("!") or len(text.encode("utf-8", "replace")) > MAX_ID_BYTES:
        return False
    opaque, colon, server = text[1:].partition(":")
    if not colon:
        return _ROOM_HASH.fullmatch(opaque) is not None
    return bool(opaque) and "\0" not in opaque and is_server_name(server)


def is_event_id(text: object) -> bool:
    """Whether `text` has the shape of an event id of room versions 4 and later: `$` and 43 characters."""
    return isinstance(text, str) and text.startswith("$") and _ROOM_HASH.fullmatch(text[1:]) is not None


def is_historical_event_id(text: object) -> bool:
    """Whether `text` has the shape of an event id of room versions 1 and 2: `$opaque:server`."""
    if not isinstance(text, str) or not text.startswith("$") or len(text.encode("utf-8", "replace")) > MAX_ID_BYTES:
        return False
    opaque, colon, server = text[1:].partition(":")
    return bool(colon) and _OPAQUE_HISTORICAL.fullmatch(opaque) is not None and is_server_name(server)


def is_room_alias(text: object) -> bool:
    """Whether `text` is a room alias: `#localpart:server`."""
    if not isinstance(text, str) or not text.startswith("#") or len(text.encode("utf-8", "replace")) > MAX_ID_BYTES:
        return False
    localpart, colon, server = text[1:].partition(":")
    return bool(colon) and bool(localpart) and "\0" not in localpart and is_server_name(server)


def parse_user_id(text: object, where: str) -> UserID:
    """`text` as a user id, or a refusal that names `where` it stood."""
    if not is_user_id(text):
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not a user ID. It looks like @name:server.")
    return UserID(str(text))


def parse_room_id(text: object, where: str) -> RoomID:
    """`text` as a room id, or a refusal that names `where` it stood."""
    if not is_room_id(text):
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not a room ID. It begins with '!'.")
    return RoomID(str(text))


def parse_event_id(text: object, where: str) -> EventID:
    """`text` as an event id, or a refusal that names `where` it stood.

    No room here has events with ids of the historical shape; they are taken, and then not found.
    """
    if not is_event_id(text) and not is_historical_event_id(text):
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not an event ID. It is '$' and 43 characters.")
    return EventID(str(text))


def parse_room_alias(text: object, where: str) -> RoomAlias:
    """`text` as a room alias, or a refusal that names `where` it stood."""
    if not is_room_alias(text):
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not a room alias. It looks like #name:server.")
    return RoomAlias(str(text))


def server_of(identifier: str) -> ServerName:
    """The server name inside a user id, alias, or room id of versions 1 to 11."""
    return ServerName(identifier.partition(":")[2])


def localpart_of(identifier: str) -> str:
    """What stands between the sigil and the first colon."""
    return identifier[1:].partition(":")[0]


def new_user_id(localpart: str, server: ServerName) -> UserID:
    """A user id for a new account; only the strict grammar of today is accepted."""
    user_id = f"@{localpart}:{server}"
    if _LOCALPART_NEW.fullmatch(localpart) is None:
        raise Refused(Errcode.INVALID_USERNAME, "A user name has only the characters a-z, 0-9 and . _ = - / +")
    if len(user_id) > MAX_ID_BYTES:
        raise Refused(
            Errcode.INVALID_USERNAME, f"A user ID has at most {MAX_ID_BYTES} characters with the server name."
        )
    return UserID(user_id)


def server_user(server: ServerName) -> UserID:
    """The user id under which the server itself speaks. Nobody can have it, or log in with it."""
    return UserID(f"@{SERVER_LOCALPART}:{server}")


def is_server_user(user_id: str) -> bool:
    """Whether a user id is that of a server itself."""
    return user_id.startswith(_SERVER_USER)


def new_room_id(server: ServerName) -> RoomID:
    """A random room id for room versions 1 to 11; version 12 takes the hash of its create event."""
    return RoomID(f"!{secrets.token_urlsafe(18)}:{server}")


def is_opaque_id(text: str) -> bool:
    """Whether `text` fits the common grammar of opaque ids (transaction, filter, media)."""
    return _OPAQUE.fullmatch(text) is not None
