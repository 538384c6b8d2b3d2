"""What staff see of the EU's Transparency Database: what waits, what is held up and why, and what was refused."""

import msgspec

from chappe import audit
from chappe.clock import Clock
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.operators.rules import StaffRefused
from chappe.storage import Database
from chappe.transparency import report_store, store
from chappe.transparency.console_report import about_reports, refreshed
from chappe.transparency.mend import STAFF, mend, try_again
from chappe.transparency.rules import FREE_TEXTS
from chappe.transparency.telling import Telling

routes = Routes()

MAX_SHOWN = 50
_PREFIX = "text_"


@console.get(routes, "transparency", *STAFF)
async def get_transparency(visit: Visit) -> Answer:
    """What the database was told, and the yearly reports."""
    database, telling = visit.request.of(Database), visit.request.of(Telling)
    page = visit.page(
        "transparency/console.html",
        counts=await store.counts(database),
        stopped=await store.mark(database, store.STOPPED),
        is_on=telling.is_on,
        labelled=FREE_TEXTS,
        blocked=await store.statements_in(database, "blocked", 0, MAX_SHOWN),
        refused=await store.statements_in(database, "refused", 0, MAX_SHOWN),
        versions=await report_store.versions(database),
        **about_reports(visit.request, visit.request.of(Clock).now_ms()),
    )
    return refreshed(visit.request, page)


@console.post(routes, "transparency/again", *STAFF)
async def post_again(visit: Visit) -> Answer:
    """Try at once to send what waits."""
    await visit.call(try_again)
    visit.request.of(Telling).woken.set()
    return visit.back_to("transparency", "done_again")


@console.get(routes, "transparency/statements/{decision}", *STAFF)
async def get_statement(visit: Visit, decision: str) -> Answer:
    """What the database is told of one decision, and what it is held up for. Whoever looks is in the log before."""
    statement = await store.statement(visit.request.of(Database), decision)
    if statement is None:
        raise StaffRefused("refused_no_statement", "There is no such statement.", Errcode.NOT_FOUND)
    if statement.state in ("blocked", "refused"):
        await visit.call(audit.record_read, "transparency.read", statement.puid, {"decision": decision})
    record = msgspec.json.decode(statement.record)
    texts = [(field, record[field]) for field in FREE_TEXTS if field in record]
    return visit.page(
        "transparency/statement.html",
        one=statement,
        texts=texts,
        labelled=FREE_TEXTS,
        reversed_by=await store.reversed_by(visit.request.of(Database), decision),
        record=msgspec.json.format(statement.record, indent=2).decode(),
        can_be_mended=statement.state in ("blocked", "refused"),
        has_names=any(found.kind == "name" for found in statement.found),
    )


@console.post(routes, "transparency/statements/{decision}", *STAFF)
async def post_statement(visit: Visit, decision: str) -> Answer:
    """Put the texts of the form in the place of those that name somebody."""
    fields = visit.form.items()
    texts = {
        name.removeprefix(_PREFIX): text.replace("\r\n", "\n") for name, text in fields if name.startswith(_PREFIX)
    }
    is_free = await visit.call(mend, decision, texts, visit.form.get("names_are_none") == "1")
    if not is_free:
        return visit.back_to(f"transparency/statements/{decision}", "done_still_blocked")
    visit.request.of(Telling).woken.set()
    return visit.back_to("transparency", "done_mended")
