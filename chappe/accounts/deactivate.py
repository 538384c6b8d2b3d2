"""Ending an account for good. Its name stays taken, so that nobody can take its place."""

from collections.abc import Awaitable, Callable

from chappe.accounts import log_out, register_store, store
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Device, Transaction

OnDeactivated = Callable[[Transaction, UserID, bool], Awaitable[None]]
"""`on_deactivated(tx, user_id, erase)`, called in the user's shard."""


class Deactivated(list[OnDeactivated]):
    """What higher slices do when an account ends: leave its rooms, forget its keys."""


async def deactivate(tx: Transaction, device: Device, erase: bool) -> None:
    """Mark the account of `device` as ended; the answer waits until nobody is logged in to it any more.

    `erase`: the person wishes that as little as possible remains.
    """
    ended = Refused(Errcode.USER_DEACTIVATED, "This account was deactivated.")
    register_store.deactivate(tx, device.user_id, otherwise=ended)
    tx.effect(device.user_id, "accounts.close", device.user_id, erase, awaited=True)


async def close(tx: Transaction, device: Device | None, user_id: str, erase: bool) -> None:
    """Effect of a deactivation in the user's shard: logins, profile, and if wished account data, go."""
    ended = UserID(user_id)
    await log_out.end_logins(tx, ended, "")
    store.erase_profile(tx, ended)
    if erase:
        store.erase_account_data(tx, ended)
    for on_deactivated in tx.of(Deactivated):
        await on_deactivated(tx, ended, erase)
