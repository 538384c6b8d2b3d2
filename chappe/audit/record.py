"""Recording what staff do: in the same commit as the act, so that neither is there without the other (law 4)."""

from importlib.metadata import version

import msgspec

from chappe.audit import store
from chappe.audit.entry import Part, new_part
from chappe.audit.log import MACHINE, AuditLog
from chappe.errors import Errcode, Refused
from chappe.events import canonical_json
from chappe.storage import Outcome
from chappe.stream import REGISTER, Device, Transaction

MAX_BODY_BYTES = 65_536
"""Of an entry: states before and after, and a reason."""
MAX_SUBJECT_CHARS = 1_024
MAX_REASON_CHARS = 4_000

TOOL = f"chappe {version('chappe')}"
"""Which program did it."""


def record(
    tx: Transaction,
    actor: str,
    act: str,
    subject: str,
    *,
    before: object = None,
    after: object = None,
    reason: str = "",
    **more: object,
) -> Outcome | None:
    """Queue an entry with this unit of work. In the register its number is in the outcome after the commit.

    Elsewhere the entry is an effect in the register: durable with the act, and written in order and once.
    `act` is one of `AuditLog.acts`. Refuses TOO_LARGE what is too long to be kept for ever.
    """
    assert act in tx.of(AuditLog).acts, f"{act} is not among the acts that are declared"
    told = {"before": before, "after": after, "reason": reason or None, "tool": TOOL, **more}
    body = canonical_json.encode({name: value for name, value in told.items() if value is not None})
    if len(body) > MAX_BODY_BYTES or len(subject) > MAX_SUBJECT_CHARS or len(reason) > MAX_REASON_CHARS:
        raise Refused(Errcode.TOO_LARGE, f"A reason has at most {MAX_REASON_CHARS} characters, and an act few details.")
    parts = [new_part(text) for text in (actor, subject, body.decode())]
    if tx.shard != REGISTER:
        tx.effect(REGISTER, "audit.add", tx.now, act, *(msgspec.to_builtins(part) for part in parts))
        return None
    return _add(tx, tx.now, act, parts)


def actor_of(device: Device | None) -> str:
    """The actor of an act that a member of staff asked for; without a device, whoever owns the machine."""
    return MACHINE if device is None else device.user_id


async def record_read(tx: Transaction, device: Device, what: str, subject: str, about: dict[str, object]) -> None:
    """An act: record that `device`'s owner is shown something sensitive, before it is.

    `what` is a declared act.
    """
    record(tx, device.user_id, what, subject, shown=about)


async def add_recorded(tx: Transaction, device: Device | None, time: int, act: str, *parts: dict[str, object]) -> None:
    """Effect in the register: an entry of an act elsewhere."""
    _add(tx, time, act, [msgspec.convert(part, Part) for part in parts])


def _add(tx: Transaction, time: int, act: str, parts: list[Part]) -> Outcome:
    actor, subject, body = parts
    tx.after_commit(tx.of(AuditLog).woken.set)
    return store.add(tx, time, act, actor, subject, body)
