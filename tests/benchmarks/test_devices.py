"""The keys that the benchmarks publish are signed as a server may demand."""

import msgspec

from benchmarks.devices import Keys
from benchmarks.world import Account
from chappe.events.signing import decode_base64, verify_json

ALICE = Account("@alice:localhost", "secret", "PHONE")


class Signed(msgspec.Struct):
    """What is read of an object with keys."""

    keys: dict[str, str] = {}
    signatures: dict[str, dict[str, str]] = {}


def is_signed(value: object, key_id: str, public: str) -> bool:
    """Whether Alice's key of this name signed the object."""
    key = decode_base64(public)
    return key is not None and isinstance(value, dict) and verify_json(value, ALICE.user_id, key_id, key)


def test_the_device_signs_itself_and_its_one_time_keys() -> None:
    keys = Keys(ALICE)
    device = keys.device_keys()
    public = msgspec.convert(device, Signed).keys["ed25519:PHONE"]
    one_time_keys = keys.one_time_keys(3)
    assert len(one_time_keys) == 3
    for value in (device, *one_time_keys.values()):
        assert is_signed(value, "ed25519:PHONE", public)


def test_the_master_key_signs_the_others_and_one_of_them_the_device() -> None:
    keys = Keys(ALICE)
    published = keys.cross_signing_keys()
    [master_id] = msgspec.convert(published["master_key"], Signed).keys
    for name in ("self_signing_key", "user_signing_key"):
        assert is_signed(published[name], master_id, master_id.removeprefix("ed25519:"))
    [self_signing_id] = msgspec.convert(published["self_signing_key"], Signed).keys
    assert is_signed(keys.device_keys(), self_signing_id, self_signing_id.removeprefix("ed25519:"))
