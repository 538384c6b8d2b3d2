"""A person's cross-signing keys: publishing the first ones, replacing them (Client-Server API v1.19, "Cross-signing").

Only the person replaces them, and shows their password for it: whoever could do so in their place could be taken
for them.
"""

from collections.abc import Mapping

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.keys import rules, store
from chappe.keys.rules import CrossSigningKey
from chappe.keys.spread import keys_changed
from chappe.rooms.reading import Reads
from chappe.stream import Device, Transaction

MASTER = "master"
USAGES = (MASTER, "self_signing", "user_signing")


class NewKeys(msgspec.Struct, frozen=True):
    """Keys to publish, by usage, with the signatures that came with them (by the name of the key that signed)."""

    keys: dict[str, CrossSigningKey]
    signatures: dict[str, dict[str, str]]


def read_keys(given: Mapping[str, dict[str, object] | None], user_id: UserID) -> NewKeys:
    """The keys in a body, by usage, if they are well-formed and the person's own."""
    present = {usage: value for usage, value in given.items() if value is not None}
    if not present:
        raise Refused(Errcode.MISSING_PARAM, "There is no key in the body.")
    return NewKeys(
        {usage: rules.cross_signing_key(value, usage, user_id) for usage, value in present.items()},
        {usage: rules.signatures_by(value, user_id) for usage, value in present.items()},
    )


async def replaces(reads: Reads, user_id: UserID, new: NewKeys) -> bool:
    """Whether these keys are more than the person's first ones, or the same once more: then they authenticate."""
    before = await store.cross_signing_keys(reads, user_id)
    return MASTER in before and not _is_known(before, new)


async def publish_keys(tx: Transaction, device: Device, new: NewKeys, authenticated: bool) -> None:
    """Publish cross-signing keys.

    Refuses with MISSING_PARAM keys without a master key, with INVALID_SIGNATURE those that it did not sign, and
    with FORBIDDEN a key that is also a device's id, and others than there are unless the person authenticated.
    """
    user_id = device.user_id
    before = await store.cross_signing_keys(tx, user_id)
    if _is_known(before, new):
        return
    if MASTER in before and not authenticated:
        raise Refused(Errcode.FORBIDDEN, "There are cross-signing keys now. Ask again, and authenticate.")
    master = new.keys.get(MASTER) or before.get(MASTER)
    if master is None:
        raise Refused(Errcode.MISSING_PARAM, "There is no master key yet: upload it, at the latest with these keys.")
    _require_signed(new, master)
    if MASTER not in new.keys:
        store.require_master(tx, user_id, master)
    public_keys = [key.public_key for key in new.keys.values()]
    if await store.devices_with_keys(tx, user_id, public_keys):
        raise Refused(Errcode.FORBIDDEN, "A device has the ID of one of these keys.")
    for key in before.values():
        replaced = new.keys.get(key.usage)
        is_orphan = replaced is None and MASTER in new.keys and master.public_key != before[MASTER].public_key
        if is_orphan or (replaced is not None and replaced.public_key != key.public_key):
            store.erase_cross_signing_key(tx, user_id, key)
    for key in new.keys.values():
        store.put_cross_signing_key(tx, user_id, key, may_replace=authenticated)
    await _keep_signatures(tx, user_id, new, master)
    keys_changed(tx, user_id)


def _is_known(before: dict[str, CrossSigningKey], new: NewKeys) -> bool:
    return all(before.get(usage) == key for usage, key in new.keys.items())


def _require_signed(new: NewKeys, master: CrossSigningKey) -> None:
    for usage, key in new.keys.items():
        signature = new.signatures[usage].get(f"ed25519:{master.public_key}", "")
        if usage != MASTER and not rules.is_signed(key.keys, signature, master.public_key):
            raise rules.invalid_signature(f"{usage}_key")


async def _keep_signatures(tx: Transaction, user_id: UserID, new: NewKeys, master: CrossSigningKey) -> None:
    """The master key's signatures on the others, and those of the person's devices on the master key."""
    for usage, key in new.keys.items():
        if usage != MASTER:
            name = f"ed25519:{master.public_key}"
            store.put_signature(tx, user_id, user_id, key.public_key, name, new.signatures[usage][name])
    for name, signature in new.signatures.get(MASTER, {}).items():
        fingerprint = await fingerprint_named(tx, user_id, name)
        if fingerprint is not None and rules.is_signed(master.keys, signature, fingerprint):
            store.put_signature(tx, user_id, user_id, master.public_key, name, signature)


async def fingerprint_named(reads: Reads, user_id: UserID, name: str) -> str | None:
    """The public key of the person's device that `ed25519:DEVICE` names."""
    device_id = name.removeprefix("ed25519:")
    if device_id == name or not device_id.isprintable():
        return None
    row = await store.device_keys(reads, user_id, device_id)
    return msgspec.json.decode(row[0])["keys"].get(name) if row else None
