"""A device that waits for its person's next login, and gets room keys meanwhile (MSC3814, dehydrated devices).

It is a device without an access token: others find its keys and write to it as to any other. Whoever logs in next
and can decrypt its data reads its messages, which stay until it is deleted or replaced.
"""

import msgspec

from chappe.accounts.silent_device import add_silent_device, end_silent_device
from chappe.accounts.turns import Turns
from chappe.errors import Errcode, Refused
from chappe.ids import DeviceID, UserID
from chappe.keys import store_to_device as store
from chappe.keys.upload import Upload, upload_keys
from chappe.stream import Device, Transaction


class Dehydrated(msgspec.Struct, frozen=True):
    """A new dehydrated device, checked. `data` is JSON."""

    device_id: str
    name: str | None
    data: bytes
    keys: Upload


def no_dehydrated_device() -> Refused:
    """The person has none."""
    return Refused(Errcode.NOT_FOUND, "You have no dehydrated device.")


async def dehydrate(tx: Transaction, device: Device, new: Dehydrated) -> None:
    """Store the account's dehydrated device with its keys, in place of the one before."""
    user_id = device.user_id
    await _take_turn(tx, user_id)
    before = await store.dehydrated_device(tx, user_id)
    if before is None or before[0] != new.device_id:
        if before is not None:
            await end_silent_device(tx, user_id, before[0])
        await add_silent_device(tx, user_id, new.device_id, new.name)
    store.put_dehydrated_device(tx, user_id, new.device_id, new.data)
    await upload_keys(tx, Device(user_id, DeviceID(new.device_id)), new.keys)


async def delete_dehydrated(tx: Transaction, device: Device) -> str:
    """Delete the account's dehydrated device with its keys and messages. Returns its id; refuses with NOT_FOUND."""
    await _take_turn(tx, device.user_id)
    found = await store.dehydrated_device(tx, device.user_id)
    if found is None:
        raise no_dehydrated_device()
    await end_silent_device(tx, device.user_id, found[0])
    return found[0]


async def _take_turn(tx: Transaction, user_id: UserID) -> None:
    await tx.of(Turns).take(tx, f"keys.dehydrated {user_id}")
