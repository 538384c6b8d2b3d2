"""Erasing what an entry says about a person. The entry stays, with its number, time, act and seals, and so does the
proof.

Who did it is never erased, nor any part of an entry about staff or about the log itself (`Act.keeps_body`). Each
erasure is an entry of its own: a part that is missing without one was taken away by somebody else, and `chappe audit
verify` says so.
"""

from collections.abc import Awaitable, Callable

from chappe.audit import store
from chappe.audit.entry import PartName
from chappe.audit.log import SYSTEM, AuditLog
from chappe.audit.record import record
from chappe.errors import Errcode, Refused
from chappe.stream import Transaction

PART = "audit.part"
"""A part of an entry, as `holds` knows it: erased by its number and name, `17 body`."""

ERASABLE = frozenset({PartName.SUBJECT, PartName.BODY})


def part_of(number: int, name: PartName) -> str:
    """How a part is named to `holds.erase`, in the register."""
    return f"{number} {name.value}"


async def _erase_part(tx: Transaction, subject: str) -> None:
    number, _, name = subject.partition(" ")
    entry, part = await store.entry(tx, int(number)), PartName(name)
    if entry is None or entry.part(part).is_erased:
        return
    if part not in ERASABLE or tx.of(AuditLog).acts[entry.act].keeps_body:
        raise Refused(Errcode.FORBIDDEN, "This part of the audit log is kept.")
    store.erase(tx, entry.number, part)
    record(tx, SYSTEM, "audit.erased", subject, erased={"number": entry.number, "part": name})


ERASERS: dict[str, Callable[[Transaction, str], Awaitable[None]]] = {PART: _erase_part}
