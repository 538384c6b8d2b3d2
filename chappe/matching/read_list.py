"""Reading a file of hashes. Pure.

One hash a line, in hexadecimal; what follows a `#`, and empty lines, are left out. A file with anything else in it is
refused as a whole, with the numbers of the lines: what those say is told to nobody, for hashes are secret (R109).
"""

from collections.abc import Iterable
from enum import Enum
from hashlib import sha256

HASH_BYTES = 32
"""Of either kind."""
MAX_ENTRIES = 4_000_000
"""Of one list."""
MAX_LINE_BYTES = 4_096
MAX_TOLD = 20
"""Lines whose numbers are told."""

_EMPTY_FILE = sha256(b"").digest()


class Kind(Enum):
    """What a list is of."""

    SHA256 = "sha256"
    """Files, byte for byte."""
    PDQ = "pdq"
    """Pictures, and what looks like them."""


class Topic(Enum):
    """What a list is about: from it follows who looks at what it finds, and which term or law that is about."""

    CHILD_ABUSE = "child-abuse"
    TERROR = "terror"
    INTIMATE_IMAGES = "intimate-images"
    FRAUD = "fraud"
    SPAM = "spam"
    OTHER = "other"


class WrongLines(ValueError):
    """The lines that are no hashes: their numbers, and what is wrong, without what stands there."""

    def __init__(self, wrong: list[tuple[int, str]], more: int = 0) -> None:
        told = "; ".join(f"line {number}: {why}" for number, why in wrong)
        super().__init__(told + (f"; and {more} more" if more else "") + ". Nothing was taken from it.")
        self.wrong = wrong


def read_hashes(lines: Iterable[bytes], kind: Kind) -> list[bytes]:
    """The hashes in a file, each once and in order. Raises `WrongLines`."""
    found: set[bytes] = set()
    wrong: list[tuple[int, str]] = []
    more = 0
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        text = text.partition(b"#")[0].strip()
        if not text:
            continue
        why = _add(text, kind, found)
        if why and len(wrong) < MAX_TOLD:
            wrong.append((number, why))
        elif why:
            more += 1
    if not wrong and not found:
        wrong.append((1, "there is no hash in this file"))
    if wrong:
        raise WrongLines(wrong, more)
    return sorted(found)


def _add(text: bytes, kind: Kind, found: set[bytes]) -> str:
    """Add the hash of a line, or say what is wrong with it."""
    if len(text) != 2 * HASH_BYTES or not text.isalnum():
        return f"not {2 * HASH_BYTES} hexadecimal digits"
    try:
        hashed = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return f"not {2 * HASH_BYTES} hexadecimal digits"
    if kind is Kind.SHA256 and hashed == _EMPTY_FILE:
        return "the hash of the empty file, which everybody may have"
    if kind is Kind.PDQ and hashed in (bytes(HASH_BYTES), b"\xff" * HASH_BYTES):
        return "the hash of a picture with nothing in it, which would match every such picture"
    if len(found) >= MAX_ENTRIES:
        return f"a list has at most {MAX_ENTRIES} hashes"
    found.add(hashed)
    return ""


def digest_of(hashes: Iterable[bytes]) -> str:
    """What tells one list from another: of its hashes, or parts of them, in order."""
    digest = sha256()
    for part in hashes:
        digest.update(part)
    return digest.hexdigest()
