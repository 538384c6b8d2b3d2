"""Making the yearly report: counted, compared with the register, published. One at a time, with its progress. R92."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import msgspec

from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.operators.rules import StaffRefused
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device
from chappe.transparency import count_store, personal, publish, report_store
from chappe.transparency.accuracy import Accuracy, by_scope
from chappe.transparency.count import count
from chappe.transparency.count_store import Register
from chappe.transparency.csv_text import csv_text
from chappe.transparency.figures import Figures
from chappe.transparency.reconcile import differences
from chappe.transparency.record import day
from chappe.transparency.sheets import TEXTS, About, sheets

logger = logging.getLogger(__name__)

MAX_WRONG = 100
"""Differences that are told; with more, the first of them say enough."""


class Making(msgspec.Struct):
    """How far a report is. `wrong`: why it was not published. `version`: under which number it was."""

    year: int
    is_draft: bool
    done: int = 0
    all: int = 0
    is_over: bool = False
    wrong: list[str] = []
    version: int = 0


class Reports:
    """Makes reports, one at a time."""

    def __init__(self, settings: Settings, database: Database, bus: Bus, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._bus = bus
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.making: Making | None = None
        """The one that is being made, or was made last in this process."""
        self.files: dict[int, bytes] = {}
        """Its parts, once they are made."""

    def start(self, year: int, *, reason: str = "", device: Device | None = None, is_draft: bool = False) -> Making:
        """Begin to make one. Refuses while another is made, and to publish a year that is not over."""
        publish.require_year(year)
        if self._settings.transparency is None:
            raise StaffRefused("refused_no_provider", "Say in the settings who provides this server: `transparency`.")
        if self.making is not None and not self.making.is_over:
            raise StaffRefused("refused_busy", "A report is being made. Wait for it.", Errcode.LIMIT_EXCEEDED)
        if not is_draft and self._clock.now_ms() < start_of(year + 1):
            raise StaffRefused("refused_early", "That year is not over: a draft can be made of it.")
        self.files = {}
        self.making = Making(year, is_draft)
        self._task = asyncio.get_running_loop().create_task(self._make(self.making, reason, device))
        return self.making

    async def wait(self) -> Making:
        """Return when the one that is being made is over."""
        assert self._task is not None, "something was started"
        await self._task
        assert self.making is not None, "the same"
        return self.making

    async def close(self) -> None:
        """Leave off. Nothing of it was published."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _make(self, making: Making, reason: str, device: Device | None) -> None:
        try:
            await self._count_and_publish(making, reason, device)
        except Refused as no:
            making.wrong.append(no.reason)
        except Exception:
            logger.exception("The report could not be made")
            making.wrong.append("Something broke while it was made: look into the log of the server.")
        finally:
            making.is_over = True

    async def _count_and_publish(self, making: Making, reason: str, device: Device | None) -> None:
        since, until = start_of(making.year), start_of(making.year + 1)

        def progress(done: int, all_: int) -> None:
            making.done, making.all = done, all_

        figures = await count(self._database, since, until, progress)
        register = await count_store.register(self._database, since, until)
        accuracy = by_scope(await count_store.judged_again(self._database, since, until))
        entered = await report_store.texts(self._database, making.year)
        about = await self._about(making.year)
        self.files, making.wrong = await asyncio.to_thread(_written, about, figures, register, entered, accuracy)
        if making.wrong or making.is_draft:
            return
        decisions = sum(register.by_ground.values())
        command = Command(
            publish.publish, device, (making.year, reason, decisions, self._clock.now_ms(), self.files)
        )  # fmt: skip
        version = await self._bus.call(REGISTER, command)
        assert isinstance(version, int), "what the act returns"
        making.version = version

    async def _about(self, year: int) -> About:
        transparency = self._settings.transparency
        assert transparency is not None, "looked at before it was begun"
        versions = await report_store.versions(self._database)
        previous = max((one.published_at for one in versions), default=None)
        return About(
            transparency.provider,
            transparency.service or self._settings.server_name,
            year,
            day(self._clock.now_ms()),
            "" if previous is None else day(previous),
        )


def _written(
    about: About, figures: Figures, register: Register, entered: dict[str, str], accuracy: dict[str, Accuracy]
) -> tuple[dict[int, bytes], list[str]]:
    """The parts, and everything that is wrong with them. In a thread: there may be a million times to put in order."""
    made = sheets(about, figures, entered, accuracy)
    wrong = [*missing_texts(entered), *naming_somebody(figures, entered), *differences(figures, register, made)]
    return {number: csv_text(rows) for number, rows in made.items()}, wrong[:MAX_WRONG]


def missing_texts(entered: dict[str, str]) -> list[str]:
    """Which texts of part 11 nobody has written."""
    return [f"part 11: text {what.partition('_')[2]} is not written" for what in TEXTS if not entered.get(what)]


def naming_somebody(figures: Figures, entered: dict[str, str]) -> list[str]:
    """Which texts name somebody: a report is for everybody, and for years."""
    slots = [*figures.notices, *(slot for counted in figures.own.values() for slot in counted)]
    descriptions = {slot.description for slot in slots if slot.description}
    said = {f"the description “{text}”": text for text in sorted(descriptions)}
    said |= {f"part 11, text {what.partition('_')[2]}": entered.get(what, "") for what in TEXTS}
    found = []
    for where, text in said.items():
        kinds = {one.kind for one in personal.found_in({"decision_facts": text})} - {"url"}
        if kinds:
            found.append(f"{where} names somebody: {', '.join(sorted(kinds))}")
    return found


def start_of(year: int) -> int:
    """When a year begins, in UTC."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)
