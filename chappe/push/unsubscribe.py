"""The link in a letter by which its reader gets no more of them. Pure.

Who has the letter has the link, and nobody else: it is signed with a key made of the server's own. It does one
thing, and does it as often as it is opened.
"""

import hmac
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

from chappe.identity import Identity

UNSUBSCRIBE_PATH = "/_chappe/digests/stop"

_PURPOSE = b"chappe: stop letters about unread messages"


def link_for(identity: Identity, base_url: str, user_id: str, address: str) -> str:
    """The link for one person's pusher."""
    return f"{base_url}{path_for(identity, user_id, address)}"


def path_for(identity: Identity, user_id: str, address: str) -> str:
    """The same without the server's address in front."""
    query = {"user": user_id, "address": address, "proof": _proof(identity, user_id, address)}
    return f"{UNSUBSCRIBE_PATH}?{urlencode(query)}"


def is_right(identity: Identity, user_id: str, address: str, proof: str) -> bool:
    """Whether the link is one that this server made."""
    return hmac.compare_digest(_proof(identity, user_id, address).encode(), proof.encode())


def _proof(identity: Identity, user_id: str, address: str) -> str:
    key = hmac.digest(identity.key.seed, _PURPOSE, "sha256")
    digest = hmac.digest(key, f"{user_id}\n{address}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
