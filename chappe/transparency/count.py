"""Counting a period: the registers are read in parts, beside the loop, and each part is added up in a thread."""

import asyncio
import itertools
from collections.abc import Callable, Iterator

from chappe.storage import Database, Row
from chappe.transparency import count_store
from chappe.transparency.figures import Figures, Slot, notice_slot

DECISIONS_AT_ONCE = 20_000
"""Numbers looked through by one query: it takes a fraction of a second."""
FILED_AT_ONCE = 5_000
"""Notices and complaints read by one query, if they come evenly."""
MAX_STRETCHES = 366

Progress = Callable[[int, int], None]
"""`progress(done, all)`: how many things are counted, of how many."""

_SORTS = {1: "visibility", 2: "service", 3: "account"}


async def count(database: Database, since: int, until: int, progress: Progress) -> Figures:
    """Everything of a period, from `since` on and before `until`."""
    figures = Figures()
    there = await count_store.extent(database, since, until)
    done, things = 0, there.decisions + there.filed
    progress(0, things)
    for after in range(there.first - 1, there.last, DECISIONS_AT_ONCE):
        upto = min(after + DECISIONS_AT_ONCE, there.last)
        decisions = await count_store.decisions(database, since, until, after, upto)
        measures = await count_store.measures(database, since, until, after, upto)
        await asyncio.to_thread(_add_decided, figures, decisions, measures)
        done = min(done + upto - after, there.decisions)
        progress(done, things)
    for begin, end in _stretches(since, until, there.filed):
        notices = await count_store.notices(database, begin, end)
        complaints = await count_store.complaints(database, begin, end)
        await asyncio.to_thread(_add_filed, figures, notices, complaints)
        done = min(done + len(notices) + len(complaints), things)
        progress(done, things)
    for kind, how_many in await count_store.suspensions(database, since, until):
        figures.suspensions[kind] += int(how_many)
    progress(things, things)
    return figures


def _stretches(since: int, until: int, filed: int) -> Iterator[tuple[int, int]]:
    """The period in stretches, so many that each has little in it. All items of a notice are of one moment."""
    many = min(filed // FILED_AT_ONCE + 1, MAX_STRETCHES)
    ends = [since + (until - since) * number // many for number in range(many + 1)]
    yield from itertools.pairwise(ends)


def _add_decided(figures: Figures, decisions: list[Row], measures: list[Row]) -> None:
    for number, ground, source, category, noticed, keyword, how_many in decisions:
        notice: Slot | None = None
        if noticed is not None or source in ("notice", "trusted_flagger"):
            notice = notice_slot(noticed or category, keyword or "")
        figures.add_decisions(ground, notice, source == "trusted_flagger", int(how_many), number)
    for number, ground, category, keywords, other, kind, measure, detected, automation, own, how_many in measures:
        figures.add_measures(
            ground, category, keywords, other, kind, measure, bool(own), detected == "yes", automation == "fully",
            int(how_many), number,
        )  # fmt: skip


def _add_filed(figures: Figures, notices: list[Row], complaints: list[Row]) -> None:
    for category, keyword, flagger, which, took_ms, automation in notices:
        figures.add_notice(category, keyword, flagger != "", which == 1, took_ms, automation)
    for state, took_ms, outcome, door, flagger, strongest, reversal in complaints:
        sorts = _sorts_of(outcome, door, flagger or "", strongest)
        figures.add_complaint(sorts, state, took_ms, reversal == "restricted")


def _sorts_of(outcome: str | None, door: str | None, flagger: str, strongest: int | None) -> tuple[str, ...]:
    """Against what a complaint is. About several measures, the strongest."""
    if outcome == "no_action":
        if door != "notice":
            return ()
        return ("notice", "trusted") if flagger else ("notice",)
    return (_SORTS[strongest],) if strongest in _SORTS else ()
