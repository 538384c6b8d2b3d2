"""Publishing the keys of a device: its own, one-time keys, fallback keys (Client-Server API v1.19, /keys/upload)."""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.keys import rules, store
from chappe.keys.counts import KeyCounts
from chappe.keys.rules import DeviceKeys, Key
from chappe.keys.spread import keys_changed
from chappe.rooms.reading import Reads
from chappe.stream import Device, Transaction

CLAIMED_REMEMBERED_MS = 30 * 24 * 3_600_000
"""How long a claimed key is known, so that a repeated upload does not offer it again."""


class Upload(msgspec.Struct, frozen=True):
    """What a device publishes, checked. `others` are signatures on the device's keys by other keys of its user."""

    device_keys: DeviceKeys | None
    others: dict[str, str]
    one_time_keys: list[Key]
    fallback_keys: list[Key]


async def fingerprint_of(reads: Reads, user_id: UserID, device_id: str) -> str | None:
    """The public key with which a device signs, if it has published its keys."""
    row = await store.device_keys(reads, user_id, device_id)
    return _identity(row[0])[f"ed25519:{device_id}"] if row else None


async def upload_keys(tx: Transaction, device: Device, upload: Upload) -> None:
    """Publish keys of the device that asks: all of them, or none.

    Refuses with INVALID_PARAM a one-time key whose id had another key, and with TOO_LARGE one too many.
    """
    user_id, device_id = device.user_id, device.device_id
    assert device_id is not None
    gone = Refused(Errcode.UNKNOWN_TOKEN, "This device was logged out.", soft_logout=False)
    store.require_device(tx, user_id, device_id, gone)
    begins_anew = upload.device_keys is not None and await _publish(tx, user_id, device_id, upload)
    if upload.one_time_keys:
        await _add_one_time_keys(tx, user_id, device_id, upload.one_time_keys, begins_anew)
    if upload.fallback_keys:
        _put_fallback_keys(tx, user_id, device_id, upload.fallback_keys)
    tx.after_commit(lambda: tx.of(KeyCounts).forget(user_id))


async def _publish(tx: Transaction, user_id: UserID, device_id: str, upload: Upload) -> bool:
    """Queue the device's own keys. Returns whether they are others than before, so that nothing else of it counts."""
    assert upload.device_keys is not None
    keys = upload.device_keys
    before = await store.device_keys(tx, user_id, device_id)
    cross_signing = await store.cross_signing_keys(tx, user_id)
    if any(key.public_key == device_id for key in cross_signing.values()):
        raise Refused(Errcode.FORBIDDEN, "A cross-signing key has the ID of this device. Log in with another.")
    begins_anew = before is not None and _identity(before[0]) != keys.identity
    if begins_anew:
        store.erase_claimable(tx, user_id, device_id)
        store.erase_signatures_of_device(tx, user_id, device_id)
    signed = 0
    for key in cross_signing.values():
        signature = upload.others.get(f"ed25519:{key.public_key}", "")
        if key.usage in ("master", "self_signing") and rules.is_signed(keys.keys, signature, key.public_key):
            store.put_signature(tx, user_id, user_id, device_id, f"ed25519:{key.public_key}", signature)
            signed += 1
    if signed or before is None or bytes(before[0]) != keys.keys:
        store.put_device_keys(tx, user_id, device_id, keys)
        keys_changed(tx, user_id)
    return begins_anew


async def _add_one_time_keys(
    tx: Transaction, user_id: UserID, device_id: str, keys: list[Key], begins_anew: bool
) -> None:
    known: dict[tuple[str, str], bytes] = {}
    if not begins_anew:
        known = await store.one_time_keys(tx, user_id, device_id, [key.key_id for key in keys])
    for key in keys:
        if known.get((key.algorithm, key.key_id), key.json) != key.json:
            raise Refused(Errcode.INVALID_PARAM, f"There was another one-time key {key.algorithm}:{key.key_id}.")
    added = [key for key in keys if (key.algorithm, key.key_id) not in known]
    if not added:
        return
    store.forget_claimed(tx, user_id, device_id, tx.now - CLAIMED_REMEMBERED_MS)
    store.add_one_time_keys(tx, user_id, device_id, added, tx.place(user_id))
    most = rules.MAX_ONE_TIME_KEYS
    too_many = Refused(Errcode.TOO_LARGE, f"A device has at most {most} one-time keys waiting to be claimed.")
    store.require_few_one_time_keys(tx, user_id, device_id, most, too_many)


def _put_fallback_keys(tx: Transaction, user_id: UserID, device_id: str, keys: list[Key]) -> None:
    for key in keys:
        store.put_fallback_key(tx, user_id, device_id, key)
    most = rules.MAX_FALLBACK_ALGORITHMS
    too_many = Refused(Errcode.TOO_LARGE, f"A device has fallback keys of at most {most} algorithms.")
    store.require_few_fallback_keys(tx, user_id, device_id, most, too_many)


def _identity(keys: bytes) -> dict[str, str]:
    found: dict[str, str] = msgspec.json.decode(keys)["keys"]
    return found
