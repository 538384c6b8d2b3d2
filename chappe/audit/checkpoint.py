"""Checkpoints: how large the log was, and its root then. C2SP tlog-checkpoint v1.

The *origin* names the log and the line of history it belongs to, `example.org/audit/0123456789abcdef`. After a backup
was put back the log goes on from less than it had, and another origin tells so: of one origin, every checkpoint
begins all later ones.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from chappe.audit.note import NoteKey, opened
from chappe.audit.tree import HASH_BYTES

MAX_SIZE = 2**53 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The text of a checkpoint."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """As it is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @property
    def history(self) -> str:
        """The line of history that it belongs to."""
        return self.origin.rpartition("/")[2]


def key_name(server_name: str) -> str:
    """The name of the log's key, which stays when a backup is put back."""
    return f"{server_name}/audit"


def origin_of(server_name: str, history: str) -> str:
    """The name of the log in a line of history."""
    return f"{key_name(server_name)}/{history}"


def parse_checkpoint(text: str) -> Checkpoint | None:
    """The checkpoint of a text, or None if it is none. Lines of extensions are passed over."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or _SIZE.fullmatch(lines[1]) is None or int(lines[1]) > MAX_SIZE:
        return None
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return Checkpoint(lines[0], int(lines[1]), root) if len(root) == HASH_BYTES else None


def open_checkpoint(note: bytes, keys: list[NoteKey]) -> Checkpoint | None:
    """The checkpoint in a note that one of the keys has signed for a log of its own name; else None."""
    text = opened(note, keys)
    found = None if text is None else parse_checkpoint(text)
    if found is None or not any(found.origin == key.name or found.origin.startswith(f"{key.name}/") for key in keys):
        return None
    return found
