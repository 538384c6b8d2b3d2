"""The keys that an encrypting client publishes: made and signed as it does, so that a server may check them."""

import os
from base64 import b64encode

import msgspec
from nacl.signing import SigningKey

from benchmarks.world import Account

ALGORITHM = "signed_curve25519"
"""The kind of one-time keys that clients use."""

ALGORITHMS = ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"]


class Keys:
    """The keys of one account with its one device: the device's, and the person's for cross-signing."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._device, self._master, self._self_signing, self._user_signing = (SigningKey.generate() for _ in range(4))

    def device_keys(self) -> dict[str, object]:
        """The device's own keys, signed by itself and by the person's self-signing key."""
        device_id = self._account.device_id
        keys: dict[str, object] = {
            "user_id": self._account.user_id,
            "device_id": device_id,
            "algorithms": ALGORITHMS,
            "keys": {f"curve25519:{device_id}": _random_key(), f"ed25519:{device_id}": _public(self._device)},
        }
        return self._signed(keys, {device_id: self._device, _public(self._self_signing): self._self_signing})

    def cross_signing_keys(self) -> dict[str, object]:
        """The body of the upload of the person's three keys."""
        by_master = {_public(self._master): self._master}
        return {
            "master_key": self._signed(self._cross_signing_key("master", self._master), {}),
            "self_signing_key": self._signed(self._cross_signing_key("self_signing", self._self_signing), by_master),
            "user_signing_key": self._signed(self._cross_signing_key("user_signing", self._user_signing), by_master),
        }

    def one_time_keys(self, count: int) -> dict[str, object]:
        """So many new ones, signed by the device."""
        signer = {self._account.device_id: self._device}
        return {
            f"{ALGORITHM}:{_base64(os.urandom(9))}": self._signed({"key": _random_key()}, signer) for _ in range(count)
        }

    def _cross_signing_key(self, usage: str, key: SigningKey) -> dict[str, object]:
        public = _public(key)
        return {"user_id": self._account.user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}

    def _signed(self, value: dict[str, object], signers: dict[str, SigningKey]) -> dict[str, object]:
        # Everything here is ASCII without numbers, so that sorted and compact is canonical.
        covered = msgspec.json.encode(value, order="sorted")
        made = {f"ed25519:{name}": _base64(key.sign(covered).signature) for name, key in signers.items()}
        return value | {"signatures": {self._account.user_id: made}} if made else value


def _public(key: SigningKey) -> str:
    return _base64(bytes(key.verify_key))


def _random_key() -> str:
    """A Curve25519 key as far as anybody can tell: no server computes with it."""
    return _base64(os.urandom(32))


def _base64(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")
