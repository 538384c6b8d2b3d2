"""Queueing letters: in the unit of the act that causes them, or as its effect."""

import asyncio
import secrets

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.mail import store
from chappe.mail.address import Address
from chappe.mail.letters import Letter, Sender, write
from chappe.stream import REGISTER, Device, Transaction

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MAX_TO_AN_ADDRESS_AN_HOUR = 5
MAX_TO_AN_ADDRESS_A_DAY = 20
MAX_OF_AN_ACCOUNT_A_DAY = 20
"""Mails that one account may cause, to whomever."""


class Mails:
    """Tells the postman that something was queued. `is_on`: whether this server sends mail at all."""

    def __init__(self, settings: Settings) -> None:
        self.is_on = settings.mail is not None
        self.woken = asyncio.Event()


def require_on(mails: Mails) -> None:
    """Refuse what needs mail on a server that sends none."""
    if not mails.is_on:
        raise Refused(Errcode.THREEPID_MEDIUM_NOT_SUPPORTED, "This server sends no mail.")


async def post(tx: Transaction, recipient: Address, letter: Letter) -> None:
    """Queue a letter with this unit. In the register the limits refuse the unit (LIMIT_EXCEEDED); elsewhere the
    letter is an effect. Refuses (INVALID_PARAM) an address that mail came back from within a day.

    Nothing happens on a server without mail.
    """
    if not tx.of(Mails).is_on:
        return
    mail_id = secrets.token_hex(16)
    if tx.shard != REGISTER:
        tx.effect(REGISTER, "mail.queue", mail_id, recipient, msgspec.to_builtins(letter))
        return
    if await store.has_bounced(tx, recipient, tx.now - DAY_MS):
        raise Refused(Errcode.INVALID_PARAM, "Mail to this address came back. Is it right? Try again tomorrow.")
    _require_few(tx, recipient, letter.about)
    _add(tx, mail_id, recipient, letter)


async def tell(tx: Transaction, recipient: Address, letter: Letter, *, most_a_day: int | None = None) -> None:
    """Queue a notice with a unit of the register: never refused, and not written to an address that mail came back
    from. What causes notices bounds them; they use up no limit. With `most_a_day`, it is not written to an address
    that had so many letters within a day: for what strangers cause, who may have named anybody's.
    """
    if not tx.of(Mails).is_on or await store.has_bounced(tx, recipient, tx.now - DAY_MS):
        return
    if most_a_day is None or await store.made_to(tx, recipient, tx.now - DAY_MS) < most_a_day:
        _add(tx, secrets.token_hex(16), recipient, letter, counted=False)


async def queue(
    tx: Transaction, device: Device | None, mail_id: str, recipient: str, letter: dict[str, object]
) -> None:
    """The effect of a letter from elsewhere, which acts bound themselves."""
    _add(tx, mail_id, Address(recipient), msgspec.convert(letter, Letter))


def _add(tx: Transaction, mail_id: str, recipient: Address, letter: Letter, *, counted: bool = True) -> None:
    mail = tx.of(Settings).mail
    assert mail is not None, "nothing is queued on a server without mail"
    sender = Sender(mail.from_address, mail.from_name or tx.of(Settings).server_name)
    message = write(letter, sender, recipient, mail_id, tx.now)
    store.erase_old(tx, tx.now - DAY_MS)
    store.add(tx, mail_id, recipient, letter.about, message, counted=counted)
    tx.after_commit(tx.of(Mails).woken.set)


def _require_few(tx: Transaction, recipient: Address, about: str) -> None:
    enough = Refused(Errcode.LIMIT_EXCEEDED, "Enough mail was sent for now. Wait an hour.", retry_after_ms=HOUR_MS)
    store.require_few_to(tx, recipient, tx.now - HOUR_MS, MAX_TO_AN_ADDRESS_AN_HOUR, enough)
    store.require_few_to(tx, recipient, tx.now - DAY_MS, MAX_TO_AN_ADDRESS_A_DAY, enough)
    if about:
        store.require_few_about(tx, about, tx.now - DAY_MS, MAX_OF_AN_ACCOUNT_A_DAY, enough)
