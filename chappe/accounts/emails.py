"""Mail addresses on accounts: asking for one to be confirmed, confirming it, and what a confirmed one is good for.

Whoever asks gets the same answer whether an address has an account or not, and a letter is written in either case:
only who reads the mail of an address learns what the server knows of it. v1.19, "Adding Account Administrative
Contact Information"; "Password Management"; "Account registration".
"""

import re
from enum import Enum
from hashlib import sha256
from urllib.parse import quote, urlsplit

import msgspec

from chappe import mail
from chappe.accounts import credentials, emails_store, register_store
from chappe.accounts.emails_store import EmailSession
from chappe.accounts.store import Fetches
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.mail import Address, Letter
from chappe.stream import Device, Transaction

LINK_MS = 3_600_000
"""How long a link can be opened."""
CONFIRMED_MS = 86_400_000
"""How long a confirmed address waits for what it was confirmed for."""
MAX_ADDRESSES = 10
"""Mail addresses of one account."""
MAX_NEXT_LINK_CHARS = 2_000
PATH = "/_chappe/email/confirm"

_SECRET = re.compile(r"[0-9a-zA-Z.=_-]{1,255}")


class Purpose(Enum):
    """What an address is confirmed for; also the name of the letter."""

    ADD = "add"
    REGISTER = "register"
    RESET = "reset"


class Asked(msgspec.Struct, frozen=True):
    """A wish to have an address confirmed. `token` is the secret of the link, which only the letter has."""

    purpose: str
    address: Address
    client_secret: str
    send_attempt: int
    next_link: str | None
    language: str
    token: str

    @property
    def sid(self) -> str:
        """The session's id: the same for a repeat, and known only to who knows the client secret."""
        return sha256(f"{self.purpose}\n{self.address}\n{self.client_secret}".encode()).hexdigest()


class Proof(msgspec.Struct, frozen=True):
    """What a client shows of a session: its id, and the secret it began with."""

    sid: str
    client_secret: str


def require_secret(client_secret: str) -> None:
    """Refuse what is no client secret."""
    if _SECRET.fullmatch(client_secret) is None:
        raise Refused(Errcode.INVALID_PARAM, "client_secret has 1 to 255 characters of 0-9 a-z A-Z . = _ -")


def require_next_link(link: str | None) -> None:
    """Refuse a link that leads to anything but a web page."""
    if link is None:
        return
    try:
        sound = len(link) <= MAX_NEXT_LINK_CHARS and urlsplit(link).scheme in ("http", "https") and link.isprintable()
    except ValueError:
        sound = False
    if not sound:
        raise Refused(Errcode.INVALID_PARAM, "next_link is an address that begins with https:// or http://")


async def ask(tx: Transaction, device: Device | None, asked: Asked) -> str:
    """Begin a session and write the letter; a repeat of an attempt does neither. Returns the session's id."""
    mail.require_on(tx.of(mail.Mails))
    found = await emails_store.session(tx, asked.sid, tx.now)
    if found is not None and found.send_attempt >= asked.send_attempt:
        return asked.sid
    purpose = Purpose(asked.purpose)
    owner = await emails_store.owner(tx, asked.address)
    letter, whose, confirmable = _letter_for(purpose, owner, device)
    emails_store.put_session(
        tx,
        EmailSession(
            asked.sid, asked.purpose, asked.address, credentials.digest(asked.client_secret), whose, asked.language,
            asked.send_attempt, credentials.digest(asked.token) if confirmable else None, asked.next_link, None,
            tx.now + LINK_MS,
        ),
    )  # fmt: skip
    settings = tx.of(Settings)
    values = {
        "server": settings.server_name,
        "user_id": whose,
        "link": f"{settings.base_url}{PATH}?token={quote(asked.token)}",
    }
    about = device.user_id if device is not None else ""
    await mail.post(tx, asked.address, Letter(letter, asked.language, values, about))
    return asked.sid


def _letter_for(purpose: Purpose, owner: UserID | None, device: Device | None) -> tuple[str, str, bool]:
    """The letter, the account it is about, and whether there is something to confirm."""
    if purpose is Purpose.RESET:
        return ("reset", owner, True) if owner is not None else ("unknown", "", False)
    asks = device.user_id if device is not None else ""
    if owner is not None and owner != asks:
        return "in_use", owner, False
    return purpose.value, asks, True


async def confirm(tx: Transaction, device: Device | None, token: str) -> None:
    """Use a link up (`token`: SHA-256, hex): its address is confirmed."""
    gone = Refused(Errcode.FORBIDDEN, "This link was used, or is older than an hour.")
    emails_store.confirm(tx, bytes.fromhex(token), tx.now + CONFIRMED_MS, otherwise=gone)


def not_confirmed() -> Refused:
    """The refusal of a session that is unknown, not confirmed, used or expired."""
    return Refused(Errcode.THREEPID_AUTH_FAILED, "The mail address is not confirmed. Open the link in the letter.")


async def confirmed(tx: Transaction, purpose: Purpose, proof: Proof) -> EmailSession:
    """The session that a client proves, if its address was confirmed for that purpose."""
    found = await emails_store.session(tx, proof.sid, tx.now)
    if found is None or found.validated_at is None or found.purpose != purpose.value:
        raise not_confirmed()
    if found.secret_hash != credentials.digest(proof.client_secret):
        raise not_confirmed()
    return found


async def add_email(tx: Transaction, device: Device, proof: Proof) -> None:
    """Give the account of `device` an address it has confirmed. Refuses THREEPID_IN_USE when another one has it."""
    found = await confirmed(tx, Purpose.ADD, proof)
    if found.user_id not in ("", device.user_id):
        raise not_confirmed()
    give(tx, device.user_id, found)


def give(tx: Transaction, user_id: UserID, found: EmailSession) -> None:
    """Give an account a confirmed address, and use its session up."""
    emails_store.use_session(tx, found.sid, otherwise=not_confirmed())
    emails_store.add(
        tx, user_id, found, MAX_ADDRESSES,
        taken=Refused(Errcode.THREEPID_IN_USE, "This mail address belongs to another account."),
        many=Refused(Errcode.RESOURCE_LIMIT_EXCEEDED, f"An account has at most {MAX_ADDRESSES} mail addresses."),
    )  # fmt: skip


async def remove_email(tx: Transaction, device: Device, address: str) -> None:
    """Take an address from the account. Repeating it changes nothing."""
    emails_store.erase_address(tx, device.user_id, address)


async def reset_password(
    tx: Transaction, device: Device | None, sid: str, password_hash: str, all_log_out: bool
) -> None:
    """Set the password of the account whose address was confirmed, once; every login ends, if it is to."""
    found = await emails_store.session(tx, sid, tx.now)
    if found is None or found.purpose != Purpose.RESET.value:
        raise not_confirmed()
    user_id = UserID(found.user_id)
    emails_store.use_session(tx, sid, otherwise=not_confirmed())
    register_store.set_password(tx, user_id, password_hash, otherwise=not_confirmed())
    if all_log_out:
        tx.effect(user_id, "accounts.log_out_others", user_id, "", awaited=True)
    await tell(tx, user_id, "password_changed")


async def has_email(source: Fetches, user_id: UserID, address: str) -> bool:
    """Whether an account has a mail address, in small letters: its owner has confirmed it."""
    return await emails_store.owner(source, address) == user_id


async def language_of(source: Fetches, user_id: UserID) -> str:
    """The language in which an account reads its mail: that of its first address, or "" where that is not known."""
    found = await emails_store.addresses(source, user_id)
    return str(found[0][1]) if found else ""


async def tell(tx: Transaction, user_id: UserID, letter: str, more: dict[str, str] | None = None) -> None:
    """Write to all addresses of an account that something has happened to it."""
    values = {"server": tx.of(Settings).server_name, "user_id": user_id, **(more or {})}
    for address, language, _, _ in await emails_store.addresses(tx, user_id):
        await mail.tell(tx, Address(address), Letter(letter, language, values, user_id))
