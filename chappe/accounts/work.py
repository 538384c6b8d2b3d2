"""Work before an account is made: what costs a person's machine a second, and a crowd of robots much.

A stage of user-interactive authentication, asked for only while somebody says so (`SignUpGuards`). The client finds a
`nonce` so that SHA-256 of `prefix` and `nonce` begins with so many bits of zero. The prefix follows from the session,
which nobody can guess: the work is done once for each account, and not before.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256

from chappe.errors import Errcode, Refused
from chappe.http import Request

WORK = "org.chappe.login.work"
BITS = 18
"""About 260,000 hashes: a second in a browser."""
MAX_NONCE_CHARS = 64

Guard = Callable[[Request, str, bool], Awaitable[bool]]
"""`guard(request, username, is_new)`: whether this registration takes work. May refuse it. `is_new`: it begins."""


class SignUpGuards(list[Guard]):
    """Who has a say before somebody registers. `app.py` fills it."""

    async def want_work(self, request: Request, username: str, *, is_new: bool) -> bool:
        """Whether anybody asks for it."""
        wanted = [await guard(request, username, is_new) for guard in self]
        return any(wanted)


def prefix_of(session: str) -> str:
    """What the work of a session begins with."""
    return sha256(b"work " + session.encode()).hexdigest()[:32]


def require_done(session: str, nonce: str | None) -> None:
    """Refuse what is not the work of that session."""
    if not nonce or len(nonce) > MAX_NONCE_CHARS or not is_done(prefix_of(session), nonce):
        raise Refused(Errcode.FORBIDDEN, "This nonce is not the work that was asked for.")


def is_done(prefix: str, nonce: str) -> bool:
    """Whether a nonce was found for a prefix."""
    digest = sha256((prefix + nonce).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest, "big") >> (256 - BITS) == 0
