"""Signed notes: text with signatures that people can read and every tool for transparency logs can check.

C2SP signed-note v1: the text, an empty line, and a line for each signature. A *verifier key* is one line of text, too.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from chappe.errors import Errcode, Refused

MAX_NOTE_BYTES = 65_536
"""Sixteen signatures, the most that must be read, fit even if they are of the long sort."""
MAX_SIGNATURES = 64

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"\u2014 (\S+) (\S+)")
_VKEY = re.compile(r"([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,200})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Whose signatures are believed: a name and an Ed25519 public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """By which a signature line names its key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"


def parse_vkey(text: str) -> NoteKey:
    """The key of a verifier key. Refuses (INVALID_PARAM) what is none, and kinds of key other than Ed25519."""
    wrong = Refused(Errcode.INVALID_PARAM, "This is not a verifier key: NAME+8 hexadecimal digits+Base64.")
    found = _VKEY.fullmatch(text.strip())
    if found is None:
        raise wrong
    try:
        held = base64.b64decode(found[3], validate=True)
    except binascii.Error:
        raise wrong from None
    key = NoteKey(found[1], held[1:])
    if held[:1] != _ED25519 or len(held) != 33 or key.key_id.hex() != found[2]:
        raise Refused(Errcode.INVALID_PARAM, "This verifier key is damaged, or not of the kind Ed25519.")
    return key


def sign(text: str, name: str, key: SigningKey) -> bytes:
    """A note: `text`, which ends with a newline, and the signature of `key` under `name`."""
    assert text.endswith("\n"), "the text of a note ends with a newline"
    signature = key.sign(text.encode()).signature
    key_id = NoteKey(name, bytes(key.verify_key)).key_id
    return f"{text}\n\u2014 {name} {_base64(key_id + signature)}\n".encode()


def opened(note: bytes, keys: list[NoteKey]) -> str | None:
    """The text of a note that one of the keys has signed; None if none of them has.

    Signatures of unknown keys are passed over. One by a known key that is wrong spoils the note: None, too.
    """
    split = _split(note)
    if split is None:
        return None
    text, lines = split
    known = {(key.name, key.key_id): key for key in keys}
    is_signed = False
    for name, held in lines:
        key = known.get((name, held[:4]))
        if key is None:
            continue
        try:
            VerifyKey(key.public).verify(text.encode(), held[4:])
        except (CryptoError, ValueError, TypeError):
            return None
        is_signed = True
    return text if is_signed else None


def is_by(note: bytes, keys: list[NoteKey]) -> bool:
    """Whether a note bears a line that says to be a signature of one of the keys; right or wrong."""
    split = _split(note)
    known = {(key.name, key.key_id) for key in keys}
    return split is not None and any((name, held[:4]) in known for name, held in split[1])


def text_of(note: bytes) -> str | None:
    """The text of a note, whoever signed it: to show it, never to believe it."""
    split = _split(note)
    return None if split is None else split[0]


def _split(note: bytes) -> tuple[str, list[tuple[str, bytes]]] | None:
    """Text and signatures of a note that is well formed."""
    if len(note) > MAX_NOTE_BYTES:
        return None
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        return None
    text, separator, signatures = whole.rpartition("\n\n")
    lines = signatures.removesuffix("\n").split("\n")
    if not separator or not signatures.endswith("\n") or _CONTROL.search(whole) or len(lines) > MAX_SIGNATURES:
        return None
    found = []
    for line in lines:
        parts = _SIGNATURE.fullmatch(line)
        if parts is None or "+" in parts[1]:
            return None
        try:
            held = base64.b64decode(parts[2], validate=True)
        except binascii.Error:
            return None
        if len(held) < 5:
            return None
        found.append((parts[1], held))
    return text + "\n", found


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
