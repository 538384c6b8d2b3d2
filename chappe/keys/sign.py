"""Signatures that people make with their keys, on their own devices and on others (/keys/signatures/upload).

Client-Server API v1.19, "Cross-signing". What is signed must be as it is stored. Who may sign what: a self-signing
or master key its person's devices, a device its person's master key, a user-signing key others' master keys.
"""

from collections.abc import Mapping

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.keys import rules, store
from chappe.keys.cross_sign import MASTER, fingerprint_named
from chappe.keys.rules import CrossSigningKey
from chappe.keys.spread import keys_changed, note_for_own
from chappe.rooms.reading import Reads
from chappe.stream import Device, Transaction

MAX_SIGNED = 500
"""Objects in one request: somebody's devices, and the people they have verified."""

MAX_TARGET_CHARS = 255
"""Longest device id there is; a public key has 43."""


class Signed(msgspec.Struct, frozen=True):
    """An object that was signed: what the signatures cover, and those by the person who uploads it."""

    user_id: UserID
    target: str
    """The id of a device, or a public key."""
    covered: bytes
    signatures: dict[str, str]


def read_signed(user_id: UserID, target: str, value: Mapping[str, object], signer: UserID) -> Signed:
    """An uploaded object with the signatures of `signer`. Refuses what could never have been published."""
    if len(target) > MAX_TARGET_CHARS or not target.isprintable():
        raise Refused(Errcode.NOT_FOUND, "There is no such device or key.")
    return Signed(user_id, target, rules.covered_by_signature(value), rules.signatures_by(value, signer))


Failures = dict[str, dict[str, dict[str, str]]]


def failure(failures: Failures, user_id: str, target: str, no: Refused) -> None:
    """Note why an object's signatures were not taken."""
    failures.setdefault(user_id, {})[target] = {"errcode": no.code.code, "error": no.reason}


async def add_signatures(tx: Transaction, device: Device, signed: list[Signed]) -> Failures:
    """Keep the signatures that are valid. Returns why others are not, by user and target."""
    failures: Failures = {}
    user_id = device.user_id
    own = await store.cross_signing_keys(tx, user_id)
    about: set[UserID] = set()
    for one in signed:
        try:
            valid = await _valid(tx, user_id, own, one)
        except Refused as no:
            failure(failures, one.user_id, one.target, no)
            continue
        for name, signature in valid.items():
            store.put_signature(tx, user_id, one.user_id, one.target, name, signature)
        about.add(one.user_id)
    if user_id in about:
        keys_changed(tx, user_id)
    for other in about - {user_id}:
        note_for_own(tx, user_id, other)
    return failures


async def _valid(reads: Reads, user_id: UserID, own: dict[str, CrossSigningKey], one: Signed) -> dict[str, str]:
    """The signatures to keep, by the name of the key. Refuses if there is none, or one of them is wrong.

    Signatures by keys that may not sign this are left out: clients send a device's own along.
    """
    stored, signers = await _stored(reads, user_id, own, one)
    if stored is None:
        raise Refused(Errcode.NOT_FOUND, "There is no such device or key.")
    if stored != one.covered:
        raise Refused(Errcode.INVALID_PARAM, "This is not what was published. Query it again.")
    valid = {}
    for name, signature in one.signatures.items():
        public_key = signers.get(name)
        if public_key is None and MASTER in own and one.target == own[MASTER].public_key:
            public_key = await fingerprint_named(reads, user_id, name)
        if public_key is not None:
            if not rules.is_signed(stored, signature, public_key):
                raise rules.invalid_signature("This object")
            valid[name] = signature
    if not valid:
        raise rules.invalid_signature("This object")
    return valid


async def _stored(
    reads: Reads, user_id: UserID, own: dict[str, CrossSigningKey], one: Signed
) -> tuple[bytes | None, dict[str, str]]:
    """What is stored of the signed thing, and the cross-signing keys, by name, that may sign it."""
    if one.user_id != user_id:
        master = (await store.cross_signing_keys(reads, one.user_id)).get(MASTER)
        is_master = master is not None and master.public_key == one.target
        return (master.keys if master is not None and is_master else None), _named(own, "user_signing")
    if MASTER in own and own[MASTER].public_key == one.target:
        return own[MASTER].keys, {}
    row = await store.device_keys(reads, user_id, one.target)
    return (bytes(row[0]) if row else None), _named(own, "self_signing", MASTER)


def _named(own: dict[str, CrossSigningKey], *usages: str) -> dict[str, str]:
    return {f"ed25519:{own[usage].public_key}": own[usage].public_key for usage in usages if usage in own}
