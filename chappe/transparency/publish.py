"""Writing the texts of the yearly report, and publishing a version of it. R92, R96, R97."""

from chappe import audit
from chappe.errors import Errcode
from chappe.operators.rules import StaffRefused
from chappe.stream import Device, Transaction
from chappe.transparency import report_store as store
from chappe.transparency.sheets import ENTERED, TEXTS

MAX_TEXT_CHARS = 10_000
"""A form of the console carries one of them."""
MAX_VERSIONS = 100
"""Of one year."""
FIRST_YEAR, LAST_YEAR = 2024, 2100
_HOURS = "disputes_median_hours"


async def write_texts(tx: Transaction, device: Device, year: int, texts: dict[str, str]) -> None:
    """An act: what staff write and enter for the report of a year."""
    require_year(year)
    for what, text in texts.items():
        _require_sound(what, text)
        store.put_text(tx, year, what, text.strip(), device.user_id)
    audit.record(tx, device.user_id, "transparency.written", f"report {year}", after={"texts": sorted(texts)})


def require_year(year: int) -> None:
    """Refuse what is no year of a report."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise StaffRefused("refused_year", f"There are reports from {FIRST_YEAR} on.", Errcode.INVALID_PARAM)


def _require_sound(what: str, text: str) -> None:
    if what not in TEXTS and what not in ENTERED:
        raise StaffRefused("refused_what", "The report has no such text.", Errcode.INVALID_PARAM)
    if len(text) > MAX_TEXT_CHARS or "\0" in text:
        reason = f"A text has at most {MAX_TEXT_CHARS} characters."
        raise StaffRefused("refused_long", reason, Errcode.INVALID_PARAM)
    figure = text.strip().replace(".", "", 1) if what == _HOURS else text.strip()
    if what in ENTERED and figure and not (figure.isdecimal() and figure.isascii() and len(figure) < 10):
        raise StaffRefused("refused_figure", "This is no number.", Errcode.INVALID_PARAM)


async def publish(
    tx: Transaction,
    device: Device | None,
    year: int,
    reason: str,
    decisions: int,
    published: int,
    files: dict[int, bytes],
) -> int:
    """An act: publish a report that was made. Older versions stay as they are. Returns its number.

    The second of a year and every later one says what it corrects.
    """
    of_year = [one.version for one in await store.versions(tx) if one.year == year]
    if of_year and not reason.strip():
        raise StaffRefused("refused_reason", "Say what this version corrects.", Errcode.INVALID_PARAM)
    if len(of_year) >= MAX_VERSIONS or len(reason) > audit.MAX_REASON_CHARS:
        raise StaffRefused("refused_long", "There are too many versions, or the reason is too long.")
    number = max(of_year, default=0) + 1
    by = audit.actor_of(device)
    store.add(tx, store.Version(year, number, published, by, reason.strip(), decisions), files)
    audit.record(
        tx, by, "transparency.published", f"report {year}", after={"version": number, "decisions": decisions},
        reason=reason.strip(),
    )  # fmt: skip
    return number
