"""What whoever owns the machine does here, with `chappe transparency`."""

import msgspec

from chappe import audit
from chappe.errors import Errcode, Refused
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction
from chappe.transparency import store
from chappe.transparency.report import Making, Reports

EXPORT_AT_ONCE = 40
"""Records in one answer: it has at most a megabyte."""
STATES = ("queued", "sent", "refused")
"""What can be exported. What is held up names somebody: that does not leave the server."""


class MakeReport(msgspec.Struct, frozen=True, tag="make_report"):
    """Begin to make the report of a year. `ReportState` says how far it is."""

    year: int
    reason: str = ""
    is_draft: bool = False


class ReportState(msgspec.Struct, frozen=True, tag="report_state"):
    """How far the report is that is being made, or was made last."""


class ReportFile(msgspec.Struct, frozen=True, tag="report_file"):
    """A part of that report."""

    part: int


class ExportStatements(msgspec.Struct, frozen=True, tag="export_statements"):
    """Some records in a state, after a decision of that number."""

    state: str
    after: int = 0


class Text(msgspec.Struct, frozen=True):
    """A part of a report."""

    text: str


class Exported(msgspec.Struct, frozen=True):
    """Records as JSON; `last` is where the next ones begin, None if there are no more."""

    records: tuple[str, ...]
    last: int | None


class TransparencyMachine:
    """These wishes, fulfilled in this process."""

    wishes: tuple[type[msgspec.Struct], ...] = (MakeReport, ReportState, ReportFile, ExportStatements)

    def __init__(self, bus: Bus, database: Database, reports: Reports) -> None:
        self._bus = bus
        self._database = database
        self._reports = reports

    async def fulfil(self, wish: MakeReport | ReportState | ReportFile | ExportStatements) -> object:
        """Do what is wished. Refuses with a sentence for the command line."""
        if isinstance(wish, ExportStatements):
            return await self._export(wish)
        if isinstance(wish, MakeReport):
            return self._reports.start(wish.year, reason=wish.reason, is_draft=wish.is_draft)
        if isinstance(wish, ReportFile):
            file = self._reports.files.get(wish.part)
            if file is None:
                raise Refused(Errcode.NOT_FOUND, "There is no such part.")
            return Text(file.decode())
        return self._reports.making or Making(0, is_draft=True, is_over=True)

    async def _export(self, wish: ExportStatements) -> Exported:
        if wish.state not in STATES:
            raise Refused(Errcode.INVALID_PARAM, f"Statements are exported that are {', '.join(STATES)}.")
        if wish.after == 0:
            await self._bus.call(REGISTER, Command(exported, None, (wish.state,)))
        found = await store.statements_in(self._database, wish.state, wish.after, EXPORT_AT_ONCE)
        last = found[-1].number if len(found) == EXPORT_AT_ONCE else None
        return Exported(tuple(one.record.decode() for one in found), last)


async def exported(tx: Transaction, device: Device | None, state: str) -> None:
    """An act: the log says that statements left the server."""
    audit.record(tx, audit.actor_of(device), "transparency.exported", f"statements {state}")
