"""Changing the password of an account."""

from chappe.accounts import emails, register_store
from chappe.accounts.login import wrong_password
from chappe.stream import Device, Transaction


async def change_password(tx: Transaction, device: Device, password_hash: str, others_log_out: bool) -> None:
    """Set the password; the answer waits until the other devices are gone, if they are to go."""
    register_store.set_password(tx, device.user_id, password_hash, otherwise=wrong_password())
    await emails.tell(tx, device.user_id, "password_changed")
    if others_log_out:
        tx.effect(device.user_id, "accounts.log_out_others", device.user_id, device.device_id, awaited=True)
