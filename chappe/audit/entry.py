"""An entry of the audit log, and what of it is hashed for ever.

The leaf of the tree has the time, the name of the act, and a *seal* of each part that may be about a person: who did it
(`actor`), to what (`subject`), and the `body`. A seal is the HMAC-SHA-256 of the part under a salt of its own. While
both are kept, the seal proves the part; once they are erased nothing can be learnt from it, and the tree is as it was
(docs/decisions/0017-audit-log.md).
"""

import hmac
import secrets
from base64 import b64encode
from enum import Enum

import msgspec

from chappe.audit.tree import leaf_hash
from chappe.events import canonical_json
from chappe.storage import Row

SALT_BYTES = 32


class PartName(Enum):
    """The parts of an entry that are sealed."""

    ACTOR = "actor"
    SUBJECT = "subject"
    BODY = "body"


class Part(msgspec.Struct, frozen=True):
    """One of them. Without value and salt it was erased."""

    seal: bytes
    salt: bytes | None
    value: str | None

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left of it but its seal."""
        return self.value is None

    def fits(self) -> bool:
        """Whether value and salt are those that were sealed; of an erased part, that neither of both is left."""
        if self.value is None or self.salt is None:
            return self.value is None and self.salt is None
        return hmac.compare_digest(seal_of(self.salt, self.value), self.seal)


def new_part(value: str) -> Part:
    """A part with a new salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Part(seal_of(salt, value), salt, value)


def seal_of(salt: bytes, value: str) -> bytes:
    """What proves a part to whoever has it, and tells nothing to others."""
    return hmac.digest(salt, value.encode("utf-8", "replace"), "sha256")


class Entry(msgspec.Struct, frozen=True):
    """An entry as it is stored. `number` counts from 0; `time` is in milliseconds."""

    number: int
    time: int
    act: str
    actor: Part
    subject: Part
    body: Part

    def part(self, name: PartName) -> Part:
        """One of its parts."""
        found = {PartName.ACTOR: self.actor, PartName.SUBJECT: self.subject, PartName.BODY: self.body}
        return found[name]

    def leaf(self) -> bytes:
        """The bytes that are hashed: canonical JSON. The number is not among them; the tree gives each leaf its own."""
        return canonical_json.encode(
            {
                "act": self.act.encode("utf-8", "replace").decode(),
                "actor": _base64(self.actor.seal),
                "body": _base64(self.body.seal),
                "subject": _base64(self.subject.seal),
                "time": self.time,
                "v": 1,
            }
        )

    def hash(self) -> bytes:
        """The hash of its leaf."""
        return leaf_hash(self.leaf())


COLUMNS = (
    "number, time, act, actor, actor_salt, actor_seal, subject, subject_salt, subject_seal, body, body_salt, body_seal"
)
"""The columns of the table `audit_entry`, as `entry_of` reads them."""


def entry_of(row: Row) -> Entry:
    """The entry of a row."""
    return Entry(row[0], row[1], row[2], Part(row[5], row[4], row[3]), Part(row[8], row[7], row[6]),
                 Part(row[11], row[10], row[9]))  # fmt: skip


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()
