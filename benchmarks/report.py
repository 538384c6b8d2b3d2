"""The results of a run: kept as JSON, shown as Markdown."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.floors import floors
from benchmarks.goals import GOALS, Goal, meaning
from benchmarks.limits import Limits
from benchmarks.scale import FULL, Scale
from benchmarks.scenarios import Figure

RESULTS = Path(__file__).parent / "results"

BUSY_SHARE = 0.9
"""A client that uses more of its core than this may be what was measured."""

MORE_IS_BETTER = "a second"
"""How the unit of a figure ends of which more is better."""


@dataclass
class Results:
    """What was measured: for each peer, each figure once a round, in order."""

    scale: Scale
    machine: str
    versions: dict[str, str] = field(default_factory=dict)
    figures: dict[str, dict[str, list[Figure]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    limits: Limits | None = None

    def add(self, peer: str, figures: Iterable[Figure]) -> None:
        """Keep the figures of one turn."""
        for figure in figures:
            self.figures[peer][figure.key].append(figure)

    def keep(self) -> Path:
        """Write everything to `results/latest.json`."""
        path = RESULTS / "latest.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2))
        return path

    def markdown(self) -> str:
        """Tables of everything measured so far."""
        versions = ", ".join(f"{peer} {version}" for peer, version in self.versions.items())
        parts = [f"## {versions}; {self.scale.name} run\n\n{self.machine}\n", self._compared(), *self._warnings()]
        if self.limits:
            parts += [_limits_table(self.limits), self._sum_of_parts(self.limits)]
        return "\n".join(parts)

    def _compared(self) -> str:
        keys = list(dict.fromkeys(key for of_peer in self.figures.values() for key in of_peer))
        peers = list(self.versions)
        both = len(peers) == 2
        titles = ["work", "unit", *peers, *(["ratio: min, median, max"] if both else []), "goal"]
        rows = []
        for key in keys:
            of_peers = [self.figures[peer].get(key, []) for peer in peers]
            unit = next(figures[0].unit for figures in of_peers if figures)
            row = [meaning(key), unit, *(_middle(figures) for figures in of_peers)]
            ratios = _ratios(*of_peers) if both else []
            if both:
                row.append(" ".join(f"{_number(ratio)}x" for ratio in _spread(ratios)) if ratios else "")
            mine = self.figures.get("chappe", {}).get(key, [])
            rows.append([*row, _judged(GOALS.get(key), mine, ratios)])
        return _table(titles, rows)

    def _warnings(self) -> list[str]:
        figures = [figure for peer in self.figures.values() for many in peer.values() for figure in many]
        foreign = max((figure.foreign_share for figure in figures), default=0)
        busy = sorted({figure.key for figure in figures if figure.client_share > BUSY_SHARE})
        lines = [f"Others used at most {foreign:.0%} of the server's core while something was measured.\n"]
        if self.scale != FULL:
            lines.append("Goals are set for the complete run; sizes here are smaller or rounds fewer.\n")
        if busy:
            lines.append(
                f"The client was the bottleneck of rates and latencies (not of CPU) here: {', '.join(busy)}.\n"
            )
        return lines

    def _sum_of_parts(self, limits: Limits) -> str:
        mine: Mapping[str, list[Figure]] = self.figures.get("chappe") or next(iter(self.figures.values()), {})
        sizes_mb = {
            key: statistics.median(f.value for f in many) for key, many in mine.items() if key.endswith(".size")
        }
        rows = []
        for key, floor in floors(limits, self.scale, sizes_mb).items():
            if key in mine:
                value = statistics.median(figure.value for figure in mine[key])
                rows.append([meaning(key), _number(value), _number(floor), f"{_number(value / floor)}x"])
        return _table(["work", "ms CPU", "sum of its parts", "above it"], rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _middle(figures: list[Figure]) -> str:
    return _number(statistics.median(figure.value for figure in figures)) if figures else ""


def _ratios(first: list[Figure], second: list[Figure]) -> list[float]:
    """How many times better the second peer was, round by round."""
    pairs = [
        (one.value, other.value) for one, other in zip(first, second, strict=False) if min(one.value, other.value) > 0
    ]
    if first and first[0].unit.endswith(MORE_IS_BETTER):
        return [other / one for one, other in pairs]
    return [one / other for one, other in pairs]


def _spread(values: list[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


def _judged(goal: Goal | None, mine: list[Figure], ratios: list[float]) -> str:
    """The goal in its one or two forms, and whether the median reaches each."""
    if goal is None:
        return ""
    forms = []
    if goal.at_most is not None:
        reached = statistics.median(figure.value for figure in mine) <= goal.at_most if mine else None
        forms.append(f"≤ {goal.at_most:g}{_VERDICT[reached]}")
    if goal.times is not None:
        reached = statistics.median(ratios) >= goal.times if ratios else None
        forms.append(f"{goal.times:g}x{_VERDICT[reached]}")
    return ", ".join(forms)


_VERDICT = {True: " reached", False: " **missed**", None: ""}


def _limits_table(limits: Limits) -> str:
    rows = [
        ["fdatasync", f"{limits.fdatasyncs_a_second:.0f} a second", ""],
        ["durable SQLite commit of one row", f"{limits.commits_a_second:.0f} a second", f"{limits.commit_ms:.3f}"],
        ["row, 32 in a commit", f"{limits.rows_a_second:.0f} a second", f"{limits.row_ms:.4f}"],
        ["row read, 20 in a query", "", f"{limits.read_ms:.4f}"],
        ["Ed25519 signature", f"{1000 / limits.sign_ms:.0f} a CPU second", f"{limits.sign_ms:.4f}"],
        *(
            [f"bare HTTP, {n} at once", f"{1000 / ms:.0f} a CPU second", f"{ms:.4f}"]
            for n, ms in limits.http_ms.items()
        ),
        ["a megabyte more in an answer", "", f"{limits.megabyte_ms:.3f}"],
        *([f"bare long poll, {n} waiting", "", f"{ms:.4f}"] for n, ms in limits.wake_ms.items()),
    ]
    return _table(["limit of this machine", "rate", "ms CPU"], rows)


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
