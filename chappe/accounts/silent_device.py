"""A device that nobody is logged in on. It has keys and gets messages, for who logs in later."""

from chappe.accounts import rules, store
from chappe.accounts.log_out import end_devices
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Transaction


async def add_silent_device(tx: Transaction, user_id: UserID, device_id: str, name: str | None) -> None:
    """Make such a device, in a unit of the user's shard. Refuses with INVALID_PARAM the id of another device."""
    rules.require_device_id(device_id)
    rules.require_device_name(name)
    if await store.device(tx, user_id, device_id) is not None:
        raise Refused(Errcode.INVALID_PARAM, "You have a device with this ID already.")
    store.add_silent_device(tx, user_id, device_id, name)


async def end_silent_device(tx: Transaction, user_id: UserID, device_id: str) -> None:
    """Remove it with all that belongs to it."""
    await end_devices(tx, user_id, [device_id])
