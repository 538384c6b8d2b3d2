"""Which clocks of the law run for a case and a complaint. R67, R75.

A case gets its number with its commit; its clocks are those of its item. An item has one open case at most.
"""

from chappe import clocks
from chappe.ids import UserID
from chappe.moderation.records import Case, Complaint, Filed, Item
from chappe.moderation.words import Door
from chappe.stream import Transaction

NOTICE = "dsa16.decision"
THREAT = "dsa18.threat"
COMPLAINT = "dsa20.decision"
_ZONE = "UTC"
"""None of them counts days where an authority is."""


def subject_of(kind: str, item: str) -> str:
    """What the clocks of an item's open case are about."""
    return f"{kind} {item}"


async def start_clocks(tx: Transaction, item: Item, filed: Filed) -> None:
    """Start those that a filing starts, from now; none that runs already."""
    wanted = [THREAT] if filed.is_threat else []
    if filed.door is Door.NOTICE:
        wanted.append(NOTICE)
    if not wanted:
        return
    subject = subject_of(item.kind.value, item.id)
    running = {one.rule for one in await clocks.clocks_of(tx, subject) if one.stopped_at is None}
    for rule in wanted:
        if rule not in running:
            clocks.start(tx, rule, subject, tx.now, _ZONE, filed.by_user or "somebody")


async def stop_clocks(tx: Transaction, case: Case, decision: str, by: UserID | str) -> None:
    """The case is decided. What a threat to life asks for is told to authorities, which stops its clock apart."""
    for one in await clocks.clocks_of(tx, subject_of(case.kind.value, case.item)):
        if one.stopped_at is None and one.rule == NOTICE:
            await clocks.stop(tx, one.id, f"decision {decision}", by)


async def start_threat(tx: Transaction, case: Case, by: UserID) -> None:
    """Somebody on staff sees a threat to life in a case: its clock runs from now, unless a filing has started it."""
    subject = subject_of(case.kind.value, case.item)
    if not any(one.rule == THREAT and one.stopped_at is None for one in await clocks.clocks_of(tx, subject)):
        clocks.start(tx, THREAT, subject, tx.now, _ZONE, by)


async def stop_threat(tx: Transaction, case: Case, notice: str, by: UserID) -> None:
    """Authorities were told."""
    for one in await clocks.clocks_of(tx, subject_of(case.kind.value, case.item)):
        if one.stopped_at is None and one.rule == THREAT:
            await clocks.stop(tx, one.id, f"notice {notice}", by)


def start_complaint(tx: Transaction, complaint: Complaint) -> None:
    """Somebody complained."""
    clocks.start(tx, COMPLAINT, f"complaint {complaint.id}", tx.now, _ZONE, complaint.by_user or "somebody")


async def stop_complaint(tx: Transaction, complaint: Complaint, by: str) -> None:
    """It is answered."""
    await clocks.stop_all(tx, f"complaint {complaint.id}", "answered", by)
