"""All figures of a process by name, and how they are written."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum

from chappe.metrics.histogram import Histogram

Labels = Mapping[str, str]
Numbers = float | Iterable[tuple[Labels, float]]
Read = Callable[[], Numbers | Awaitable[Numbers]]
ReadHistograms = Callable[[], Iterable[tuple[Labels, Histogram]]]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Kind(Enum):
    """What a figure does."""

    COUNTER = "counter"
    """Only grows, and begins at 0 when the process starts."""
    GAUGE = "gauge"


class Metrics:
    """Figures with their names; each is read when somebody asks."""

    def __init__(self) -> None:
        self._figures: dict[str, tuple[Kind, str, Read]] = {}
        self._histograms: dict[str, tuple[str, ReadHistograms]] = {}

    def add(self, name: str, kind: Kind, about: str, read: Read) -> None:
        """A figure: one number, or one for each of some labels."""
        assert _NAME.fullmatch(name), name
        assert name.endswith("_total") == (kind is Kind.COUNTER), name
        assert name not in self._figures, name
        self._figures[name] = (kind, about, read)

    def add_histogram(self, name: str, about: str, read: ReadHistograms) -> None:
        """Durations in seconds, for each of some labels."""
        assert name.endswith("_seconds"), name
        assert name not in self._histograms, name
        self._histograms[name] = (about, read)

    def names(self) -> set[str]:
        """Every name under which something is told, those that a histogram has included."""
        ends = ("_bucket", "_sum", "_count")
        return set(self._figures) | {name + end for name in self._histograms for end in ends}

    async def text(self) -> str:
        """All figures as they are now. The format: Prometheus text exposition, version 0.0.4."""
        lines: list[str] = []
        for name, (kind, about, read) in self._figures.items():
            found = read()
            numbers = await found if inspect.isawaitable(found) else found
            lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind.value}"]
            each = [({}, numbers)] if isinstance(numbers, int | float) else numbers
            lines += [f"{name}{_labels(labels)} {_number(number)}" for labels, number in each]
        for name, (about, read_histograms) in self._histograms.items():
            lines += [f"# HELP {name} {about}", f"# TYPE {name} histogram"]
            for labels, histogram in read_histograms():
                lines += _histogram(name, labels, histogram)
        return "\n".join(lines) + "\n"


def _histogram(name: str, labels: Labels, histogram: Histogram) -> list[str]:
    cumulative = histogram.cumulative()
    lines = [f"{name}_bucket{_labels({**labels, 'le': bound})} {count}" for bound, count in cumulative]
    lines.append(f"{name}_sum{_labels(labels)} {_number(histogram.seconds)}")
    lines.append(f"{name}_count{_labels(labels)} {cumulative[-1][1]}")
    return lines


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(number: float) -> str:
    return str(number) if isinstance(number, int) else repr(float(number))
