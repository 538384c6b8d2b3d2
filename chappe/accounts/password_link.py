"""The link with which a person chooses a new password, once: for a new account, or for one whose password is lost.

Whoever runs the server makes the link, and could open it. So every session of the account is told at once, by
account data of the type `org.chappe.password_reset` and by mail; using the link ends all of them, which nobody
overlooks; and a password that is changed in one of them makes the link void.
"""

import secrets
from urllib.parse import quote

from chappe import audit
from chappe.accounts import credentials, emails, register_store
from chappe.accounts.account_data import change_account_data
from chappe.accounts.restrict import no_account
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import encode
from chappe.ids import UserID
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

LINK_MS = 86_400_000
"""A link holds for a day, until it is used, or until the next one is made."""

PATH = "/_chappe/password"
TOLD_AS = "org.chappe.password_reset"
"""The type of account data by which sessions hear of a link: `asked_at` and `until`, in milliseconds."""


async def password_link(bus: Bus, settings: Settings, user_id: UserID) -> str:
    """A new link for an account, which ends the one before. Refuses NOT_FOUND where there is no such account."""
    code = secrets.token_urlsafe(24)
    await bus.call(REGISTER, Command(offer_password, None, (user_id, credentials.digest(code).hex())))
    return f"{settings.base_url}{PATH}?code={quote(code)}"


async def offer_password(tx: Transaction, device: Device | None, user_id: UserID, code: str) -> None:
    """Make `code` (SHA-256, hex) the one that sets the account's password, and tell all its sessions."""
    register_store.put_password_link(tx, user_id, bytes.fromhex(code), tx.now + LINK_MS, otherwise=no_account())
    audit.record(tx, audit.actor_of(device), "account.link_made", user_id)
    await emails.tell(tx, user_id, "link_made")
    tx.effect(user_id, "accounts.tell_of_link", user_id, tx.now, tx.now + LINK_MS, awaited=True)


async def tell_of_link(tx: Transaction, device: Device | None, user_id: str, asked_at: int, until: int) -> None:
    """Effect in the user's shard: the account's devices hear of it with their next /sync."""
    content = encode({"asked_at": asked_at, "until": until})
    await change_account_data(tx, UserID(user_id), None, TOLD_AS, lambda _: content)


async def choose_password(tx: Transaction, device: Device | None, code: str, password_hash: str) -> UserID:
    """Use a link up: set the password, and end every login of the account. Returns whose it is."""
    gone = Refused(Errcode.FORBIDDEN, "This link was used, or has run out.")
    user_id = await register_store.owner_of_link(tx, bytes.fromhex(code), tx.now)
    if user_id is None:
        raise gone
    register_store.use_password_link(tx, bytes.fromhex(code), otherwise=gone)
    register_store.set_password(tx, user_id, password_hash, otherwise=gone)
    tx.effect(user_id, "accounts.log_out_others", user_id, "", awaited=True)
    await emails.tell(tx, user_id, "password_changed")
    return user_id
