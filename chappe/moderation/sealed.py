"""What child safety keeps sealed: nothing of such a case is shown before two people of that role open it. R111.

A case is open to one person for some hours. Small pictures are never made of it, and each look is recorded.
"""

from typing import Any

from chappe import audit
from chappe.errors import Errcode
from chappe.moderation import store, work_store
from chappe.moderation.claim import no_case, reviewer_of
from chappe.moderation.records import Case
from chappe.moderation.words import Stream
from chappe.operators import Kind, Proposal, Role, StaffRefused
from chappe.stream import Transaction

NAME = "moderation.open_sealed"
OPEN_MS = 4 * 3_600_000
_LIFETIME_MS = 86_400_000
_ROLES = frozenset({Role.CHILD_SAFETY})


def is_sealed(case: Case) -> bool:
    """Whether a case is shown to nobody as it is."""
    return case.stream is Stream.CHILD_SAFETY


async def may_look(source: store.Fetches, case: Case, user_id: str, now: int) -> bool:
    """Whether what is in a case may be shown to somebody who may act on it."""
    return not is_sealed(case) or await work_store.opened_until(source, case.number, user_id, now) > now


async def _require_right(tx: Transaction, payload: dict[str, Any]) -> None:
    if not is_sealed(await _case(tx, payload)):
        raise StaffRefused("refused_not_sealed", "This case is not sealed.", Errcode.INVALID_PARAM)


async def _carry_out(tx: Transaction, proposal: Proposal, payload: dict[str, Any]) -> None:
    case = await _case(tx, payload)
    second = proposal.decided_by or ""
    for user_id in (proposal.proposed_by, second):
        await reviewer_of(tx, user_id, case.number)
    until = tx.now + OPEN_MS
    work_store.open_sealed(tx, proposal.id, case.number, proposal.proposed_by, second, until)
    told = {"second": second, "until": until}
    store.note(tx, case.number, proposal.proposed_by, "unsealed", told)
    audit.record(
        tx, proposal.proposed_by, "case.unsealed", f"case {case.number}", after=told, reason=proposal.reason
    )  # fmt: skip


async def _case(tx: Transaction, payload: dict[str, Any]) -> Case:
    number = payload.get("case")
    case = await store.case(tx, number) if type(number) is int and len(payload) == 1 else None
    if case is None:
        raise no_case()
    return case


def _shown_at(proposal: Proposal) -> str:
    return f"desk/proposals/{proposal.id}"


KIND = Kind(NAME, _ROLES, _ROLES, _LIFETIME_MS, _require_right, _carry_out, shown_at=_shown_at)
