"""Being logged in to the console: secrets in cookies, and what is stored of them.

A *session* is somebody in one browser, for some hours. The *browser* itself has a secret too, which stays when
sessions end: by it two accounts that are used in one browser are known not to be two people.
"""

import hmac
import secrets
from hashlib import sha256

from chappe import accounts, audit
from chappe.accounts import Account
from chappe.ids import UserID
from chappe.operators import store
from chappe.operators.require import require
from chappe.operators.store import Session
from chappe.stream import Device, Transaction

SECRET_BYTES = 32
SESSION_MS = 12 * 3_600_000
"""A working day; then one logs in again."""
IDLE_MS = 30 * 60_000
"""A console that nobody looks at is closed."""
SEEN_EVERY_MS = 60_000
BROWSER_MS = 400 * 86_400_000
"""How long a browser is remembered: as long as browsers keep cookies."""


def new_secret() -> str:
    """For a session or a browser."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """What is stored of a secret. It is random, so that a slow hash would add nothing."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def password_seal(account: Account) -> str:
    """By which a changed password ends sessions."""
    return digest(account.password_hash or "")


def form_key(secret: str, purpose: str) -> str:
    """What a form carries to show that it is ours: whoever does not know the secret cannot make it."""
    return hmac.digest(secret.encode("utf-8", "replace"), purpose.encode(), "sha256").hex()


def is_form_key(secret: str, purpose: str, given: str) -> bool:
    """Whether it is that one."""
    return hmac.compare_digest(form_key(secret, purpose).encode(), given.encode("utf-8", "replace"))


async def enter(
    tx: Transaction, device: Device | None, user_id: UserID, password_hash: str, session: str, browser: str
) -> None:
    """Log a member of staff in, if the account still has the password that was compared. Hashes, no secrets."""
    await require(tx, tx.now, user_id)
    accounts.require_unchanged(tx, user_id, password_hash)
    seal = digest(password_hash)
    new = Session(session, user_id, browser, seal, tx.now, tx.now, tx.now + SESSION_MS)
    store.add_session(tx, new, tx.now - IDLE_MS, tx.now - BROWSER_MS)
    audit.record(tx, user_id, "console.entered", user_id)


async def leave(tx: Transaction, device: Device | None, session: str) -> None:
    """End a session."""
    store.end_session(tx, session)
