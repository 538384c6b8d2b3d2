"""Giving a device a name that people recognise."""

from chappe.accounts import store
from chappe.errors import Errcode, Refused
from chappe.stream import Device, Transaction


async def rename_device(tx: Transaction, device: Device, device_id: str, name: str | None) -> None:
    """Set the display name of a device of the account; None changes nothing. Refuses with NOT_FOUND."""
    missing = Refused(Errcode.NOT_FOUND, "You have no device with this ID.")
    if name is not None:
        store.rename_device(tx, device.user_id, device_id, name, otherwise=missing)
    elif await store.device(tx, device.user_id, device_id) is None:
        raise missing
