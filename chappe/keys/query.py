"""What is told of people's keys (Client-Server API v1.19, /keys/query).

Signatures are told to whom the specification names: those that people made on their own devices and keys to
everybody, those that they made on others' only to themselves ("Key and signature security").
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.keys import store
from chappe.rooms.reading import Reads
from chappe.storage import Row

MAX_DEVICES_TOLD = 20_000
"""Devices in one answer: about 20 MB."""
PEOPLE_AT_ONCE = 100
"""People read together: what that takes keeps the loop for a few milliseconds."""

_encode = msgspec.json.encode

Signatures = dict[tuple[str, str], dict[str, dict[str, str]]]
"""By user and device or key that was signed: the member `signatures` of its object."""


class Found(msgspec.Struct):
    """What an answer tells, each key as JSON."""

    device_keys: dict[str, dict[str, msgspec.Raw]]
    master_keys: dict[str, msgspec.Raw]
    self_signing_keys: dict[str, msgspec.Raw]
    user_signing_keys: dict[str, msgspec.Raw]
    failures: dict[str, dict[str, str]]


async def keys_of(reads: Reads, asker: UserID, wanted: Mapping[UserID, list[str]]) -> Found:
    """The keys of some people of this server: of all their devices, or of those named.

    Of someone without devices the answer has an empty object, of someone unknown nothing.
    """
    found = Found({}, {}, {}, {}, {})
    people, told = list(wanted), 0
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        some = people[start : start + PEOPLE_AT_ONCE]
        rows = await store.all_device_keys(reads, some, MAX_DEVICES_TOLD + 1 - told)
        told += len(rows)
        if told > MAX_DEVICES_TOLD:
            raise Refused(Errcode.TOO_LARGE, f"These people have more than {MAX_DEVICES_TOLD} devices. Ask for fewer.")
        signatures = await _signatures(reads, asker, some)
        named = {user_id: frozenset(wanted[user_id]) for user_id in some}
        for row in rows:
            devices = found.device_keys.setdefault(row[0], {})
            if not named[row[0]] or row[1] in named[row[0]]:
                devices[row[1]] = _device(row, signatures)
        for user_id, usage, public_key, keys in await store.all_cross_signing_keys(reads, some):
            if usage != "user_signing" or user_id == asker:
                of_usage: dict[str, msgspec.Raw] = getattr(found, f"{usage}_keys")
                of_usage[user_id] = _with(keys, signatures.get((user_id, public_key)))
        silent = [user_id for user_id in some if user_id not in found.device_keys]
        found.device_keys |= {user_id: {} for user_id in await store.accounts_among(reads, silent)}
        await asyncio.sleep(0)  # others have their turn between some people and the next
    return found


async def _signatures(reads: Reads, asker: UserID, people: list[UserID]) -> Signatures:
    signatures: Signatures = defaultdict(lambda: defaultdict(dict))
    for user_id, target, key_id, signature in await store.signatures_on_own(reads, people):
        signatures[user_id, target][user_id][key_id] = signature
    for user_id, target, key_id, signature in await store.signatures_by(reads, asker, people):
        signatures[user_id, target][asker][key_id] = signature
    return signatures


def _device(row: Row, signatures: Signatures) -> msgspec.Raw:
    user_id, device_id, keys, signature, name = row
    by_others = signatures.get((user_id, device_id), {})
    own = {**by_others.get(user_id, {}), f"ed25519:{device_id}": signature}
    unsigned = b',"unsigned":{"device_display_name":%b}' % _encode(name) if name else b""
    return _with(keys, {**by_others, user_id: own}, unsigned)


def _with(keys: bytes, signatures: dict[str, dict[str, str]] | None, unsigned: bytes = b"") -> msgspec.Raw:
    """What was signed, and its signatures. It never is an empty object: `keys` and `user_id` are in it."""
    signed = b',"signatures":%b' % _encode(signatures) if signatures else b""
    return msgspec.Raw(bytes(keys)[:-1] + signed + unsigned + b"}")
