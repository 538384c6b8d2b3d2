"""Making accounts. The register decides who gets a name; the first device is an effect in the user's shard."""

import msgspec

from chappe.accounts import emails, emails_store, register_store
from chappe.accounts.records import NewAccount, NewLogin
from chappe.accounts.staff import OperatorMade
from chappe.errors import Errcode, Refused
from chappe.stream import Device, Transaction

NONCE_MS = 60_000
"""How long the nonce of a shared-secret registration waits for its use."""

MAX_WAITING = 10_000
"""Accounts that may wait for approval: whoever fills the list has to be dealt with before others can ask."""


def name_taken() -> Refused:
    """The refusal of a user name that somebody has, or had."""
    return Refused(Errcode.USER_IN_USE, "This user name is taken. Choose another.")


async def register(
    tx: Transaction, device: Device | None, new: NewAccount, login: NewLogin | None, registration_token: str | None
) -> None:
    """Make an account, and log its first device in if there is a `login`. Uses one use of the token, if given."""
    if not new.approved and await register_store.how_many_wait(tx) >= MAX_WAITING:
        raise Refused(Errcode.RESOURCE_LIMIT_EXCEEDED, "Too many people wait for their approval. Try again later.")
    if registration_token is not None:
        register_store.use_registration_token(tx, registration_token, otherwise=token_used_up())
    await give_email(tx, new)
    await _add(tx, msgspec.structs.replace(new, registered_with=registration_token), login, "command line")


async def give_email(tx: Transaction, new: NewAccount) -> None:
    """Give a new account the mail address that was confirmed for it, if there is one."""
    if new.email_sid is None:
        return
    found = await emails_store.session(tx, new.email_sid, tx.now)
    if found is None:
        raise emails.not_confirmed()
    emails.give(tx, new.user_id, found)


async def register_by_secret(
    tx: Transaction, device: Device | None, new: NewAccount, login: NewLogin | None, nonce: str
) -> None:
    """Make an account for whoever knows the shared secret; uses the nonce up."""
    unknown = Refused(Errcode.UNKNOWN, "This nonce is unknown, used or older than a minute: get another.", status=400)
    register_store.use_nonce(tx, bytes.fromhex(nonce), otherwise=unknown)
    await _add(tx, new, login, "shared secret")


async def register_owner(tx: Transaction, device: Device | None, new: NewAccount, code: str) -> None:
    """Make the owner's account; uses the code of the owner link up."""
    register_store.use_owner_code(
        tx, bytes.fromhex(code), otherwise=Refused(Errcode.FORBIDDEN, "This link was used already.")
    )
    await _add(tx, new, None, "owner link")


async def add_nonce(tx: Transaction, device: Device | None, nonce: str) -> None:
    """Remember the nonce of a shared-secret registration."""
    register_store.add_nonce(tx, bytes.fromhex(nonce), tx.now + NONCE_MS)


def token_used_up() -> Refused:
    """The refusal of a registration token that is unknown, expired or has no use left."""
    return Refused(Errcode.UNAUTHORIZED, "This registration token is unknown, has expired or is used up.")


async def _add(tx: Transaction, new: NewAccount, login: NewLogin | None, how: str) -> None:
    """Queue an account. `how` it was made is told to who follows those that run the server."""
    register_store.add_account(tx, new, otherwise=name_taken())
    for policy, version in new.accepted_terms:
        register_store.add_accepted_terms(tx, new.user_id, policy, version)
    if not new.is_guest:
        tx.effect(new.user_id, "accounts.name_new", new.user_id, awaited=True)
    if new.is_operator:
        for on_operator_made in tx.of(OperatorMade):
            await on_operator_made(tx, new.user_id, how)
    if login is not None:
        tx.effect(
            new.user_id, "accounts.log_in_new", new.user_id, new.is_guest, msgspec.to_builtins(login), awaited=True
        )
