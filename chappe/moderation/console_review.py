"""Second reviews in the console: judging a case again without seeing what was decided, and how often two agree."""

from chappe.http import Answer, Routes
from chappe.moderation import sample, sealed, work_store
from chappe.moderation.console_case import sealed_still, shown
from chappe.moderation.console_decide import CATEGORIES
from chappe.moderation.console_desk import desk_page
from chappe.moderation.rules import DESK
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

SHOWN = 25
SINCE_MS = 90 * 86_400_000
"""Over which time agreement is told."""


@console.get(routes, "desk/reviews", *DESK)
async def get_reviews(visit: Visit) -> Answer:
    """The decisions that wait for a second review by who visits, and what the last ones came to."""
    database = visit.request.of(Database)
    return desk_page(
        visit,
        "reviews",
        waiting=await sample.waiting_for(database, visit.operator, SHOWN),
        judged=await work_store.judged_samples(database, SHOWN),
        agreement=await work_store.agreement(database, visit.now - SINCE_MS),
    )


@console.get(routes, "desk/reviews/{decision_id}", *DESK)
async def get_review(visit: Visit, decision_id: str) -> Answer:
    """A case to be judged again: nothing of what was decided is shown."""
    database = visit.request.of(Database)
    case = await visit.call(sample.show_again, decision_id)
    if not await sealed.may_look(database, case, visit.operator.user_id, visit.now):
        raise sealed_still()
    values = {**await shown(visit, case), "decided": [], "history": [], "others": [], "entries": []}
    return desk_page(visit, "review", decision_id=decision_id, categories=CATEGORIES, **values)


@console.post(routes, "desk/reviews/{decision_id}", *DESK)
async def post_review(visit: Visit, decision_id: str) -> Answer:
    """Say what one would have decided."""
    form = visit.form
    judged = (form.get("outcome", ""), form.get("category", ""), form.get("remark", ""))
    agrees = await visit.call(sample.judge_again, decision_id, *judged)
    return visit.back_to("desk/reviews", "done_agrees" if agrees else "done_differs")
