"""Reversing a decision, wholly or in part: what it restricted is restored, and a decision of its own says why (R87).

A decision is never changed. Its reversal is a new one that names it.
"""

import secrets

import msgspec

from chappe import audit, restrictions
from chappe.errors import Errcode
from chappe.moderation import decisions_store, store, tell
from chappe.moderation.claim import reviewer_of
from chappe.moderation.records import Decision
from chappe.moderation.rules import MAX_PUBLISHED_CHARS
from chappe.moderation.words import Outcome
from chappe.operators import StaffRefused
from chappe.operators.rules import require_reason
from chappe.stream import Device, Transaction

RESTORED, IN_PART = "reversed", "partly_reversed"


async def reverse(tx: Transaction, device: Device, decision_id: str, positions: list[int], explanation: str) -> str:
    """An act: reverse a decision, or some of its measures. Returns the reversal's id.

    Refuses whom the case is about; NOT_FOUND, where there is no such decision; what is reversed already.
    """
    decision = await standing(tx, decision_id)
    operator, _ = await reviewer_of(tx, device.user_id, decision.case_number)
    return await reverse_in(tx, decision, operator.user_id, positions, explanation)


async def reverse_in(tx: Transaction, decision: Decision, by_user: str, positions: list[int], explanation: str) -> str:
    """Reverse a decision by somebody who may; no positions for all of it."""
    if not 0 < len(explanation.strip()) <= MAX_PUBLISHED_CHARS or "\0" in explanation:
        reason = f"Say why, in at most {MAX_PUBLISHED_CHARS} characters; it is published, and names nobody."
        raise StaffRefused("refused_reasons", reason, Errcode.INVALID_PARAM)
    holding = [one for one in await decisions_store.measures(tx, decision.id) if not one.lifted_by]
    lifted = [one for one in holding if one.position in positions] if positions else holding
    if not lifted or (positions and len(lifted) != len(set(positions))):
        raise StaffRefused(
            "refused_not_held", "That was lifted already, or is not of this decision.", Errcode.NOT_FOUND
        )
    partly = len(lifted) < len(holding)
    new = msgspec.structs.replace(
        decision, id=secrets.token_urlsafe(12), at=tx.now, by_user=by_user, second="", explanation=explanation.strip(),
        outcome=Outcome.PARTLY_REVERSED if partly else Outcome.REVERSED, reverses=decision.id, automation="not",
        applied_at=tx.now, until=None, to_user="", rule="",
    )  # fmt: skip
    gone = StaffRefused("refused_not_held", "This decision was reversed already.", Errcode.NOT_FOUND)
    decisions_store.set_state(tx, decision.id, IN_PART if partly else RESTORED, otherwise=gone)
    decisions_store.add_decision(tx, new)
    for one in lifted:
        decisions_store.lift_measure(tx, decision.id, one.position, new.id, otherwise=gone)
        await restrictions.lift(tx, restrictions.Kind(one.kind), one.subject, one.within_room, one.restriction)
    if decision.subject:
        await tell.reversal(tx, decision.subject, new, partly=partly)
    told = {"decision": new.id, "reverses": decision.id, "measures": [one.measure for one in lifted]}
    store.note(tx, decision.case_number, by_user, "reversed", told)
    audit.record(tx, by_user, "case.reversed", f"case {decision.case_number}", after=told, reason=explanation)
    return new.id


async def reopen(tx: Transaction, device: Device, number: int, reason: str) -> None:
    """An act: open a case again in which nothing was restricted, in the hands of who does. Refuses any other."""
    operator, case = await reviewer_of(tx, device.user_id, number)
    decision = await decisions_store.decision(tx, case.decision) if case.decision else None
    if decision is None or decision.outcome is not Outcome.NO_ACTION:
        raise StaffRefused("refused_no_decision", "There is no such decision that still holds.", Errcode.NOT_FOUND)
    reopen_in(tx, number, operator.user_id, require_reason(reason))


def reopen_in(tx: Transaction, number: int, by_user: str, reason: str) -> None:
    """Open a decided case again. Those who filed something are told again once it is decided."""
    again = StaffRefused("refused_open_again", "The item has an open case already: decide that one.")
    store.reopen(tx, number, by_user, otherwise=again)
    store.note(tx, number, by_user, "reopened", {"reason": reason})
    audit.record(tx, by_user, "case.reopened", f"case {number}", reason=reason)


async def standing(tx: Transaction, decision_id: str) -> Decision:
    """A decision that restricts something and holds, at least in part. Refuses NOT_FOUND any other."""
    decision = await decisions_store.decision(tx, decision_id)
    if decision is None or decision.outcome is not Outcome.RESTRICTED or decision.state == RESTORED:
        raise StaffRefused("refused_no_decision", "There is no such decision that still holds.", Errcode.NOT_FOUND)
    return decision
