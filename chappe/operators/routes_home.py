"""The first page of the console: who one is, what waits for a second person, and what owners are told."""

from chappe.http import Answer, Routes
from chappe.operators import console, grant, rules, store
from chappe.operators.console import Visit
from chappe.operators.store import Proposal
from chappe.operators.two_person import Kinds
from chappe.storage import Database
from chappe.stream import Device, Transaction

routes = Routes()

MAX_SHOWN = 200


@console.get(routes, "")
async def get_home(visit: Visit) -> Answer:
    """The first page of the console: who one is, and what waits for a second person."""
    database, kinds = visit.request.of(Database), visit.request.of(Kinds)
    found = await store.open_proposals(database, visit.now, MAX_SHOWN)
    return visit.page(
        "operators/home.html",
        to_approve=[one for one in found if _is_for(visit, kinds, one)],
        own=[one for one in found if one.proposed_by == visit.operator.user_id],
        notices=await store.notices(database, visit.operator.user_id),
        kinds=kinds,
    )


def _is_for(visit: Visit, kinds: Kinds, proposal: Proposal) -> bool:
    kind = kinds.get(proposal.kind)
    return kind is not None and proposal.proposed_by != visit.operator.user_id and visit.operator.has(*kind.may_approve)


@console.post(routes, "languages")
async def post_languages(visit: Visit) -> Answer:
    """Say in which languages one works."""
    chosen = rules.parse_languages(visit.form.get("languages", ""))
    await visit.call(grant.set_languages, visit.operator.user_id, chosen)
    return visit.back_to("", "done_saved")


@console.post(routes, "notices/{proposal_id}")
async def post_notice(visit: Visit, proposal_id: str) -> Answer:
    """Take away a notice to an owner, who has read it."""
    await visit.call(end_notice, proposal_id)
    return visit.back_to("", "done_read")


async def end_notice(tx: Transaction, device: Device, proposal_id: str) -> None:
    """An act: the owner has read what they were told."""
    store.end_notice(tx, device.user_id, proposal_id)
