"""Keys end with their devices, and with their account."""

from chappe.holds import erase
from chappe.ids import UserID
from chappe.keys import store
from chappe.keys.counts import KeyCounts
from chappe.keys.spread import keys_changed
from chappe.keys.told import ToldKeys
from chappe.stream import Transaction

CROSS_SIGNING = "keys.cross_signing"
"""A person's cross-signing keys, as `holds` knows them: erased by user id."""


async def on_devices_gone(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    """Queue the removal of the keys of devices that are removed; who shares a room with the person is told."""
    store.erase_keys_of_gone_devices(tx, user_id, device_ids)
    _forget(tx, user_id)
    if await store.devices_with_keys(tx, user_id, device_ids):
        keys_changed(tx, user_id)


async def on_device_renamed(tx: Transaction, user_id: UserID, device_id: str) -> None:
    """A device's name is told with its keys."""
    _forget(tx, user_id)
    if await store.devices_with_keys(tx, user_id, [device_id]):
        keys_changed(tx, user_id)


def _forget(tx: Transaction, user_id: UserID) -> None:
    """Whatever is known of the person's keys is read anew, also where these are queued and not yet to be seen."""
    counts, told = tx.of(KeyCounts), tx.of(ToldKeys)

    def forget() -> None:
        counts.forget(user_id)
        told.forget(user_id)

    tx.after_commit(forget)


async def on_deactivated(tx: Transaction, user_id: UserID, erased: bool) -> None:
    """Nobody is to verify an account that has ended."""
    await erase(tx, CROSS_SIGNING, user_id)


async def erase_cross_signing(tx: Transaction, subject: str) -> None:
    """The eraser of `CROSS_SIGNING`."""
    user_id = UserID(subject)
    store.erase_all_cross_signing(tx, user_id)
    keys_changed(tx, user_id)
