"""When each clock of the law runs out: R5, across a change of the clocks and a leap day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chappe.clocks.due import LADDER, alarm_at, clock_rules, due_at, with_working_days

PARIS = "Europe/Paris"
TARGET_H = 24


def _ms(text: str, zone: str = PARIS) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def _text(ms: int | None, zone: str = PARIS) -> str:
    return (
        ""
        if ms is None
        else datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    )


SPRING = "2028-03-25 14:30"
"""A Saturday; clocks go forward in the night that follows."""
LEAP = "2028-01-31 23:59"
"""The last moment of a month, before a leap day."""
EXPECTED = {
    "PT0H": ("2028-03-25 14:30", "2028-01-31 23:59"),
    "PT1H": ("2028-03-25 15:30", "2028-02-01 00:59"),
    "PT8H": ("2028-03-25 22:30", "2028-02-01 07:59"),
    "PT12H": ("2028-03-26 03:30", "2028-02-01 11:59"),
    "PT24H": ("2028-03-26 15:30", "2028-02-01 23:59"),
    "PT48H": ("2028-03-27 15:30", "2028-02-02 23:59"),
    "PT72H": ("2028-03-28 15:30", "2028-02-03 23:59"),
    "PT96H": ("2028-03-29 15:30", "2028-02-04 23:59"),
    "P5D": ("2028-03-31 00:00", "2028-02-06 00:00"),
    "P10D": ("2028-04-05 00:00", "2028-02-11 00:00"),
    "P14D": ("2028-04-09 00:00", "2028-02-15 00:00"),
    "P30D": ("2028-04-25 00:00", "2028-03-02 00:00"),
    "P60D": ("2028-05-25 00:00", "2028-04-01 00:00"),
    "P2W": ("2028-04-09 00:00", "2028-02-15 00:00"),
    "P6W": ("2028-05-07 00:00", "2028-03-14 00:00"),
    "P1M": ("2028-04-26 00:00", "2028-03-01 00:00"),
    "P2M": ("2028-05-26 00:00", "2028-04-01 00:00"),
    "P3M": ("2028-06-26 00:00", "2028-05-01 00:00"),
    "P6M": ("2028-09-26 00:00", "2028-08-01 00:00"),
    "P12M": ("2029-03-26 00:00", "2029-02-01 00:00"),
    "P1Y": ("2029-03-26 00:00", "2029-02-01 00:00"),
    "P5Y": ("2033-03-26 00:00", "2033-02-01 00:00"),
    "--03-01": ("2029-03-01 00:00", "2029-03-01 00:00"),
    "working:P5D": ("2028-04-01 00:00", "2028-02-08 00:00"),
    "promptly": ("2028-03-26 15:30", "2028-02-01 23:59"),
    "event": ("", ""),
}
"""Worked out by hand, with a calendar."""


@pytest.mark.parametrize("rule", list(clock_rules()))
def test_each_clock_runs_out_when_the_law_says(rule: str) -> None:
    """R5: every row, across daylight saving and a leap day."""
    duration = clock_rules()[rule].duration
    found = tuple(_text(due_at(duration, _ms(start), PARIS, TARGET_H)) for start in (SPRING, LEAP))
    assert found == EXPECTED[duration]


def test_there_are_all_the_clocks() -> None:
    assert len(clock_rules()) == 55
    assert {rule.kind for rule in clock_rules().values()} == {"duty", "authority", "right", "window", "counting"}


def test_days_are_counted_where_the_authority_is() -> None:
    """One moment is Monday in Helsinki and Sunday in Lisbon."""
    start = _ms("2026-11-29 23:30", "Europe/Lisbon")
    assert _text(due_at("P10D", start, "Europe/Lisbon", 0), "Europe/Lisbon") == "2026-12-10 00:00"
    assert _text(due_at("P10D", start, "Europe/Helsinki", 0), "Europe/Helsinki") == "2026-12-11 00:00"


def test_an_hour_is_an_hour_when_clocks_go_back() -> None:
    """R6: an order at 02:30 summer time is due 60 minutes later, at 02:30 winter time."""
    start = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp() * 1000)
    due = due_at("PT1H", start, PARIS, 0)
    assert due == start + 3_600_000
    assert _text(start) == _text(due) == "2026-10-25 02:30"


def test_a_weekend_moves_the_date_for_information_only() -> None:
    due = due_at("P10D", _ms("2026-11-11 10:00"), PARIS, 0)
    assert due is not None
    assert _text(due) == "2026-11-22 00:00"  # the end of Saturday
    assert _text(with_working_days(due, PARIS)) == "2026-11-24 00:00"


def test_short_clocks_alarm_within_five_minutes_and_everybody_in_time() -> None:
    """R8: floors for the clocks of one and eight hours."""
    hour = 3_600_000
    for length in (hour, 8 * hour):
        times = [alarm_at(0, length, step, is_short=True) for step in range(len(LADDER))]
        assert times == [5 * 60_000, 15 * 60_000, 25 * 60_000, 35 * 60_000, 45 * 60_000]
    days = [alarm_at(0, 100 * hour, step, is_short=False) for step in range(len(LADDER) + 1)]
    assert days == [25 * hour, 50 * hour, 75 * hour, 90 * hour, 100 * hour, None]
