"""Trusted flaggers in the console: who they are, how precise their notices are, and the report about one. R73, R74."""

import csv
import io

from chappe.accounts import user_id_at_login
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.moderation import flaggers
from chappe.moderation.categories import filed_categories
from chappe.moderation.console_desk import desk_page
from chappe.moderation.flaggers import ENTERS
from chappe.operators import StaffRefused, console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = ("notice", "filed_at", "decided_at", "category", "country", "law", "reason", "case", "decision", "outcome",
         "state", "automation")  # fmt: skip


@console.get(routes, "flaggers", *ENTERS)
async def get_flaggers(visit: Visit) -> Answer:
    """Trusted flaggers with their areas, status and precision."""
    database = visit.request.of(Database)
    found = [(one, await flaggers.precision_of(database, one.id)) for one in await flaggers.flaggers(database)]
    return desk_page(visit, "flaggers", found=found, categories=filed_categories())


@console.post(routes, "flaggers", *ENTERS)
async def post_flagger(visit: Visit) -> Answer:
    """Enter a trusted flagger."""
    form = visit.form
    user_id = user_id_at_login(form.get("user_id", "").strip(), visit.request.of(Settings).server_name)
    if user_id is None:
        raise StaffRefused("refused_no_account", "There is nobody of this name on this server.", Errcode.NOT_FOUND)
    areas = tuple(code for code in filed_categories() if form.get(code))
    country = form.get("country", "").strip().upper()
    await visit.call(flaggers.add_flagger, form.get("name", ""), user_id, areas, country, form.get("day", "").strip())
    return visit.back_to("flaggers", "done_saved")


@console.post(routes, "flaggers/{id}/status", *ENTERS)
async def post_flagger_status(visit: Visit, id: str) -> Answer:
    """Note that a coordinator has suspended or ended the status, or given it back."""
    await visit.call(flaggers.set_flagger_status, id, visit.form.get("status", ""), visit.form.get("reason", ""))
    return visit.back_to("flaggers", "done_saved")


@console.get(routes, "flaggers/{id}/report.csv", *ENTERS)
async def get_flagger_report(visit: Visit, id: str) -> Answer:
    """Every notice of a trusted flagger and what was decided on it, for the coordinator who awarded the status."""
    rows = await flaggers.notices_of(visit.request.of(Database), id)
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    headers = (
        ("Content-Type", "text/csv; charset=utf-8"),
        ("Content-Disposition", f'attachment; filename="trusted-flagger-{"".join(c for c in id if c.isalnum())}.csv"'),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Answer(200, made.getvalue().encode("utf-8", "replace"), headers)


def _cell(value: object) -> str:
    """A cell of CSV that no program takes for a formula."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
