"""Misuse in the console: warnings and suspensions, with the four factors of each. R90."""

from chappe.http import Answer, Routes
from chappe.moderation import misuse
from chappe.moderation.console_desk import desk_page
from chappe.moderation.misuse import DECIDES, Factors, Misused
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

SHOWN = 200


@console.get(routes, "misuse", *DECIDES)
async def get_misuse(visit: Visit) -> Answer:
    """Who was warned and suspended, the newest first, and the form for it."""
    found = await misuse.steps(visit.request.of(Database), SHOWN)
    return desk_page(visit, "misuse", found=found, kinds=[one.value for one in Misused])


@console.post(routes, "misuse", *DECIDES)
async def post_misuse(visit: Visit) -> Answer:
    """Warn or suspend somebody."""
    form = visit.form
    factors = Factors(_number(form, "number"), _number(form, "of_all"), form.get("gravity", ""), form.get("intent", ""))
    whom, kind = form.get("whom", ""), form.get("kind", "")
    if form.get("step") == "suspend":
        await visit.call(misuse.suspend, whom, kind, factors, _number(form, "days"))
    else:
        await visit.call(misuse.warn, whom, kind, factors)
    return visit.back_to("misuse", "done_saved")


@console.post(routes, "misuse/{id}/lift", *DECIDES)
async def post_lift(visit: Visit, id: str) -> Answer:
    """Take one back."""
    await visit.call(misuse.lift_step, id)
    return visit.back_to("misuse", "done_saved")


def _number(form: dict[str, str], name: str) -> int:
    text = form.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0
