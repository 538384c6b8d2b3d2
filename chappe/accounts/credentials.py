"""Secrets that clients hold: how they are made and recognised. Only their SHA-256 is stored.

A token names its account, `chp_<base64url of the localpart>_<random>`, so that the shard it is stored in, which
is the account's, is known from it. The random part alone is the secret: 192 bits.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import Enum
from hashlib import sha256

from chappe.ids import DeviceID, ServerName, UserID, is_user_id, localpart_of

RANDOM_BYTES = 24
_DEVICE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Kind(Enum):
    """What a token is for; the beginning of its text."""

    ACCESS = "chp"
    REFRESH = "chr"
    LOGIN = "chl"


def new_token(kind: Kind, user_id: UserID) -> str:
    """A token of an account."""
    localpart = urlsafe_b64encode(localpart_of(user_id).encode()).decode().rstrip("=")
    return f"{kind.value}_{localpart}_{secrets.token_hex(RANDOM_BYTES)}"


def owner_of(kind: Kind, token: str, server: ServerName) -> UserID | None:
    """The account that a token names, or None when it is not one of ours."""
    begin, _, rest = token.partition("_")
    localpart, _, random = rest.rpartition("_")
    if begin != kind.value or len(random) != RANDOM_BYTES * 2 or not token.isascii():
        return None
    try:
        user_id = f"@{urlsafe_b64decode(localpart + '=' * (-len(localpart) % 4)).decode()}:{server}"
    except ValueError:
        return None
    return UserID(user_id) if is_user_id(user_id) else None


def digest(secret: str) -> bytes:
    """What is stored of a secret. It is random, so that a slow hash would add nothing."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def new_device_id() -> DeviceID:
    """A device id for a client that brings none."""
    return DeviceID("".join(secrets.choice(_DEVICE_ALPHABET) for _ in range(10)))


def new_localpart() -> str:
    """A user name for whoever asks for none: 60 random bits, which are nobody's yet."""
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))
