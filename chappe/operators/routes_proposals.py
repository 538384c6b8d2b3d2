"""The pages of the two-person rule: a proposal with its details, and breaking the glass."""

import msgspec

from chappe.accounts import user_id_at_login
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.operators import break_glass, console, rules, store, two_person
from chappe.operators.console import Visit
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.operators.two_person import Kinds
from chappe.storage import Database

routes = Routes()


@console.get(routes, "proposals/{proposal_id}")
async def get_proposal(visit: Visit, proposal_id: str) -> Answer:
    """A proposal: what, why, by whom, until when; and the forms that decide it."""
    proposal = await store.proposal(visit.request.of(Database), proposal_id)
    kind = None if proposal is None else visit.request.of(Kinds).get(proposal.kind)
    is_own = proposal is not None and proposal.proposed_by == visit.operator.user_id
    may_see = kind is not None and (is_own or visit.operator.has(Role.OWNER, *kind.may_approve))
    if proposal is None or kind is None or not may_see:
        raise StaffRefused("refused_no_proposal", "There is no such proposal.", Errcode.NOT_FOUND)
    return visit.page(
        "operators/proposal.html",
        proposal=proposal,
        kind=kind,
        details=msgspec.json.decode(proposal.payload, type=dict[str, object]),
        is_open=proposal.is_open(visit.now),
        is_own=is_own,
        shown_at=kind.shown_at(proposal),
        may_approve=not is_own and visit.operator.has(*kind.may_approve),
    )


@console.post(routes, "proposals/{proposal_id}/approve")
async def post_approve(visit: Visit, proposal_id: str) -> Answer:
    """Approve a proposal, as it was shown."""
    await visit.call(two_person.approve, visit.seat, proposal_id, visit.form.get("digest", ""))
    return visit.back_to(f"proposals/{proposal_id}", "done_approved")


@console.post(routes, "proposals/{proposal_id}/refuse")
async def post_refuse(visit: Visit, proposal_id: str) -> Answer:
    """Refuse a proposal, or withdraw one's own."""
    await visit.call(two_person.refuse, visit.seat, proposal_id, visit.form.get("reason", ""))
    return visit.back_to("", "done_refused")


@console.get(routes, "glass", *break_glass.KIND.may_propose)
async def get_glass(visit: Visit) -> Answer:
    """The form by which a role is proposed for some hours."""
    roles = [role for role in Role if role in rules.BREAK_GLASS]
    return visit.page("operators/glass.html", roles=roles, most_hours=rules.MAX_BREAK_GLASS_HOURS)


@console.post(routes, "glass", *break_glass.KIND.may_propose)
async def post_glass(visit: Visit) -> Answer:
    """Propose a role for some hours."""
    form = visit.form
    hours = form.get("hours", "").strip()
    name = form.get("name", "").strip() or visit.operator.user_id
    payload = {
        "user_id": user_id_at_login(name, visit.request.of(Settings).server_name),
        "role": rules.parse_role(form.get("role", "")).value,
        "hours": int(hours) if hours.isdecimal() and len(hours) < 4 else 0,
    }
    made = await visit.call(two_person.propose, visit.seat, break_glass.NAME, payload, form.get("reason", ""))
    return visit.back_to(f"proposals/{made}", "done_proposed")
