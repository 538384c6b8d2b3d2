"""The audit log: what staff did, and what they were shown, in an order that nobody can change unnoticed.

An *entry* (the GLOSSARY's record) tells of one act: time, actor, act, subject, body. It is committed with the act
itself. Each is a leaf of a *Merkle tree*; a *checkpoint* is the tree's size and root, signed, and whoever keeps one
can later prove that nothing before it was altered, removed or put in another order. *Sealing* adds what was recorded
to the tree and signs a checkpoint, a moment after the commit. What an entry says about people is hashed by salted
*seals* only, so that it can be erased and the tree stays (docs/decisions/0017-audit-log.md).

`record.py` recording · `seal.py` the tree and its checkpoints · `kept.py` checkpoints outside the database · `erase.py`
what can be erased · `prove.py` proofs · `verify.py` verifying a log from outside, read by `source.py` or `export.py` ·
`tree.py` RFC 6962 · `note.py` `checkpoint.py` what is signed, as C2SP writes it · `entry.py` what is hashed ·
`key.py` the key · `log.py` what a process holds, and which acts there are · `store.py` all SQL.

Nothing changes or deletes an entry, whoever asks. Tables, in the register: audit_entry, audit_hash, audit_checkpoint.
"""

from pathlib import Path

from chappe.audit.checkpoint import Checkpoint
from chappe.audit.entry import Entry, PartName
from chappe.audit.erase import ERASERS, PART, part_of
from chappe.audit.key import load_key
from chappe.audit.log import ACTS, MACHINE, SYSTEM, Act, Acts, AuditLog
from chappe.audit.prove import is_included, newest_of
from chappe.audit.record import MAX_REASON_CHARS, actor_of, add_recorded, record, record_read
from chappe.audit.seal import Sealer
from chappe.audit.store import entries_before, entry
from chappe.clock import Clock
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Bus, Effect

EFFECTS: dict[str, Effect] = {"audit.add": add_recorded}


def install(
    resources: Resources,
    data_dir: Path,
    server_name: str,
    history: str,
    acts: Acts,
    bus: Bus,
    database: Database,
    clock: Clock,
) -> Sealer:
    """Add the log to `resources`, with the acts of all slices. Returns what seals it."""
    log = AuditLog(server_name, history, load_key(data_dir, server_name), ACTS | acts)
    sealer = Sealer(log, bus, database, clock, data_dir)
    resources.add(log)
    resources.add(sealer)
    return sealer


__all__ = [
    "ACTS",
    "EFFECTS",
    "ERASERS",
    "MACHINE",
    "MAX_REASON_CHARS",
    "PART",
    "SYSTEM",
    "Act",
    "Acts",
    "AuditLog",
    "Checkpoint",
    "Entry",
    "PartName",
    "Sealer",
    "actor_of",
    "add_recorded",
    "entries_before",
    "entry",
    "install",
    "is_included",
    "newest_of",
    "part_of",
    "record",
    "record_read",
]
