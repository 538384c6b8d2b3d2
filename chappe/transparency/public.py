"""The pages for everybody: figures by month, and the yearly reports in all their versions. R96, R98."""

import io
import zipfile
from importlib.resources import files

import msgspec

from chappe.accounts.pages import Language, language_of
from chappe.config import Settings, Transparency
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.operators import console
from chappe.storage import Database
from chappe.transparency import months, report_store
from chappe.transparency.codes import annex
from chappe.transparency.console_report import as_file

routes = Routes()

BASE = "/_chappe/transparency"
FRESH = "public, max-age=3600"
FOR_EVER = "public, max-age=31536000, immutable"
_NONE = Refused(Errcode.NOT_FOUND, "There is nothing here.")


@routes.get(f"{BASE}/", auth=NOBODY, limit=Limit.READS)
async def get_page(request: Request) -> Answer:
    """Figures by month, as charts and tables, and the yearly reports."""
    transparency = _wanted(request)
    wish = request.query().get("lang", [""])[-1]
    language = next((one for one in Language if one.value == wish), None) or language_of(request)
    database = request.of(Database)
    page = console.rendered(
        request,
        language,
        "transparency/public.html",
        {
            "provider": transparency.provider,
            "service": transparency.service or request.of(Settings).server_name,
            "charts": months.charts_of(await months.shown_months(database)),
            "versions": await report_store.versions(database),
            "parts": annex().parts,
            "base": BASE,
        },
    )
    headers = tuple((name, FRESH if name == "Cache-Control" else value) for name, value in page.headers)
    return Answer(page.status, page.body, (*headers, ("Vary", "Accept-Language"), ("Content-Language", language.value)))


@routes.get(BASE, auth=NOBODY, limit=Limit.READS)
async def get_without_slash(request: Request) -> Answer:
    """The page has a slash at its end."""
    return Answer(308, b"", (("Location", f"{BASE}/"), ("Cache-Control", FRESH)))


@routes.get(f"{BASE}/style.css", auth=NOBODY, limit=Limit.READS)
async def get_style(request: Request) -> Answer:
    """How the page looks."""
    _wanted(request)
    return Answer(200, _STYLE, (("Content-Type", "text/css; charset=utf-8"), ("Cache-Control", FRESH)))


@routes.get(f"{BASE}/figures.json", auth=NOBODY, limit=Limit.READS)
async def get_figures(request: Request) -> Answer:
    """The figures of the page, rounded as there; null for fewer than five."""
    _wanted(request)
    told = {
        month: {name: _told(value) for name, value in msgspec.to_builtins(figures).items()}
        for month, figures in await months.shown_months(request.of(Database))
    }
    headers = (("Content-Type", "application/json"), ("Cache-Control", FRESH))
    return Answer(200, msgspec.json.encode({"months": told, "rounded_to": months.ROUND_TO}), headers)


def _told(value: int) -> int | None:
    shown = months.rounded(value)
    return None if shown < 0 else shown


@routes.get(f"{BASE}/reports/{{year}}/{{version}}/{{name}}", auth=NOBODY, limit=Limit.READS)
async def get_report(request: Request, year: str, version: str, name: str) -> Answer:
    """A part of a yearly report as CSV, or all of them in `all.zip`."""
    _wanted(request)
    if not all(text.isdecimal() and text.isascii() and len(text) <= 4 for text in (year, version)):
        raise _NONE
    database = request.of(Database)
    if name == "all.zip":
        parts = await report_store.parts(database, int(year), int(version))
        if not parts:
            raise _NONE
        zipped = _zip({annex().part(number).file_name: bytes(file) for number, file in parts})
        return as_file(f"transparency-{year}-v{version}.zip", zipped, FOR_EVER, "application/zip")
    form = next((part for part in annex().parts if part.file_name == name), None)
    found = None if form is None else await report_store.part(database, int(year), int(version), form.number)
    if found is None:
        raise _NONE
    return as_file(name, found, FOR_EVER)


def _wanted(request: Request) -> Transparency:
    wanted = request.of(Settings).transparency
    if wanted is None or not wanted.public_page:
        raise _NONE
    return wanted


def _zip(named: dict[str, bytes]) -> bytes:
    """The same files make the same archive: every entry is of the same moment."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in named.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), file, zipfile.ZIP_DEFLATED)
    return made.getvalue()


_STYLE = (files("chappe.transparency") / "public.css").read_bytes()
