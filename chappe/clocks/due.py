"""When a clock of the law runs out. Pure: always computed, never typed. R5.

The strict reading: hours run from the second of receipt. The day of receipt is day 0 of a period in days, months or
years, which ends with the last day (24:00) where the authority is; no weekend makes it longer. Regulation (EEC,
Euratom) 1182/71 may, which `with_working_days` tells as information only.
"""

import calendar
import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

_HOURS = re.compile(r"PT(\d+)H")
_DATE = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DAY_OF_YEAR = re.compile(r"--(\d\d)-(\d\d)")
_WORKING = re.compile(r"working:P(\d+)D")
PROMPTLY, EVENT = "promptly", "event"


class Rule(msgspec.Struct, frozen=True):
    """A clock of the law. Fields as `clocks.toml` explains them."""

    instrument: str
    article: str
    duration: str
    kind: str
    read: str
    starts: str
    en: str
    fr: str
    in_scope: bool = True
    """Whether it holds for every operator; otherwise for those who switch it on."""

    @property
    def is_short(self) -> bool:
        """Whether it runs for hours: alarms come in minutes then."""
        return _HOURS.fullmatch(self.duration) is not None


@cache
def clock_rules() -> dict[str, Rule]:
    """All clocks, by id."""
    raw = tomllib.loads((Path(__file__).parent / "clocks.toml").read_text())
    return msgspec.convert(raw, dict[str, Rule])


def due_at(duration: str, start_ms: int, zone: str, target_hours: int) -> int | None:
    """When a period that began at `start_ms` ends, in milliseconds since 1970; None if an event alone ends it.

    `zone` is an IANA time zone; `target_hours` stands in for "without undue delay", where the law has no number.
    """
    if duration == EVENT:
        return None
    if duration == PROMPTLY:
        return start_ms + target_hours * 3_600_000
    if hours := _HOURS.fullmatch(duration):
        return start_ms + int(hours[1]) * 3_600_000
    first = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    return end_of(_last_day(duration, first), zone)


def _last_day(duration: str, first: date) -> date:
    if of_year := _DAY_OF_YEAR.fullmatch(duration):  # before that day of the next year
        return date(first.year + 1, int(of_year[1]), int(of_year[2])) - timedelta(days=1)
    if working := _WORKING.fullmatch(duration):
        last = first
        for _ in range(int(working[1])):
            last = next_working(last + timedelta(days=1))
        return last
    period = _DATE.fullmatch(duration)
    assert period is not None, f"{duration} is no duration that clocks.toml may have"
    years, months, weeks, days = (int(part or 0) for part in period.groups())
    return _months_later(first, 12 * years + months) + timedelta(weeks=weeks, days=days)


def _months_later(first: date, months: int) -> date:
    """The day of the same number, or the last of a month that has none."""
    year, month = divmod(first.month - 1 + months, 12)
    year += first.year
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def end_of(day: date, zone: str) -> int:
    """24:00 of a day in a zone, in milliseconds: on the days on which clocks change, too."""
    after = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return int(after.timestamp() * 1000)


def next_working(day: date) -> date:
    """The day itself, or the Monday after a weekend. Public holidays are not known here."""
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def with_working_days(due_ms: int, zone: str) -> int:
    """When it would end if a last day on a weekend moved it to the next working day: as information only."""
    last = datetime.fromtimestamp((due_ms - 1) / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    moved = next_working(last)
    return due_ms if moved == last else end_of(moved, zone)


LADDER = (25, 50, 75, 90, 100)
"""At which part of a clock, in percent, the next person is alarmed. R8."""
FIRST_ALARM_MS = 5 * 60_000
NEXT_ALARM_MS = 10 * 60_000
"""Of clocks that run for hours: the first alarm, and how long until the next person."""


def alarm_at(start_ms: int, due_ms: int, alarms: int, *, is_short: bool) -> int | None:
    """When alarm number `alarms` (from 0) is due; None when the whole ladder was climbed."""
    if alarms >= len(LADDER):
        return None
    at = start_ms + (due_ms - start_ms) * LADDER[alarms] // 100
    return min(at, start_ms + FIRST_ALARM_MS + alarms * NEXT_ALARM_MS) if is_short else at
