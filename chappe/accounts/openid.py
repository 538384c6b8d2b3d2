"""Proof towards other services of who one is here. v1.19, "OpenID".

A token says whose it is and until when, and is signed with the server's key: nothing is stored. It is good for
nothing but asking this server whose it is.
"""

import hmac
from base64 import urlsafe_b64encode

from chappe.errors import Errcode, Refused
from chappe.events.signing import decode_base64
from chappe.identity import Identity
from chappe.ids import UserID, is_user_id, localpart_of

TOKEN_MS = 3_600_000
"""How long a token holds."""
PURPOSE = b"org.chappe.openid "
"""Stands before what is signed, so that a signature for anything else is none for a token."""
_BEGIN = "cho_"
_URL_SAFE = str.maketrans("+/", "-_")


def new_token(identity: Identity, user_id: UserID, now: int) -> str:
    """A token for the user, from now on."""
    told = f"{now + TOKEN_MS} {localpart_of(user_id)}".encode()
    return f"{_BEGIN}{urlsafe_b64encode(told).decode().rstrip('=')}.{_seal(identity, told)}"


def owner_of(identity: Identity, token: str, now: int) -> UserID:
    """Whose token it is. Refuses with UNKNOWN_TOKEN what is none, or none any more."""
    packed, _, seal = token.removeprefix(_BEGIN).partition(".")
    told = decode_base64(packed)
    if told is None or not hmac.compare_digest(_seal(identity, told).encode(), seal.encode("utf-8", "replace")):
        raise unknown_token()
    until, _, localpart = told.decode().partition(" ")
    if int(until) < now:
        raise unknown_token()
    user_id = f"@{localpart}:{identity.server_name}"
    assert is_user_id(user_id), "what this server signed is well-formed"
    return UserID(user_id)


def unknown_token() -> Refused:
    """What is told about a token that is none, or none any more."""
    return Refused(Errcode.UNKNOWN_TOKEN, "This is no OpenID token of this server, or it has run out.")


def _seal(identity: Identity, told: bytes) -> str:
    return identity.key.sign(PURPOSE + told).translate(_URL_SAFE)
