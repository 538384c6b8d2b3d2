"""Ed25519 signatures over canonical JSON.

Matrix: appendices, "Signing JSON" and "Unpadded Base64".
"""

import binascii
import re
import secrets
from collections.abc import Mapping

from nacl import bindings
from nacl.exceptions import CryptoError

from chappe.errors import Errcode, Refused
from chappe.events import canonical_json

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

MAX_BASE64_CHARS = 1024
"""Longest text that `decode_base64` looks at: keys and signatures have 43 and 86 characters."""

_KEY_ID = re.compile(r"ed25519:[A-Za-z0-9_]{1,64}")
_URL_SAFE = str.maketrans("-_", "+/")


class SigningKey:
    """An Ed25519 key that signs for this server, under the name `key_id` ("ed25519:…")."""

    __slots__ = ("_secret", "key_id", "public_base64", "seed")

    def __init__(self, seed: bytes, key_id: str) -> None:
        if len(seed) != SEED_BYTES:
            raise Refused(Errcode.INVALID_PARAM, f"The seed of a signing key has {SEED_BYTES} bytes.")
        if _KEY_ID.fullmatch(key_id) is None:
            raise Refused(Errcode.INVALID_PARAM, "The ID of a signing key is 'ed25519:' and characters of a-zA-Z0-9_.")
        public, self._secret = bindings.crypto_sign_seed_keypair(seed)
        self.seed = seed
        self.key_id = key_id
        self.public_base64 = encode_base64(public)

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new key with a random seed and a random key ID."""
        return cls(secrets.token_bytes(SEED_BYTES), f"ed25519:{secrets.token_hex(3)}")

    @classmethod
    def from_seed(cls, seed: bytes, key_id: str) -> "SigningKey":
        """The key that was kept as `seed` (32 bytes) and `key_id`."""
        return cls(seed, key_id)

    def sign(self, message: bytes) -> str:
        """The signature of `message`, in unpadded Base64 (86 characters)."""
        return encode_base64(bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES])

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"  # never the seed: this text may reach a log


def sign_json(value: Mapping[str, object], server_name: str, key: SigningKey) -> dict[str, object]:
    """A copy of the object `value` with `server_name`'s signature added to `signatures`.

    Refuses (BAD_JSON) what has no canonical form.
    """
    signatures = value.get("signatures", {})
    ours = signatures.get(server_name, {}) if isinstance(signatures, dict) else None
    if not isinstance(signatures, dict) or not isinstance(ours, dict):
        raise Refused(Errcode.BAD_JSON, "signatures is not an object of objects.")
    signature = key.sign(signed_bytes(value))
    return {**value, "signatures": {**signatures, server_name: {**ours, key.key_id: signature}}}


def verify_json(value: Mapping[str, object], server_name: str, key_id: str, public_key: bytes) -> bool:
    """Whether `value` has a valid signature by `server_name` with the key `key_id`, which is `public_key`."""
    found: object = value.get("signatures")
    for name in (server_name, key_id):
        found = found.get(name) if isinstance(found, dict) else None
    signature = decode_base64(found)
    if signature is None:
        return False
    try:
        message = signed_bytes(value)
    except Refused:
        return False
    return verify(message, signature, public_key)


def verify(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` was made with the key whose public half is `public_key`."""
    if len(signature) != SIGNATURE_BYTES or len(public_key) != PUBLIC_KEY_BYTES:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public_key)
    except CryptoError:
        return False
    return True


def signed_bytes(value: Mapping[str, object]) -> bytes:
    """What a signature of the object `value` covers: all but `signatures` and `unsigned`, as canonical JSON.

    Refuses (BAD_JSON) what has no canonical form.
    """
    covered = {name: item for name, item in value.items() if name not in ("signatures", "unsigned")}
    canonical_json.check(covered, "object")
    return canonical_json.encode(covered)


def encode_base64(data: bytes) -> str:
    """`data` in unpadded Base64, standard alphabet."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def decode_base64(text: object) -> bytes | None:
    """The bytes that `text` means, with or without padding, in either alphabet; None if it means none."""
    if not isinstance(text, str) or len(text) > MAX_BASE64_CHARS or not text.isascii():
        return None
    bare = text.rstrip("=").translate(_URL_SAFE)
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4), strict_mode=True)
    except binascii.Error:
        return None
