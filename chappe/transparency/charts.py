"""Bars for months, as SVG is drawn from them. Pure: it knows places and sizes, and no colours or words."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 240, 48, 28, 10
MAX_LINES = 4
"""Lines behind the bars, above that of 0."""


class Bar(NamedTuple):
    """A bar: which series it is of, and where it stands."""

    series: int
    x: float
    y: float
    width: float
    height: float
    value: int


class Mark(NamedTuple):
    """A line or a month, and where its label stands."""

    at: float
    label: str


class Chart(msgspec.Struct, frozen=True):
    """A chart with its table: a row for each month."""

    name: str
    series: tuple[str, ...]
    months: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    """For each series, for each month. 0 to 4 are not told exactly: -1."""
    bars: tuple[Bar, ...] = ()
    lines: tuple[Mark, ...] = ()
    labels: tuple[Mark, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    ground: int = HEIGHT - BOTTOM


def chart_of(name: str, series: Sequence[str], months: Sequence[str], values: Sequence[Sequence[int]]) -> Chart:
    """The chart of some months, the oldest first."""
    ground, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    step = _step(max((value for each in values for value in each), default=0))
    top = step * MAX_LINES
    wide = (WIDTH - LEFT) / max(len(months), 1)
    thin = wide * 0.76 / len(series)
    bars = []
    for number, of_series in enumerate(values):
        for month, value in enumerate(of_series):
            tall = room * max(value, 0) / top
            x = LEFT + wide * (month + 0.12) + thin * number
            bars.append(Bar(number, round(x, 1), round(ground - tall, 1), round(thin, 1), round(tall, 1), value))
    lines = [Mark(round(ground - room * line / MAX_LINES, 1), str(step * line)) for line in range(MAX_LINES + 1)]
    labels = [Mark(round(LEFT + wide * (number + 0.5), 1), month[2:]) for number, month in enumerate(months)]
    told = tuple(tuple(each) for each in values)
    return Chart(name, tuple(series), tuple(months), told, tuple(bars), tuple(lines), tuple(labels))


def _step(most: int) -> int:
    """How much one line is more than the one below: 5, 10, 20, 50, 100 …, so that four of them reach the top."""
    size = 5
    while True:
        for factor in (1, 2, 4, 10):
            if size * factor * MAX_LINES >= most:
                return size * factor
        size *= 10
