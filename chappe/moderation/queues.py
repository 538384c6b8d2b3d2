"""What waits at the desk, for whom, and for how long: the queues of a reviewer, and the load of the last weeks. R67."""

import msgspec

from chappe.moderation import queue_store, store, work_store
from chappe.moderation.queue_store import Wanted
from chappe.moderation.records import Case
from chappe.moderation.rules import REVIEWS
from chappe.moderation.words import Stream
from chappe.operators import Operator

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DUE_MS: dict[Stream, int] = {
    Stream.THREAT: HOUR_MS,
    Stream.CHILD_SAFETY: 4 * HOUR_MS,
    Stream.NOTICES: DAY_MS,
    Stream.REPORTS: 3 * DAY_MS,
    Stream.AUTOMATIC: 3 * DAY_MS,
}
"""After how long a case is overdue. A precise notice gives knowledge (Art. 6 DSA, R67): the clock runs from then on."""
PAGE = 25
DAYS_SHOWN = 28
MAX_FOUND = 50


class Queue(msgspec.Struct, frozen=True):
    """A queue at a glance. Counts beyond `queue_store.COUNTED` are told as "more than"."""

    stream: Stream
    open: int
    overdue: int
    oldest: int | None
    languages: list[tuple[str, int]]


class Day(msgspec.Struct, frozen=True):
    """What came in on a day, and what was decided."""

    day: int
    opened: int
    decided: int


class Load:
    """The load by day. Days that are over do not change, and are counted once; only the present one is again."""

    def __init__(self, database: store.Fetches) -> None:
        self._database = database
        self._over: dict[int, Day] = {}

    async def days(self, now: int) -> list[Day]:
        """The last weeks, the present day last."""
        today = now // DAY_MS
        wanted = range(today - DAYS_SHOWN + 1, today)
        self._over = {day: found for day, found in self._over.items() if day in wanted}
        for day in wanted:
            if day not in self._over:
                self._over[day] = await self._count(day)
        return [*(self._over[day] for day in wanted), await self._count(today)]

    async def _count(self, day: int) -> Day:
        since, until = day * DAY_MS, (day + 1) * DAY_MS
        opened = await queue_store.opened_between(self._database, since, until)
        return Day(day, opened, await queue_store.decided_between(self._database, since, until))


def streams_of(operator: Operator) -> list[Stream]:
    """The queues that somebody may see, the most urgent first."""
    return [stream for stream in Stream if operator.has(*REVIEWS[stream])]


def may_see(operator: Operator, case: Case) -> bool:
    """Whether a case may be named to somebody."""
    return operator.has(*REVIEWS[case.stream])


def is_overdue(case: Case, now: int) -> bool:
    """Whether a case waits for longer than it should."""
    return case.is_open and case.opened_at + DUE_MS[case.stream] < now


async def overview(source: store.Fetches, operator: Operator, now: int) -> list[Queue]:
    """All queues of somebody."""
    return [
        Queue(
            stream,
            await queue_store.count(source, stream.value),
            await queue_store.count(source, stream.value, now - DUE_MS[stream]),
            await queue_store.oldest(source, stream.value),
            await queue_store.languages(source, stream.value),
        )
        for stream in streams_of(operator)
    ]


async def page_of(
    source: store.Fetches, streams: list[Stream], wanted: Wanted, limit: int = PAGE
) -> tuple[list[Case], tuple[int, int, int] | None]:
    """A page of open cases in the order in which they are due, and after which place the next one begins."""
    found: list[Case] = []
    for stream in streams:
        found += await queue_store.listed(source, stream.value, wanted, limit + 1)
    found.sort(key=_place)
    shown = found[:limit]
    return shown, _place(shown[-1]) if len(found) > limit else None


def _place(case: Case) -> tuple[int, int, int]:
    return case.priority, case.opened_at, case.number


async def next_for(source: store.Fetches, operator: Operator, now: int, after: int = 0) -> list[Case]:
    """The cases that somebody could take next, the most urgent first: nobody works on them, and they are of no
    category that they asked not to be given (R137), nor in a language that they do not read. Not the case `after`."""
    avoided = sorted(await work_store.avoided(source, operator.user_id))
    cases: list[Case] = []
    for stream in streams_of(operator):
        cases += await queue_store.free(source, stream.value, operator.user_id, avoided, now, PAGE)
    return [case for case in sorted(cases, key=_place) if case.number != after and _reads(operator, case.language)]


def _reads(operator: Operator, language: str) -> bool:
    spoken = {one.partition("-")[0] for one in operator.languages}
    return not language or not spoken or language.lower().partition("-")[0] in spoken


async def search(source: store.Fetches, operator: Operator, text: str) -> list[Case]:
    """The cases that a text names: a number, the id of an event, a room, an account, a decision, a report or a
    complaint. Only such that the reader may see."""
    found: list[Case] = []
    if text.isdecimal() and text.isascii() and len(text) <= 15:
        case = await store.case(source, int(text))
        found += [case] if case is not None else []
    elif text:
        found += await queue_store.of_item(source, text, MAX_FOUND)
        if text.startswith("!"):
            found += await queue_store.in_room(source, text, MAX_FOUND)
        elif text.startswith("@"):
            found += await store.cases_of(source, text, MAX_FOUND)
            found += await queue_store.filed_by(source, text, MAX_FOUND)
        else:
            found += await queue_store.of_reference(source, text)
    unique = {case.number: case for case in found if may_see(operator, case)}
    return sorted(unique.values(), key=lambda case: -case.number)[:MAX_FOUND]
