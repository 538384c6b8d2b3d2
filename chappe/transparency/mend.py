"""Entering a text that names nobody, where one does; and trying again what the database did not take."""

import msgspec

from chappe import audit
from chappe.errors import Errcode
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.stream import Device, Transaction
from chappe.transparency import rules, store
from chappe.transparency.queue import found_about, names_about, with_mended

STAFF = (Role.OWNER, Role.LEGAL, Role.LEGAL_APPROVER)
"""Who sees and does what this slice has for staff."""


async def mend(tx: Transaction, device: Device, decision: str, texts: dict[str, str], names_are_none: bool) -> bool:
    """An act: put texts in the place of those of the decision, in what the public is told. The decision stays as it
    is, and so does what the person was told.

    With `names_are_none`, words that look like names of those concerned are let through; nothing else is. Returns
    whether it can be sent now.
    """
    found = await store.decided_of(tx, decision)
    statement = await store.statement(tx, decision)
    if found is None or statement is None:
        raise StaffRefused("refused_no_statement", "There is no such statement.", Errcode.NOT_FOUND)
    if statement.state not in ("blocked", "refused"):
        raise StaffRefused("refused_not_blocked", "This statement is not held up.")
    rules.require_mendable(texts)
    decided, case_number = found
    plain = with_mended(decided, {})
    mended = {field: text for field, text in texts.items() if text != plain.get(field, "")}
    record = with_mended(decided, mended)
    left = found_about(record, await names_about(tx, case_number))
    if names_are_none:
        left = [one for one in left if one.kind != "name"]
    store.put_mended(tx, decision, msgspec.json.encode(record), mended, device.user_id, left, none=names_are_none)
    audit.record(
        tx, device.user_id, "transparency.mended", statement.puid,
        after={"fields": sorted(mended), "names_are_none": names_are_none, "is_blocked": bool(left)}, decision=decision,
    )  # fmt: skip
    return not left


async def try_again(tx: Transaction, device: Device) -> None:
    """An act: send again at once, also if the database did not take our token."""
    store.remove_mark(tx, store.STOPPED)
    store.hurry(tx)
    audit.record(tx, device.user_id, "transparency.tried", "outbox")
