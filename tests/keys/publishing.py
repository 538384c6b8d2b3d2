"""Devices and people with keys of their own, as clients make them."""

import secrets
from typing import Any

from chappe.events.signing import SigningKey, encode_base64, sign_json
from chappe.ids import ServerName
from tests.house import House, Person, Said

SIGNED = "signed_curve25519"


def new_key(name: str = "x") -> SigningKey:
    return SigningKey(secrets.token_bytes(32), f"ed25519:{name}")


def signed_by(value: dict[str, Any], user_id: str, key: SigningKey, name: str) -> dict[str, Any]:
    """The object with the signature of a key that is published under `name`."""
    found = sign_json({**value, "signatures": {}}, ServerName(user_id), key)["signatures"]
    assert isinstance(found, dict)
    signature = found[user_id][key.key_id]
    signatures = {**value.get("signatures", {})}
    signatures[user_id] = {**signatures.get(user_id, {}), name: signature}
    return {**value, "signatures": signatures}


class Phone:
    """A device that encrypts: a person's login, and the keys on it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.key = new_key()
        self.curve = encode_base64(secrets.token_bytes(32))

    @property
    def name(self) -> str:
        return f"ed25519:{self.person.device_id}"

    def device_keys(self, **changes: Any) -> dict[str, Any]:
        user_id, device_id = self.person.user_id, self.person.device_id
        keys = {
            "user_id": user_id,
            "device_id": device_id,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
            "keys": {f"curve25519:{device_id}": self.curve, self.name: self.key.public_base64},
        }
        return self.sign({**keys, **changes})

    def sign(self, value: dict[str, Any]) -> dict[str, Any]:
        return signed_by(value, self.person.user_id, self.key, self.name)

    def one_time_keys(self, *key_ids: str, **more: Any) -> dict[str, Any]:
        return {
            f"{SIGNED}:{key_id}": self.sign({"key": encode_base64(secrets.token_bytes(32)), **more})
            for key_id in key_ids
        }

    async def upload(self, *, device: bool = True, one_time: Any = None, fallback: Any = None) -> Said:
        body: dict[str, Any] = {"device_keys": self.device_keys()} if device else {}
        if one_time is not None:
            body["one_time_keys"] = one_time
        if fallback is not None:
            body["fallback_keys"] = fallback
        return await self.person.post("/keys/upload", body)


class CrossSigner:
    """A person's cross-signing keys."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.master, self.self_signing, self.user_signing = new_key(), new_key(), new_key()

    def _public(self, usage: str, key: SigningKey) -> dict[str, Any]:
        name = f"ed25519:{key.public_base64}"
        return {"user_id": self.user_id, "usage": [usage], "keys": {name: key.public_base64}}

    def sign(self, value: dict[str, Any], key: SigningKey) -> dict[str, Any]:
        return signed_by(value, self.user_id, key, f"ed25519:{key.public_base64}")

    @property
    def master_key(self) -> dict[str, Any]:
        return self._public("master", self.master)

    def body(self) -> dict[str, Any]:
        return {
            "master_key": self.master_key,
            "self_signing_key": self.sign(self._public("self_signing", self.self_signing), self.master),
            "user_signing_key": self.sign(self._public("user_signing", self.user_signing), self.master),
        }


async def phone(house: House, name: str) -> Phone:
    """Someone new, whose device has published its keys."""
    made = Phone(await house.person(name))
    (await made.upload()).ok()
    return made


async def query(asker: Person, *people: Person) -> Any:
    """What /keys/query answers about all devices of some people."""
    return (await asker.post("/keys/query", {"device_keys": {person.user_id: [] for person in people}})).ok()


async def claim(asker: Person, *phones: Phone) -> dict[str, Any]:
    """The claimed key by user id, as (id, key)."""
    wanted: dict[str, dict[str, str]] = {}
    for one in phones:
        wanted.setdefault(one.person.user_id, {})[one.person.device_id] = SIGNED
    answer = (await asker.post("/keys/claim", {"one_time_keys": wanted})).ok()
    return {user_id: next(iter(devices.values())) for user_id, devices in answer["one_time_keys"].items()}
