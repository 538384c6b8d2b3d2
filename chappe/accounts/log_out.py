"""Ending logins: one device, some, all. A device goes with its tokens."""

from chappe.accounts import store
from chappe.accounts.tokens import Tokens
from chappe.ids import UserID
from chappe.stream import Device, Transaction


async def log_out(tx: Transaction, device: Device) -> None:
    """Remove the device that asks."""
    assert device.device_id is not None
    await remove_devices(tx, device, [device.device_id])


async def log_out_everywhere(tx: Transaction, device: Device) -> None:
    """Remove all devices of the account."""
    end_logins(tx, device.user_id, "")


async def remove_devices(tx: Transaction, device: Device, device_ids: list[str]) -> None:
    """Remove devices of the account; those that are not there were removed before."""
    store.erase_devices(tx, device.user_id, device_ids)
    tx.after_commit(lambda: tx.of(Tokens).forget(device.user_id))


async def log_out_others(tx: Transaction, device: Device | None, user_id: str, but: str) -> None:
    """Effect of a changed password: all devices but the one that changed it."""
    end_logins(tx, UserID(user_id), but)


def end_logins(tx: Transaction, user_id: UserID, but: str) -> None:
    """Remove all devices of an account except `but` ("" for none)."""
    store.erase_all_devices(tx, user_id, but)
    tx.after_commit(lambda: tx.of(Tokens).forget(user_id))
