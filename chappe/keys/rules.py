"""What keys and signatures may look like, and whether they are signed by whom they say. Pure.

Client-Server API v1.19, "Key algorithms", "Device keys", "One-time and fallback keys"; appendices, "Signing JSON".
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import check, encode
from chappe.events.signing import PUBLIC_KEY_BYTES, decode_base64, encode_base64, signed_bytes, verify
from chappe.ids import UserID

MAX_DEVICE_KEYS_BYTES = 16 * 1024
"""The keys of a device as JSON: they are given to everybody who writes to it."""
MAX_KEY_BYTES = 4 * 1024
"""A one-time, fallback or cross-signing key as JSON."""
MAX_KEYS_AT_ONCE = 200
"""Keys in one upload; clients send 50 or 100."""
MAX_ONE_TIME_KEYS = 1_000
"""Unclaimed one-time keys of a device."""
MAX_FALLBACK_ALGORITHMS = 8
"""Fallback keys of a device, one of each kind: /sync names those that are unused."""
MAX_SIGNATURES = 16
"""Signatures of one person on one object that are looked at: one by each of their cross-signing keys and the device."""

SIGNED = "signed_curve25519"
"""The one kind of one-time key whose signature the server knows how to check."""

_ALGORITHM = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NAME = re.compile(r"[!-~]{1,255}")


class DeviceKeys(msgspec.Struct, frozen=True):
    """The keys of a device, as they are stored. `keys` is the JSON that was signed."""

    keys: bytes
    signature: str
    identity: dict[str, str]
    """The public keys by name (`ed25519:DEVICE`)."""


class Key(msgspec.Struct, frozen=True):
    """A one-time or fallback key. `json` is its object (or text) as JSON."""

    algorithm: str
    key_id: str
    json: bytes


class CrossSigningKey(msgspec.Struct, frozen=True):
    """A person's key for `usage`. `keys` is the JSON that was signed."""

    usage: str
    public_key: str
    keys: bytes


def invalid_signature(what: str) -> Refused:
    """The refusal of something that was signed by nobody, or by somebody else."""
    return Refused(Errcode.INVALID_SIGNATURE, f"{what} has no valid signature by the key that must have signed it.")


def device_keys(value: Mapping[str, object], user_id: UserID, device_id: str) -> DeviceKeys:
    """The device's keys, if they are its own and signed by itself. Refuses with the reason otherwise."""
    if value.get("user_id") != user_id or value.get("device_id") != device_id:
        raise Refused(
            Errcode.INVALID_PARAM, "device_keys are of another user or device than the one that uploads them."
        )
    algorithms, identity = value.get("algorithms"), value.get("keys")
    if not isinstance(algorithms, list) or not all(isinstance(one, str) for one in algorithms):
        raise Refused(Errcode.BAD_JSON, "device_keys.algorithms is a list of names.")
    if not isinstance(identity, dict) or not all(isinstance(key, str) for key in identity.values()):
        raise Refused(Errcode.BAD_JSON, "device_keys.keys is an object of texts.")
    for name, key in identity.items():
        algorithm, _, owner = name.partition(":")
        if owner != device_id:
            raise Refused(Errcode.INVALID_PARAM, "A name in device_keys.keys is of another device.")
        if algorithm in ("ed25519", "curve25519"):
            public_key(key, f"device_keys.keys.{algorithm}")
    signer = f"ed25519:{device_id}"
    if signer not in identity:
        raise Refused(Errcode.INVALID_PARAM, "device_keys.keys has no ed25519 key of the device.")
    keys = _canonical(value, "device_keys", MAX_DEVICE_KEYS_BYTES)
    signature = signatures_by(value, user_id).get(signer, "")
    if not is_signed(keys, signature, identity[signer]):
        raise invalid_signature("device_keys")
    return DeviceKeys(keys, signature, dict(identity))


def keys_in(
    value: Mapping[str, object], where: str, user_id: UserID, device_id: str, fingerprint: str | None
) -> list[Key]:
    """The one-time or fallback keys of an upload, each signed by the device if its kind is.

    `fingerprint` is the device's public key, or None for one that has published none.
    """
    if len(value) > MAX_KEYS_AT_ONCE:
        raise Refused(Errcode.TOO_LARGE, f"{where} has at most {MAX_KEYS_AT_ONCE} keys.")
    found = []
    for name, key in value.items():
        algorithm, _, key_id = name.partition(":")
        if not is_algorithm(algorithm) or _NAME.fullmatch(key_id) is None:
            raise Refused(Errcode.INVALID_PARAM, f"A name in {where} is not like algorithm:key_id.")
        if algorithm == SIGNED:
            _require_signed(key, where, user_id, device_id, fingerprint)
        elif not isinstance(key, str | dict):
            raise Refused(Errcode.BAD_JSON, f"A key in {where} is neither a text nor an object.")
        check(key, where)
        found.append(Key(algorithm, key_id, _within(encode(key), f"A key in {where}", MAX_KEY_BYTES)))
    return found


def _require_signed(key: object, where: str, user_id: UserID, device_id: str, fingerprint: str | None) -> None:
    if not isinstance(key, dict):
        raise Refused(Errcode.BAD_JSON, f"A {SIGNED} key in {where} is an object.")
    public_key(key.get("key"), f"key in {where}")
    if fingerprint is None:
        raise Refused(Errcode.INVALID_PARAM, "Upload device_keys first: by them others check the device's other keys.")
    signature = signatures_by(key, user_id).get(f"ed25519:{device_id}", "")
    if not is_signed(_canonical(key, where, MAX_KEY_BYTES), signature, fingerprint):
        raise invalid_signature(f"A {SIGNED} key in {where}")


def cross_signing_key(value: Mapping[str, object], usage: str, user_id: UserID) -> CrossSigningKey:
    """A person's own key for `usage`; its signatures are looked at elsewhere."""
    where = f"{usage}_key"
    if value.get("user_id") != user_id:
        raise Refused(Errcode.INVALID_PARAM, f"{where} is another user's.")
    usages, keys = value.get("usage"), value.get("keys")
    if not isinstance(usages, list) or usage not in usages:
        raise Refused(Errcode.INVALID_PARAM, f"{where}.usage does not have {usage}.")
    if not isinstance(keys, dict) or len(keys) != 1:
        raise Refused(Errcode.INVALID_PARAM, f"{where}.keys has exactly one key.")
    [(name, key)] = keys.items()
    public = public_key(key, f"{where}.keys")
    if name != f"ed25519:{public}":
        raise Refused(Errcode.INVALID_PARAM, f"The name in {where}.keys is not ed25519: and the key itself.")
    return CrossSigningKey(usage, public, _canonical(value, where, MAX_KEY_BYTES))


def public_key(text: object, where: str) -> str:
    """`text` if it is a public key of 32 bytes in unpadded Base64, the one way to write it."""
    key = decode_base64(text)
    if key is None or len(key) != PUBLIC_KEY_BYTES or encode_base64(key) != text:
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not a key of 32 bytes in unpadded Base64.")
    return str(text)


def signatures_by(value: Mapping[str, object], user_id: UserID) -> dict[str, str]:
    """The signatures of one person on an object, by the name of the key; of very many the first."""
    found: object = value.get("signatures")
    found = found.get(user_id) if isinstance(found, dict) else None
    return dict(_texts(found)) if isinstance(found, dict) else {}


def _texts(signatures: dict[object, object]) -> Iterator[tuple[str, str]]:
    for (name, signature), _ in zip(signatures.items(), range(MAX_SIGNATURES), strict=False):
        if isinstance(name, str) and isinstance(signature, str):
            yield name, signature


def is_signed(covered: bytes, signature: str, key: str) -> bool:
    """Whether `key` signed these bytes."""
    made, public = decode_base64(signature), decode_base64(key)
    return made is not None and public is not None and verify(covered, made, public)


def is_algorithm(text: str) -> bool:
    """Whether `text` may name a kind of key."""
    return _ALGORITHM.fullmatch(text) is not None


def covered_by_signature(value: Mapping[str, object]) -> bytes:
    """What a signature of an uploaded object covers. Refuses (BAD_JSON) what has no canonical form."""
    return signed_bytes(value)


def _canonical(value: Mapping[str, object], where: str, most: int) -> bytes:
    return _within(signed_bytes(value), where, most)


def _within(json: bytes, where: str, most: int) -> bytes:
    if len(json) > most:
        raise Refused(Errcode.TOO_LARGE, f"{where} has more than {most} bytes.")
    return json
