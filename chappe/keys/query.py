"""What is told of people's keys (Client-Server API v1.19, /keys/query).

Signatures are told to whom the specification names: those that people made on their own devices and keys to
everybody, those that they made on others' only to themselves ("Key and signature security").
"""

import asyncio
from collections.abc import Mapping

import msgspec

from chappe.ids import UserID
from chappe.keys import store
from chappe.keys.told import MAX_DEVICES_TOLD, Told, ToldKeys, signed_also, too_many_devices
from chappe.rooms.reading import Reads

PEOPLE_AT_ONCE = 100
"""People read together: what that takes keeps the loop for a few milliseconds."""

_encode = msgspec.json.encode
_decode_devices = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]]).decode


async def keys_of(
    keys: ToldKeys, reads: Reads, asker: UserID, wanted: Mapping[UserID, list[str]], failures: Mapping[str, object]
) -> bytes:
    """The answer, as JSON: the keys of some people of this server, of all their devices or of those named.

    Of someone without devices it has an empty object, of someone unknown nothing.
    """
    found = await _told(keys, wanted)
    if sum(told.count for told in found.values()) > MAX_DEVICES_TOLD:
        raise too_many_devices()
    masters = {user_id: told.master for user_id, told in found.items() if told.master}
    for user_id, target, key_id, signature in await store.signatures_by(reads, asker, list(masters)):
        # All that anybody can sign of another person is their master key (`sign.py`).
        if target == found[user_id].master_key:
            masters[user_id] = signed_also(masters[user_id], asker, {key_id: signature})
    own = found.get(asker)
    return (
        b'{"device_keys":{%b},"master_keys":{%b},"self_signing_keys":{%b},"user_signing_keys":{%b},"failures":%b}'
        % (
            b",".join([_devices(told, wanted[user_id]) for user_id, told in found.items()]),
            b",".join(masters.values()),
            b",".join([told.self_signing for told in found.values() if told.self_signing]),
            own.user_signing if own is not None else b"",
            _encode(failures),
        )
    )


async def _told(keys: ToldKeys, wanted: Mapping[UserID, list[str]]) -> dict[UserID, Told]:
    """What is told of each of them: what is at hand, and the rest read, some people after the other."""
    found: dict[UserID, Told] = {}
    missing: list[UserID] = []
    for user_id in wanted:
        if (told := keys.kept(user_id)) is not None:
            found[user_id] = told
        else:
            missing.append(user_id)
    for start in range(0, len(missing), PEOPLE_AT_ONCE):
        found |= await keys.read(missing[start : start + PEOPLE_AT_ONCE])
        await asyncio.sleep(0)  # others have their turn between some people and the next
        if sum(told.count for told in found.values()) > MAX_DEVICES_TOLD:
            raise too_many_devices()
    return found


def _devices(told: Told, named: list[str]) -> bytes:
    if not named:
        return told.devices
    [(user_id, devices)] = _decode_devices(b"{%b}" % told.devices).items()
    names = frozenset(named)
    return _encode({user_id: {name: keys for name, keys in devices.items() if name in names}})[1:-1]
