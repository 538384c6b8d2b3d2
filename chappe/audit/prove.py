"""Proofs that stand by themselves: that an entry is in the log, and that one checkpoint begins another.

A proof of inclusion is a C2SP tlog-proof v1 with the leaf as its extra data: with the public key it shows that just
this was recorded. What was sealed can be handed over beside it, salt and value, and checked against the seals in the
leaf.
"""

import base64
import binascii
import re
from collections.abc import Sequence

import msgspec

from chappe.audit import store
from chappe.audit.checkpoint import Checkpoint, open_checkpoint
from chappe.audit.entry import Entry
from chappe.audit.log import AuditLog
from chappe.audit.note import MAX_NOTE_BYTES, NoteKey
from chappe.audit.source import Source
from chappe.audit.tree import (
    Span,
    consistency_spans,
    hash_of,
    inclusion_spans,
    leaf_hash,
    nodes_of,
    proves_inclusion,
    stored_for,
)
from chappe.errors import Errcode, Refused

HEAD = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = MAX_NOTE_BYTES * 2
MAX_PROOF_LINES = 64
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")


async def newest_of(source: store.Fetches, log: AuditLog) -> Checkpoint | None:
    """The newest stored checkpoint that this server's key has signed."""
    newest = await store.newest_checkpoint(source)
    return None if newest is None else open_checkpoint(newest[2], [log.vkey])


async def is_included(source: store.Fetches, entry: Entry, checkpoint: Checkpoint) -> bool:
    """Whether an entry, with all its parts, is the one that the checkpoint is about, by the stored tree."""
    if entry.number >= checkpoint.size or not all(part.fits() for part in (entry.actor, entry.subject, entry.body)):
        return False
    spans = inclusion_spans(entry.number, checkpoint.size)
    stored = await store.hashes(source, stored_for(spans))
    try:
        proof = [hash_of(span, stored) for span in spans]
    except KeyError:
        return False
    return proves_inclusion(entry.hash(), entry.number, checkpoint.size, proof, checkpoint.root)


def inclusion_proof(source: Source, number: int, note: bytes, checkpoint: Checkpoint) -> str:
    """The proof that the entry is under the checkpoint, as a text."""
    entry = next(source.entries(number), None)
    if entry is None or entry.number != number or number >= checkpoint.size:
        raise Refused(Errcode.NOT_FOUND, f"No entry {number} is under the checkpoint of {checkpoint.size} entries.")
    hashes = _hashes(source, inclusion_spans(number, checkpoint.size))
    lines = [HEAD, f"extra {_base64(entry.leaf())}", f"index {number}", *(_base64(each) for each in hashes)]
    return "\n".join(lines) + "\n\n" + note.decode()


def consistency_proof(source: Source, first: int, size: int) -> str:
    """The proof that the log of `first` entries begins that of `size`: a hash a line (RFC 6962, 2.1.2)."""
    if not 0 < first <= size:
        raise Refused(Errcode.INVALID_PARAM, f"A consistency proof is from a log of 1 to {size} entries.")
    return "".join(f"{_base64(each)}\n" for each in _hashes(source, consistency_spans(first, size)))


class Proven(msgspec.Struct, frozen=True):
    """What a proof has shown."""

    number: int
    leaf: dict[str, object]
    checkpoint: Checkpoint


def check_proof(text: bytes, keys: list[NoteKey]) -> Proven:
    """What a proof of inclusion shows. Refuses (INVALID_SIGNATURE) one that shows nothing, and says why."""
    head, _, rest = text[:MAX_PROOF_BYTES].partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    index = _INDEX.fullmatch(lines[2]) if len(lines) > 2 else None
    if lines[0] != HEAD or index is None or not lines[1].startswith("extra ") or len(lines) > MAX_PROOF_LINES + 3:
        raise Refused(Errcode.INVALID_SIGNATURE, "This is not a proof of an entry of an audit log.")
    try:
        leaf, *hashes = (base64.b64decode(each, validate=True) for each in (lines[1][6:], *lines[3:]))
        told = msgspec.json.decode(leaf, type=dict[str, object])
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise Refused(Errcode.INVALID_SIGNATURE, "The proof is damaged.") from None
    checkpoint = open_checkpoint(rest, keys)
    if checkpoint is None:
        raise Refused(Errcode.INVALID_SIGNATURE, "The checkpoint in the proof is not signed by this key.")
    number = int(index[1])
    if not proves_inclusion(leaf_hash(leaf), number, checkpoint.size, hashes, checkpoint.root):
        raise Refused(Errcode.INVALID_SIGNATURE, f"The proof does not lead from entry {number} to the checkpoint.")
    return Proven(number, told, checkpoint)


def _hashes(source: Source, spans: Sequence[Span]) -> list[bytes]:
    found: dict[int, bytes] = {}
    for span in spans:
        for node in nodes_of(span):
            held = source.node(node)
            if held is None:
                raise Refused(Errcode.NOT_FOUND, "Stored hashes are missing; `chappe audit verify` says which.")
            found[node.stored_at()] = held
    return [hash_of(span, found) for span in spans]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
