"""Ending logins: one device, some, all. A device goes with its tokens."""

from collections.abc import Awaitable, Callable

from chappe.accounts import store
from chappe.accounts.tokens import Tokens
from chappe.ids import UserID
from chappe.stream import Device, Transaction

OnDevicesGone = Callable[[Transaction, UserID, list[str]], Awaitable[None]]
"""`on_devices_gone(tx, user_id, device_ids)`, called in the user's shard when the removal is queued.

The ids are those known when the act ran. What is queued to remove a device's belongings looks at the table
`device`, which by then has only those that remain: one that logged in meanwhile may have gone with the others.
"""


class DevicesGone(list[OnDevicesGone]):
    """What higher slices do when devices end: remove their keys and the messages that wait for them."""


async def log_out(tx: Transaction, device: Device) -> None:
    """Remove the device that asks."""
    assert device.device_id is not None
    await remove_devices(tx, device, [device.device_id])


async def log_out_everywhere(tx: Transaction, device: Device) -> None:
    """Remove all devices of the account."""
    await end_logins(tx, device.user_id, "")


async def remove_devices(tx: Transaction, device: Device, device_ids: list[str]) -> None:
    """Remove devices of the account; those that are not there were removed before."""
    await end_devices(tx, device.user_id, device_ids)


async def log_out_others(tx: Transaction, device: Device | None, user_id: str, but: str) -> None:
    """Effect of a changed password: all devices but the one that changed it."""
    await end_logins(tx, UserID(user_id), but)


async def end_devices(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    """Remove some devices of an account, with all that belongs to them."""
    store.erase_devices(tx, user_id, device_ids)
    await _tell(tx, user_id, device_ids)


async def end_logins(tx: Transaction, user_id: UserID, but: str) -> None:
    """Remove all devices of an account except `but` ("" for none)."""
    device_ids = [row[0] for row in await store.devices(tx, user_id) if row[0] != but]
    store.erase_all_devices(tx, user_id, but)
    await _tell(tx, user_id, device_ids)


async def _tell(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    tx.after_commit(lambda: tx.of(Tokens).forget(user_id))
    for on_devices_gone in tx.of(DevicesGone):
        await on_devices_gone(tx, user_id, device_ids)
