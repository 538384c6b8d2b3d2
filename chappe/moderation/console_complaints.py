"""Complaints in the console: the queue, one of them with the decision, a message, the answer. R85 to R88."""

from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.moderation import decisions_store, exposure, store
from chappe.moderation.complain import claim_complaint, judge, message
from chappe.moderation.console_case import shown
from chappe.moderation.console_desk import desk_page
from chappe.moderation.queues import DAY_MS
from chappe.moderation.records import Complaint, Decision
from chappe.moderation.rules import JUDGES
from chappe.moderation.words import ComplaintState, Outcome
from chappe.operators import StaffRefused, console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

SHOWN = 100
DUE_MS = 14 * DAY_MS
"""After how long a complaint is overdue: Art. 20(4) DSA wants it "in a timely manner"."""


@console.get(routes, "desk/complaints", *JUDGES)
async def get_complaints(visit: Visit) -> Answer:
    """The complaints that wait, the oldest first."""
    database = visit.request.of(Database)
    found = []
    for one in await decisions_store.open_complaints(database, SHOWN):
        decision = await decisions_store.decision(database, one.decision)
        if decision is not None:
            found.append((one, decision, _may_judge(visit, one, decision)))
    return desk_page(visit, "complaints", found=found, due_ms=DUE_MS)


def _may_judge(visit: Visit, one: Complaint, decision: Decision) -> bool:
    me = visit.operator.user_id
    return me not in (decision.by_user, decision.second, one.by_user, decision.subject)


@console.get(routes, "desk/complaints/{id}", *JUDGES)
async def get_complaint(visit: Visit, id: str) -> Answer:
    """A complaint, the decision that it is about, and its case."""
    database = visit.request.of(Database)
    complaint = await decisions_store.complaint(database, id)
    decision = await decisions_store.decision(database, complaint.decision) if complaint is not None else None
    case = await store.case(database, complaint.case_number) if complaint is not None else None
    if complaint is None or decision is None or case is None:
        raise StaffRefused("refused_no_complaint", "There is no such complaint.", Errcode.NOT_FOUND)
    await visit.call(exposure.show_case, case.number)
    measures = await decisions_store.measures(database, decision.id)
    return desk_page(
        visit,
        "complaint",
        complaint=complaint,
        decision=decision,
        measures=measures,
        may_judge=_may_judge(visit, complaint, decision),
        holds_it=complaint.claimed_by == visit.operator.user_id and complaint.claimed_until > visit.now,
        outcomes=[one for one in ComplaintState if one is not ComplaintState.OPEN and _fits(one, decision)],
        **await shown(visit, case),
    )


def _fits(state: ComplaintState, decision: Decision) -> bool:
    return state is not ComplaintState.PARTLY_REVERSED or decision.outcome is Outcome.RESTRICTED


@console.post(routes, "desk/complaints/{id}/claim", *JUDGES)
async def post_claim(visit: Visit, id: str) -> Answer:
    """Work on a complaint."""
    await visit.call(claim_complaint, id)
    return visit.back_to(f"desk/complaints/{id}", "done_claimed")


@console.post(routes, "desk/complaints/{id}/message", *JUDGES)
async def post_message(visit: Visit, id: str) -> Answer:
    """Tell or ask whoever complained something."""
    await visit.call(message, id, visit.form.get("text", ""))
    return visit.back_to(f"desk/complaints/{id}", "done_told")


@console.post(routes, "desk/complaints/{id}/judge", *JUDGES)
async def post_judge(visit: Visit, id: str) -> Answer:
    """Answer a complaint."""
    form = visit.form
    lifted = [name[5:] for name in form if name.startswith("lift_")]
    positions = [int(one) for one in lifted if one.isdecimal() and len(one) <= 3]
    chosen = positions if form.get("state") == ComplaintState.PARTLY_REVERSED.value else []
    await visit.call(judge, id, form.get("state", ""), form.get("answer", ""), chosen)
    return visit.back_to("desk/complaints", "done_judged")
