"""Giving a device a name that people recognise."""

from collections.abc import Awaitable, Callable

from chappe.accounts import store
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Device, Transaction

OnDeviceRenamed = Callable[[Transaction, UserID, str], Awaitable[None]]
"""`on_device_renamed(tx, user_id, device_id)`, called in the user's shard when the new name is queued."""


class DeviceRenamed(list[OnDeviceRenamed]):
    """What higher slices do when a device has another name: tell who sees it."""


async def rename_device(tx: Transaction, device: Device, device_id: str, name: str | None) -> None:
    """Set the display name of a device of the account; None changes nothing. Refuses with NOT_FOUND."""
    missing = Refused(Errcode.NOT_FOUND, "You have no device with this ID.")
    if name is not None:
        store.rename_device(tx, device.user_id, device_id, name, otherwise=missing)
        for on_device_renamed in tx.of(DeviceRenamed):
            await on_device_renamed(tx, device.user_id, device_id)
    elif await store.device(tx, device.user_id, device_id) is None:
        raise missing
