"""Locking and suspending accounts, and lifting it again.

Both are set in the register by operators, and count from the moment the answer is given: no login is remembered
across it.
"""

from enum import Enum

from chappe import audit
from chappe.accounts import register_store
from chappe.accounts.records import Account
from chappe.accounts.tokens import Tokens
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Device, Transaction


class Restriction(Enum):
    """What operators set on an account, by its column."""

    LOCKED = "locked_at"
    SUSPENDED = "suspended_at"


_RECORDED = {
    (Restriction.LOCKED, True): "account.locked",
    (Restriction.LOCKED, False): "account.unlocked",
    (Restriction.SUSPENDED, True): "account.suspended",
    (Restriction.SUSPENDED, False): "account.resumed",
}


async def restrict(tx: Transaction, device: Device | None, user_id: UserID, restriction: str, holds: bool) -> None:
    """Set or lift a `Restriction` (its value). `device` is an operator's, or None for whoever owns the machine.

    Refuses NOT_FOUND for an account that is not or has ended; FORBIDDEN for an operator's, oneself
    included, unless the machine's owner wishes it.
    """
    account = await register_store.account(tx, user_id)
    if account is None or account.deactivated_at is not None:
        raise no_account()
    if device is not None:
        require_not_operator(account)
    since, which = tx.now if holds else None, Restriction(restriction)
    register_store.restrict(tx, user_id, which.value, since, otherwise=no_account())
    before = account.locked_at if which is Restriction.LOCKED else account.suspended_at
    audit.record(tx, audit.actor_of(device), _RECORDED[which, holds], user_id, before={"since": before})
    tx.effect(user_id, "accounts.standing_changed", user_id, awaited=True)


async def standing_changed(tx: Transaction, device: Device | None, user_id: str) -> None:
    """Effect in the user's shard: every login is looked up again, and waiting requests wake."""
    tx.place(user_id)
    tx.after_commit(lambda: tx.of(Tokens).forget(UserID(user_id)))


def require_not_operator(account: Account) -> None:
    """Refuse to restrict those who run the server: no operator shuts another one out, or themselves."""
    if account.is_operator:
        raise Refused(Errcode.FORBIDDEN, "Operators can be neither locked nor suspended.")


def no_account() -> Refused:
    """The refusal where nobody of that name has an account any more."""
    return Refused(Errcode.NOT_FOUND, "There is nobody of this name on this server.")
