"""The links by which people without our client read what became of something, and complain. Pure.

Who was sent the link has it, and nobody else: it is signed with a key made of the server's own.
"""

import hmac
from base64 import urlsafe_b64encode
from enum import StrEnum

from chappe.identity import Identity

PATH = "/_chappe/safety"
TERMS = "/_chappe/terms"

_PURPOSE = b"chappe: read a decision or what was filed, and complain"


class About(StrEnum):
    """What a link is about."""

    DECISION = "decisions"
    """A decision, for whom it restricts."""
    FILING = "filings"
    """A report or notice, for who filed it."""


def link_to(identity: Identity, base_url: str, about: About, id: str) -> str:
    """The link."""
    return f"{base_url}{PATH}/{about.value}/{id}?proof={proof_of(identity, about, id)}"


def proof_of(identity: Identity, about: About, id: str) -> str:
    """What only this server can add to it."""
    key = hmac.digest(identity.key.seed, _PURPOSE, "sha256")
    digest = hmac.digest(key, f"{about.value}\n{id}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_right(identity: Identity, about: About, id: str, proof: str) -> bool:
    """Whether a link is one that this server made."""
    return hmac.compare_digest(proof_of(identity, about, id).encode(), proof.encode())
