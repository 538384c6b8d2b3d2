"""Complaining about a decision, and answering a complaint. Art. 20 DSA; R85 to R88."""

import secrets

from chappe import audit
from chappe.errors import Errcode, Refused
from chappe.moderation import decisions_store, misuse, store, tell
from chappe.moderation.claim import no_case
from chappe.moderation.deadlines import start_complaint, stop_complaint
from chappe.moderation.links import About
from chappe.moderation.records import Complaint, Decision, Filing
from chappe.moderation.reverse import reopen_in, reverse_in, standing
from chappe.moderation.rules import COMPLAINT_DAYS, JUDGES, MAX_REASON_CHARS
from chappe.moderation.words import ComplaintState, Outcome
from chappe.operators import Operator, StaffRefused, require
from chappe.operators.rules import require_reason
from chappe.stream import Device, Transaction

_DAY_MS = 86_400_000


async def complain(tx: Transaction, device: Device, decision_id: str, text: str, filing_id: str = "") -> str:
    """An act: complain about a decision that restricts something of mine, or, with `filing_id`, about what was decided
    on what I filed. Returns the complaint's id.

    Refuses NOT_FOUND what is not mine, INVALID_PARAM a second complaint, and FORBIDDEN once the six months are over.
    """
    return await _complain(tx, await _decision_of(tx, decision_id), device.user_id, filing_id, text)


async def complain_by_link(tx: Transaction, device: Device | None, about: str, id: str, text: str) -> str:
    """An act: the same by whoever has the link to a decision or to what became of a filing, which proves who it is."""
    if About(about) is About.DECISION:
        decision = await _decision_of(tx, id)
        return await _complain(tx, decision, decision.subject, "", text)
    filing = await store.filing(tx, id)
    case = await store.case(tx, filing.case_number) if filing is not None else None
    if filing is None or case is None or case.is_open:
        raise _not_theirs()
    return await _complain(tx, await _decision_of(tx, case.decision), filing.by_user, filing.id, text)


async def _complain(tx: Transaction, decision: Decision, user_id: str, filing_id: str, text: str) -> str:
    if not 0 < len(text.strip()) <= MAX_REASON_CHARS or "\0" in text:
        raise Refused(Errcode.INVALID_PARAM, f"Say why, in 1 to {MAX_REASON_CHARS} characters.")
    if not await _is_theirs(tx, decision, user_id, filing_id):
        raise _not_theirs()
    filing = await store.filing(tx, filing_id) if filing_id else None
    await misuse.require_complaints_processed(tx, user_id, filing.email if filing is not None else "")
    if tx.now > decision.at + COMPLAINT_DAYS * _DAY_MS:
        raise Refused(Errcode.FORBIDDEN, "The six months are over. A court or an out-of-court body can still help.")
    new = Complaint(
        secrets.token_urlsafe(12), decision.id, decision.case_number, user_id, filing_id, text.strip(), tx.now,
        ComplaintState.OPEN, "", 0, "", None, "", "",
    )  # fmt: skip
    twice = Refused(Errcode.INVALID_PARAM, "You have complained about this decision already; it is looked at once.")
    decisions_store.add_complaint(tx, new, otherwise=twice)
    start_complaint(tx, new)
    store.note(tx, decision.case_number, user_id, "complaint", {"complaint": new.id})
    return new.id


async def _decision_of(tx: Transaction, decision_id: str) -> Decision:
    decision = await decisions_store.decision(tx, decision_id)
    if decision is None:
        raise _not_theirs()
    return decision


def _not_theirs() -> Refused:
    return Refused(Errcode.NOT_FOUND, "There is no such decision about something of yours.")


async def _is_theirs(tx: Transaction, decision: Decision, user_id: str, filing_id: str) -> bool:
    if not filing_id:
        return bool(user_id) and decision.subject == user_id and decision.outcome is Outcome.RESTRICTED
    filing = await store.filing(tx, filing_id)
    return filing is not None and filing.by_user == user_id and filing.case_number == decision.case_number


async def judge_of(tx: Transaction, user_id: str, complaint_id: str) -> tuple[Operator, Complaint, Decision]:
    """The one place that says who may answer a complaint: qualified staff who did not decide it before, and whom its
    case is not about: neither whose it is, nor who filed it. Refuses FORBIDDEN others."""
    operator = await require(tx, tx.now, user_id, *JUDGES)
    complaint = await decisions_store.complaint(tx, complaint_id)
    decision = await decisions_store.decision(tx, complaint.decision) if complaint is not None else None
    if complaint is None or decision is None:
        raise StaffRefused("refused_no_complaint", "There is no such complaint.", Errcode.NOT_FOUND)
    if operator.user_id in (decision.by_user, decision.second):
        raise StaffRefused("refused_first_reviewer", "Who made the decision does not judge the complaint about it.")
    case = await store.case(tx, complaint.case_number)
    concerned = (complaint.by_user, decision.subject, *((case.author, case.item) if case is not None else ()))
    if operator.user_id in concerned or await store.has_filed(tx, complaint.case_number, operator.user_id):
        raise StaffRefused("refused_own_case", "This is about you: somebody else has to decide it.")
    return operator, complaint, decision


async def claim_complaint(tx: Transaction, device: Device, complaint_id: str) -> None:
    """An act: work on a complaint."""
    operator, complaint, _ = await judge_of(tx, device.user_id, complaint_id)
    decisions_store.claim_complaint(tx, complaint.id, operator.user_id, otherwise=_taken())
    store.note(tx, complaint.case_number, operator.user_id, "complaint_claimed", {"complaint": complaint.id})


async def message(tx: Transaction, device: Device, complaint_id: str, text: str) -> None:
    """An act: tell or ask whoever complained something, before the complaint is answered. R88."""
    operator, complaint, _ = await judge_of(tx, device.user_id, complaint_id)
    text = require_reason(text)
    if complaint.state is not ComplaintState.OPEN:
        raise _taken()
    filing: Filing | None = await store.filing(tx, complaint.filing) if complaint.filing else None
    email, language = (filing.email, filing.language) if filing is not None else ("", "")
    await tell.complaint_message(tx, complaint, secrets.token_urlsafe(9), text, email, language)
    told = {"complaint": complaint.id, "text": text}
    store.note(tx, complaint.case_number, operator.user_id, "complaint_message", told)


async def judge(
    tx: Transaction, device: Device, complaint_id: str, state: str, answer: str, positions: list[int]
) -> None:
    """An act: answer a complaint that one works on.

    Reversing restores everything, or in part the measures named. Reversing the decision to do nothing opens the case
    again, in the hands of who judges. Refuses INVALID_PARAM an answer without reasons.
    """
    operator, complaint, decision = await judge_of(tx, device.user_id, complaint_id)
    outcome = _outcome(state)
    if not 0 < len(answer.strip()) <= MAX_REASON_CHARS or "\0" in answer:
        raise StaffRefused("refused_reasons", "Say why: the answer has to give reasons.", Errcode.INVALID_PARAM)
    reversal = ""
    if outcome in (ComplaintState.REVERSED, ComplaintState.PARTLY_REVERSED):
        reversal = await _carry_out(tx, decision, operator, outcome, answer.strip(), positions)
    decisions_store.judge_complaint(
        tx, complaint.id, operator.user_id, outcome, answer.strip(), reversal, otherwise=_taken()
    )
    await stop_complaint(tx, complaint, operator.user_id)
    filing: Filing | None = await store.filing(tx, complaint.filing) if complaint.filing else None
    email, language = (filing.email, filing.language) if filing is not None else ("", "")
    await tell.complaint_answer(tx, complaint, outcome.value, answer.strip(), email, language)
    told = {"complaint": complaint.id, "state": outcome.value, "reversal": reversal or None}
    store.note(tx, complaint.case_number, operator.user_id, "complaint_judged", told)
    audit.record(
        tx, operator.user_id, "complaint.judged", f"case {complaint.case_number}", after=told, reason=answer.strip()
    )


async def _carry_out(
    tx: Transaction, decision: Decision, operator: Operator, outcome: ComplaintState, answer: str, positions: list[int]
) -> str:
    if decision.outcome is Outcome.NO_ACTION:
        if await store.case(tx, decision.case_number) is None:
            raise no_case()
        reopen_in(tx, decision.case_number, operator.user_id, answer)
        return ""
    if outcome is ComplaintState.PARTLY_REVERSED and not positions:
        raise StaffRefused("refused_which", "Say which of the measures are lifted.", Errcode.INVALID_PARAM)
    held = await standing(tx, decision.id)
    wanted = positions if outcome is ComplaintState.PARTLY_REVERSED else []
    return await reverse_in(tx, held, operator.user_id, wanted, answer)


def _outcome(state: str) -> ComplaintState:
    try:
        found = ComplaintState(state)
    except ValueError:
        found = ComplaintState.OPEN
    if found is ComplaintState.OPEN:
        reason = "A complaint ends as upheld, partly_reversed, reversed or omitted."
        raise StaffRefused("refused_outcome", reason, Errcode.INVALID_PARAM)
    return found


def _taken() -> StaffRefused:
    return StaffRefused(
        "refused_claim", "This complaint is not in your hands: somebody else has it, or it is answered."
    )
