"""What names, passwords, devices and profiles may look like. Pure."""

import re

from chappe.errors import Errcode, Refused
from chappe.ids import ServerName, UserID, is_server_user, is_user_id, new_user_id, server_of

MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_BYTES = 512
"""Beyond this a password only costs time to hash."""
MAX_DEVICE_ID_CHARS = 255
MAX_DEVICE_NAME_CHARS = 255
MAX_DEVICES = 1_000
"""Logins an account may have at once; a further one ends the one that was silent longest."""
MAX_TYPE_CHARS = 255
"""Length of a type of account data: that of an event type."""

_REGISTRATION_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_SERVER_MANAGED_TYPES = frozenset({"m.fully_read", "m.push_rules"})


def user_id_from_name(username: str, server: ServerName) -> UserID:
    """The user id that a new account gets for `username`. Capitals, which phones write by themselves, become small."""
    if not username:
        raise Refused(Errcode.INVALID_USERNAME, "The user name is empty.")
    user_id = new_user_id(username.lower(), server)
    if is_server_user(user_id):
        raise Refused(Errcode.USER_IN_USE, "Under this name the server itself speaks. Choose another.")
    return user_id


def user_id_at_login(user: str, server: ServerName) -> UserID | None:
    """Whom someone means who logs in as `user`, a name or a whole user id; None when nobody here is called so."""
    user_id = user if user.startswith("@") else f"@{user}:{server}"
    if not is_user_id(user_id) or server_of(user_id) != server or is_server_user(user_id.lower()):
        return None
    return UserID(user_id.removesuffix(f":{server}").lower() + f":{server}")


def require_password(password: str) -> None:
    """Refuse a password that is too easily guessed, or too long to hash."""
    if len(password) < MIN_PASSWORD_CHARS:
        raise Refused(Errcode.WEAK_PASSWORD, f"A password has at least {MIN_PASSWORD_CHARS} characters.")
    require_password_size(password)


def require_password_size(password: str) -> None:
    """Refuse a password that is empty or too long to hash."""
    if not 0 < len(password.encode()) <= MAX_PASSWORD_BYTES:
        raise Refused(Errcode.INVALID_PARAM, f"A password has 1 to {MAX_PASSWORD_BYTES} bytes.")


def require_device_id(device_id: str) -> None:
    """Refuse a device id that cannot stand in a path or a list."""
    if not 0 < len(device_id) <= MAX_DEVICE_ID_CHARS or not device_id.isprintable():
        raise Refused(Errcode.INVALID_PARAM, f"device_id has 1 to {MAX_DEVICE_ID_CHARS} printable characters.")


def require_device_name(name: str | None) -> None:
    """Refuse a device's display name that is too long or holds control characters."""
    if name is not None and (len(name) > MAX_DEVICE_NAME_CHARS or "\0" in name):
        raise Refused(
            Errcode.INVALID_PARAM, f"The display name of a device has at most {MAX_DEVICE_NAME_CHARS} characters."
        )


def is_registration_token(token: str) -> bool:
    """Whether `token` could be one: the grammar of opaque ids, at most 64 characters."""
    return _REGISTRATION_TOKEN.fullmatch(token) is not None


def require_same_user(asking: UserID, owner: UserID) -> None:
    """Refuse whoever asks for what belongs to another account."""
    if asking != owner:
        raise Refused(Errcode.FORBIDDEN, "This belongs to another account.")


def require_account_data_type(data_type: str) -> None:
    """Refuse types of account data that the server itself manages, in rooms and outside."""
    if data_type in _SERVER_MANAGED_TYPES:
        raise Refused(
            Errcode.BAD_JSON, f"{data_type} is managed by the server and has an endpoint of its own.", status=405
        )
    if not 0 < len(data_type) <= MAX_TYPE_CHARS:
        raise Refused(Errcode.INVALID_PARAM, f"A type of account data has 1 to {MAX_TYPE_CHARS} characters.")
