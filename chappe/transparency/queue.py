"""Queueing what the database is to be told: a statement for each decision that is due, once. R76, R82.

Decisions count up without gaps, in the order of their commits: the last one that was looked at is all that is kept.
"""

from collections.abc import Iterable

import msgspec

from chappe import accounts
from chappe.config import Settings
from chappe.ids import UserID
from chappe.stream import Device, Transaction
from chappe.transparency import personal, rules, store
from chappe.transparency.decided import Decided
from chappe.transparency.due import is_due
from chappe.transparency.personal import Found
from chappe.transparency.record import Record, puid_of, record_of

MAX_AT_ONCE = 50
"""Decisions looked at in one unit of work."""
MAX_FILINGS = 500
"""Of a case: whose names are looked for."""
MAX_PROFILES = 50
"""Whose display names are looked up for one decision."""


async def queue_new(tx: Transaction, device: Device | None) -> int:
    """An act in the register: look at the next decisions. Returns how many those were."""
    seen = await store.mark(tx, store.SEEN)
    new = await store.decided_after(tx, 0 if seen is None else seen.value, MAX_AT_ONCE)
    transparency = tx.of(Settings).transparency
    bulk = frozenset(() if transparency is None else transparency.bulk_terms)
    for decided, case_number in new:
        if is_due(decided, bulk):
            record = record_of(decided)
            found = found_about(record, await names_about(tx, case_number))
            store.add(tx, decided, puid_of(decided.id), msgspec.json.encode(record), found)
    if new:
        store.set_mark(tx, store.SEEN, new[-1][0].number)
    return len(new)


def found_about(record: Record, names: Iterable[str]) -> list[Found]:
    """Everything for which a record may not be sent: what the database does not take, and what names somebody."""
    faults = [Found(field, "fault", wrong, 0) for field, wrong in rules.faults_of(record)]
    return faults + personal.found_in(record, names)


def with_mended(decided: Decided, mended: dict[str, str]) -> Record:
    """The record with texts that a person entered; one that was emptied is left out."""
    record = {**record_of(decided), **mended}
    return {field: value for field, value in record.items() if value != "" or field == "decision_facts"}


async def names_about(source: store.Fetches, case_number: int) -> list[str]:
    """By which names those whom a case concerns are known."""
    known = await store.concerned(source, case_number, MAX_FILINGS)
    users = [UserID(name) for name in known if name.startswith("@")][:MAX_PROFILES]
    return known + [name for user_id in users if (name := await _display_name(source, user_id))]


async def _display_name(source: store.Fetches, user_id: UserID) -> str:
    profile = await accounts.profile_of(source, user_id)
    name = msgspec.json.decode(profile["displayname"]) if "displayname" in profile else None
    return name if isinstance(name, str) else ""
