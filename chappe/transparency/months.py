"""The figures of each month for the public page: counted a while after the month, kept, and rounded when shown. R98."""

import asyncio
import logging
from datetime import UTC, datetime

import msgspec

from chappe.clock import Clock
from chappe.errors import Refused
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction
from chappe.transparency import count_store, report_store
from chappe.transparency.charts import Chart, chart_of
from chappe.transparency.count import count
from chappe.transparency.figures import Figures

logger = logging.getLogger(__name__)

DAY_MS = 86_400_000
DELAY_DAYS = 14
"""How long after its end a month is told: what is under way then is not found out from it."""
SETTLED_MONTHS = 8
"""How long a month is counted again: people complain for six months."""
MAX_MONTHS = 60
SHOWN_MONTHS = 12
LOOK_S = 3_600.0
ROUND_TO = 5


class MonthFigures(msgspec.Struct, frozen=True):
    """What is told of a month, exactly as it was counted."""

    notices: int = 0
    trusted: int = 0
    law: int = 0
    terms: int = 0
    content: int = 0
    accounts: int = 0
    people: int = 0
    programs: int = 0
    complaints: int = 0
    reversed: int = 0


CHARTS = {
    "notices": ("notices", "trusted"),
    "decisions": ("law", "terms"),
    "measures": ("content", "accounts"),
    "automation": ("people", "programs"),
    "complaints": ("complaints", "reversed"),
}
"""What stands together in one chart and one table."""


def told_of(figures: Figures, register: count_store.Register) -> MonthFigures:
    """What of all figures is told."""
    cells = figures.notices.values()
    complaints = figures.complaints.get("all")
    reversed_ = 0 if complaints is None else complaints.states["reversed"] + complaints.states["partly_reversed"]
    return MonthFigures(
        notices=register.notices,
        trusted=sum(cell.notices[1] for cell in cells),
        law=register.by_ground.get("law", 0),
        terms=register.by_ground.get("terms", 0),
        content=register.measures - figures.about_accounts,
        accounts=figures.about_accounts,
        people=figures.measures_by_automation["all"][False],
        programs=figures.measures_by_automation["all"][True],
        complaints=register.complaints,
        reversed=reversed_,
    )


def rounded(value: int) -> int:
    """To fives; -1 for the few that could point at somebody."""
    if 0 < value < ROUND_TO:
        return -1
    return (value + ROUND_TO // 2) // ROUND_TO * ROUND_TO


def charts_of(months: list[tuple[str, MonthFigures]]) -> list[Chart]:
    """Every chart of some months, the oldest first."""
    names = [month for month, _ in months]
    return [
        chart_of(name, series, names, [[rounded(getattr(each, one)) for _, each in months] for one in series])
        for name, series in CHARTS.items()
    ]


class Months:
    """Counts months when their time has come. `run` is a task of the process; it ends when cancelled."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock

    async def run(self) -> None:
        """Look every hour."""
        while True:
            try:
                await self.catch_up()
            except Refused as refused:  # a full disk, say
                logger.warning("Months are counted later: %s", refused.reason)
            except Exception:
                logger.exception("Months are counted again in an hour")
            await asyncio.sleep(LOOK_S)

    async def catch_up(self) -> int:
        """Count what is to be counted. Returns how many months those were."""
        due = await self._due()
        for month in due:
            since, until = bounds(month)
            figures = await count(self._database, since, until, lambda done, all_: None)
            register = await count_store.register(self._database, since, until)
            kept = msgspec.json.encode(told_of(figures, register)).decode()
            await self._bus.call(REGISTER, Command(keep_month, None, (month, kept)))
        return len(due)

    async def _due(self) -> list[str]:
        """Months that have ended long enough ago, and are not counted, or counted before they were settled."""
        now = self._clock.now_ms()
        first = await count_store.first_of_all(self._database)
        last = month_before(month_of(now - DELAY_DAYS * DAY_MS))
        if first is None:
            return []
        counted = {month: at for month, _, at in await report_store.months(self._database)}
        due, month = [], last
        for age in range(MAX_MONTHS):
            if month < month_of(first):
                break
            is_stale = age < SETTLED_MONTHS and now - counted.get(month, 0) >= DAY_MS
            if month not in counted or is_stale:
                due.append(month)
            month = month_before(month)
        return due[::-1]


async def shown_months(database: Database) -> list[tuple[str, MonthFigures]]:
    """The months that are shown, the oldest first."""
    kept = await report_store.months(database)
    return [(month, _decode(figures)) for month, figures, _ in kept[:SHOWN_MONTHS]][::-1]


_decode = msgspec.json.Decoder(MonthFigures).decode


async def keep_month(tx: Transaction, device: Device | None, month: str, figures: str) -> None:
    """An act: keep what was counted."""
    report_store.put_month(tx, month, figures)


def month_of(ms: int) -> str:
    """The month of a moment, in UTC: 2026-05."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m}"


def month_before(month: str) -> str:
    """The one before."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02}"


def bounds(month: str) -> tuple[int, int]:
    """When a month begins, and the next one."""
    year, number = int(month[:4]), int(month[5:])
    begin = datetime(year, number, 1, tzinfo=UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return int(begin.timestamp() * 1000), int(end.timestamp() * 1000)
