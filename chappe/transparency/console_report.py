"""The yearly report in the console: its texts, and the button that makes it, with how far it is. R92, R97."""

from typing import Any

from chappe.errors import Errcode
from chappe.http import Answer, Request, Routes
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.operators.rules import StaffRefused
from chappe.storage import Database
from chappe.stream import Device
from chappe.transparency import report_store
from chappe.transparency.codes import annex
from chappe.transparency.mend import STAFF
from chappe.transparency.publish import write_texts
from chappe.transparency.record import day
from chappe.transparency.report import Reports
from chappe.transparency.sheets import ENTERED, TEXTS

routes = Routes()

REFRESH_S = 2
"""How often the page is asked for again while a report is made."""


def about_reports(request: Request, now: int) -> dict[str, Any]:
    """What the page says of reports: the year that is due, and the one that is being made."""
    reports = request.of(Reports)
    return {
        "making": reports.making,
        "parts": [part for part in annex().parts if part.number in reports.files],
        "last_year": int(day(now)[:4]) - 1,
    }


def refreshed(request: Request, page: Answer) -> Answer:
    """The page, asked for again by the browser while a report is made."""
    making = request.of(Reports).making
    if making is None or making.is_over:
        return page
    return Answer(page.status, page.body, (*page.headers, ("Refresh", str(REFRESH_S))))


@console.post(routes, "transparency/report", *STAFF)
async def post_report(visit: Visit) -> Answer:
    """Begin to make the report of a year: a draft, or one that is published if it agrees with the register."""
    reports = visit.request.of(Reports)
    is_draft = visit.form.get("what") != "publish"
    device, reason = Device(visit.operator.user_id), visit.form.get("reason", "")
    reports.start(_year(visit.form.get("year", "")), reason=reason, device=device, is_draft=is_draft)
    return visit.back_to("transparency")


@console.get(routes, "transparency/draft/{part}", *STAFF)
async def get_draft(visit: Visit, part: str) -> Answer:
    """A part of the report that was made last, published or not."""
    form = next((one for one in annex().parts if one.file_name == part), None)
    file = None if form is None else visit.request.of(Reports).files.get(form.number)
    if file is None:
        raise StaffRefused("refused_no_part", "There is no such part. Make the report again.", Errcode.NOT_FOUND)
    return as_file(part, file, "no-store")


def as_file(name: str, file: bytes, cache: str, kind: str = "text/csv; charset=utf-8") -> Answer:
    """A file that a browser saves and does not show."""
    return Answer(
        200, file,
        (
            ("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{name}"'),
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", cache), ("Content-Security-Policy", "sandbox"),
        ),
    )  # fmt: skip


@console.get(routes, "transparency/texts/{year}", *STAFF)
async def get_texts(visit: Visit, year: str) -> Answer:
    """The texts and figures that staff write for a year; where there are none, those of the year before."""
    number = _year(year)
    database = visit.request.of(Database)
    texts = {**await report_store.texts(database, number - 1), **await report_store.texts(database, number)}
    questions = [row.indicator for row in annex().part(11).rows if row.applicability == "all"]
    return visit.page(
        "transparency/texts.html",
        year=number,
        texts=[(what, question, texts.get(what, "")) for what, question in zip(TEXTS, questions, strict=True)],
        entered=[(what, texts.get(what, "")) for what in ENTERED],
    )


@console.post(routes, "transparency/texts/{year}", *STAFF)
async def post_texts(visit: Visit, year: str) -> Answer:
    """Write them."""
    known = {name: visit.form[name].replace("\r\n", "\n") for name in (*TEXTS, *ENTERED) if name in visit.form}
    await visit.call(write_texts, _year(year), known)
    return visit.back_to(f"transparency/texts/{_year(year)}", "done_written")


def _year(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) == 4):
        raise StaffRefused("refused_year", "This is no year.", Errcode.INVALID_PARAM)
    return int(text)
