"""What is told to the public: statements of reasons for the EU's Transparency Database, the yearly report, figures.

All of it is read from the desk's register (`moderation`): nothing here decides. A *record* is what the database has of
a decision; the *outbox* is what it has not been told yet.

`decided.py` a decision as it is read · `due.py` which are told · `record.py` what is · `rules.py` what the database
takes, as `statement.schema.json` says it to others · `personal.py` what names somebody · `codes.py` the words of the
database and the form of the report, in `codes.toml` and `annex.toml` · `queue.py` `telling.py` `mend.py` the outbox ·
`database.py` `replies.py` the way there and back · `count.py` `figures.py` counting, `accuracy.py` · `sheets.py`
`csv_text.py` the parts of the report, `reconcile.py` whether they agree, `report.py` `publish.py` making it ·
`months.py` `charts.py` figures by month · `public.py` pages for everybody · `console.py` `console_report.py` for
staff · `machine.py` what `chappe transparency` does · `acts.py` what is recorded · `…store.py` all SQL.

Tables, in the register: database_statement, transparency_mark, report_text, report_version, report_part, month_figures.
"""

from chappe.clock import Clock
from chappe.config import Settings
from chappe.http import Routes
from chappe.operators import ConsolePage
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Bus
from chappe.transparency.acts import ACTS
from chappe.transparency.console import routes as _console
from chappe.transparency.console_report import routes as _console_report
from chappe.transparency.database import TransparencyDatabase
from chappe.transparency.machine import TransparencyMachine
from chappe.transparency.mend import STAFF
from chappe.transparency.months import Months
from chappe.transparency.public import routes as _public
from chappe.transparency.report import Reports
from chappe.transparency.store import STOPPED, counts, mark
from chappe.transparency.telling import Telling

ROUTES = Routes(_public, _console, _console_report)

PAGES = (ConsolePage("transparency", "transparency", "nav", frozenset(STAFF)),)


def install(resources: Resources, bus: Bus) -> None:
    """Add what a process holds of this slice."""
    settings, database, clock = resources.of(Settings), resources.of(Database), resources.of(Clock)
    wanted = settings.transparency
    there = None if wanted is None or wanted.database_url is None else TransparencyDatabase(wanted)
    resources.add(Telling(there, database, bus, clock))
    resources.add(Reports(settings, database, bus, clock))
    resources.add(Months(database, bus, clock))


def runs(resources: Resources) -> list[Telling | Months]:
    """What runs in the background, for as long as the process does."""
    wanted = resources.of(Settings).transparency
    counts_months = wanted is not None and wanted.public_page
    return [resources.of(Telling), *([resources.of(Months)] if counts_months else [])]


async def is_stopped(database: Database) -> bool:
    """Whether the database takes no token of ours, so that nothing is sent."""
    return await mark(database, STOPPED) is not None


async def close(resources: Resources) -> None:
    """Leave off what is under way."""
    await resources.of(Telling).close()
    await resources.of(Reports).close()


__all__ = [
    "ACTS",
    "PAGES",
    "ROUTES",
    "Months",
    "Reports",
    "Telling",
    "TransparencyMachine",
    "close",
    "counts",
    "install",
    "is_stopped",
    "runs",
]
