"""Ending an account for good. Its name stays taken, so that nobody can take its place."""

from collections.abc import Awaitable, Callable

from chappe import audit, holds
from chappe.accounts import emails_store, log_out, register_store, store
from chappe.accounts.restrict import no_account, require_not_operator
from chappe.accounts.staff import AccountEnding
from chappe.errors import Errcode, Refused
from chappe.holds import Eraser
from chappe.ids import UserID
from chappe.stream import Device, Transaction

OnDeactivated = Callable[[Transaction, UserID, bool], Awaitable[None]]
"""`on_deactivated(tx, user_id, erase)`, called in the user's shard."""


PROFILE = "accounts.profile"
"""What a person showed, as `holds` knows it: erased by user id whenever an account ends."""
ADDRESSES = "accounts.addresses"
"""Mail addresses, erased by user id whenever an account ends."""
STORED = "accounts.stored"
"""Account data and filters, erased by user id if the person wishes it."""


class Deactivated(list[OnDeactivated]):
    """What higher slices do when an account ends: leave its rooms, forget its keys."""


async def deactivate(tx: Transaction, device: Device, erase: bool) -> None:
    """End the account of `device`, at the wish of its owner."""
    over = Refused(Errcode.USER_DEACTIVATED, "This account was deactivated.")
    await end(tx, device, device.user_id, erase, otherwise=over)


async def deactivate_other(tx: Transaction, device: Device | None, user_id: UserID, erase: bool) -> None:
    """End somebody's account, at the wish of an operator. Repeating it changes nothing. Refuses as `restrict` does."""
    account = await register_store.account(tx, user_id)
    if account is None:
        raise no_account()
    if device is not None:
        require_not_operator(account)
    if account.deactivated_at is None:
        await end(tx, device, user_id, erase, otherwise=None)
        audit.record(tx, audit.actor_of(device), "account.ended", user_id, after={"erased": erase})


async def end(tx: Transaction, device: Device | None, user_id: UserID, erase: bool, otherwise: Refused | None) -> None:
    """Mark an account as ended; the answer waits until nobody is logged in to it any more.

    `erase`: the person wishes that as little as possible remains.
    """
    for on_account_ending in tx.of(AccountEnding):
        await on_account_ending(tx, device, user_id)
    register_store.deactivate(tx, user_id, otherwise)
    await holds.erase(tx, ADDRESSES, user_id)
    tx.effect(user_id, "accounts.close", user_id, erase, awaited=True)


async def close(tx: Transaction, device: Device | None, user_id: str, erase: bool) -> None:
    """Effect of a deactivation in the user's shard: logins, profile, and if wished account data, go."""
    ended = UserID(user_id)
    await log_out.end_logins(tx, ended, "")
    await holds.erase(tx, PROFILE, ended)
    if erase:
        await holds.erase(tx, STORED, ended)
    for on_deactivated in tx.of(Deactivated):
        await on_deactivated(tx, ended, erase)


async def _erase_profile(tx: Transaction, user_id: str) -> None:
    store.erase_profile(tx, UserID(user_id))


async def _erase_stored(tx: Transaction, user_id: str) -> None:
    store.erase_account_data(tx, UserID(user_id))


async def _erase_addresses(tx: Transaction, user_id: str) -> None:
    emails_store.erase_addresses(tx, user_id)


ERASERS: dict[str, Eraser] = {PROFILE: _erase_profile, STORED: _erase_stored, ADDRESSES: _erase_addresses}
