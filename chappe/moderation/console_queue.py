"""The first page of the desk: what waits, how long, who works on what; searching; taking the next case."""

import msgspec

from chappe.errors import Refused
from chappe.http import Answer, Routes
from chappe.moderation import exposure, queue_store, queues, work_store
from chappe.moderation.categories import filed_categories
from chappe.moderation.claim import claim
from chappe.moderation.console_desk import desk_page, wellbeing_of
from chappe.moderation.queue_store import Wanted
from chappe.moderation.queues import Day, Load, may_see
from chappe.moderation.rules import DESK, JUDGES
from chappe.operators import console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

MAX_FILTER_CHARS = 255
_FILTERS = ("language", "room_id", "author", "category", "rule")
_TRIES = 20
"""Cases that somebody else could take in the same moment."""
_CHART_HEIGHT = 100


class Bar(msgspec.Struct, frozen=True):
    """A day in the chart: heights in per cent of the highest."""

    at: int
    day_ms: int
    opened: int
    decided: int
    opened_height: float
    decided_height: float


@console.get(routes, "desk", *DESK)
async def get_desk(visit: Visit) -> Answer:
    """The queues, and one of them or all in the order in which their cases are due."""
    database = visit.request.of(Database)
    mine = queues.streams_of(visit.operator)
    chosen = [stream for stream in mine if stream.value == visit.argument("stream")]
    wanted = wanted_of(visit)
    shown, after = await queues.page_of(database, chosen or mine, wanted)
    claimed = [case for case in await queue_store.claimed(database, visit.now) if may_see(visit.operator, case)]
    narrowed = {name: visit.argument(name)[:MAX_FILTER_CHARS] for name in ("stream", *_FILTERS)}
    narrowed = {name: value for name, value in narrowed.items() if value}
    return desk_page(
        visit,
        "queue",
        queues=await queues.overview(database, visit.operator, visit.now),
        shown=shown,
        narrowed=narrowed,
        next={**narrowed, "after": ".".join(map(str, after))} if after else None,
        stream=chosen[0].value if chosen else "",
        wanted=wanted,
        categories=filed_categories(),
        mine=[case for case in claimed if case.claimed_by == visit.operator.user_id],
        others=[case for case in claimed if case.claimed_by != visit.operator.user_id],
        bars=bars_of(await visit.request.of(Load).days(visit.now)),
        counted=queue_store.COUNTED,
        wellbeing=await wellbeing_of(visit),
        decided=visit.argument("decided"),
    )


def wanted_of(visit: Visit, values: dict[str, str] | None = None) -> Wanted:
    """How a queue is narrowed, by the parameters of the address or by fields."""
    told = {name: visit.argument(name) for name in (*_FILTERS, "after")} if values is None else values
    places = told.get("after", "").split(".")
    after = None
    if len(places) == 3 and all(one.isdecimal() and one.isascii() and len(one) <= 15 for one in places):
        after = (int(places[0]), int(places[1]), int(places[2]))
    given = {name: told.get(name, "").strip()[:MAX_FILTER_CHARS] for name in _FILTERS}
    return msgspec.convert({**given, "after": after}, Wanted)


def bars_of(days: list[Day]) -> list[Bar]:
    """The chart of the load."""
    highest = max((max(day.opened, day.decided) for day in days), default=0) or 1
    return [
        Bar(
            at, day.day * queues.DAY_MS, day.opened, day.decided,
            round(day.opened * _CHART_HEIGHT / highest, 1), round(day.decided * _CHART_HEIGHT / highest, 1),
        )
        for at, day in enumerate(days)
    ]  # fmt: skip


@console.get(routes, "desk/search", *DESK)
async def get_search(visit: Visit) -> Answer:
    """Cases by number, or by the id of what they are about."""
    text = visit.argument("q").strip()[:MAX_FILTER_CHARS]
    found = await queues.search(visit.request.of(Database), visit.operator, text)
    return desk_page(visit, "search", text=text, found=found)


@console.post(routes, "desk/next", *DESK)
async def post_next(visit: Visit) -> Answer:
    """Take the most urgent case that nobody works on."""
    return await go_to_next(visit)


async def go_to_next(visit: Visit, done: str = "", after: int = 0) -> Answer:
    """Take the next case and go to it; to the queues, if there is none. `after` was decided just now."""
    told = {"decided": str(after)} if after else {}
    database = visit.request.of(Database)
    for case in (await queues.next_for(database, visit.operator, visit.now, after))[:_TRIES]:
        try:
            await visit.call(claim, case.number)
        except Refused as no:
            if no.status >= 500:
                raise
            continue  # somebody else was faster
        return visit.back_to(f"desk/cases/{case.number}", done, **told)
    return visit.back_to("desk", done or "done_none_left", **told)


@console.get(routes, "desk/me", *DESK)
async def get_me(visit: Visit) -> Answer:
    """What one was shown today, and of which categories one wants to be given no case."""
    database = visit.request.of(Database)
    leads = visit.operator.has(*JUDGES)  # whoever cares for the others sees how much they were shown
    return desk_page(
        visit,
        "me",
        wellbeing=await wellbeing_of(visit),
        categories=filed_categories(),
        avoided=await work_store.avoided(database, visit.operator.user_id),
        everybody=await work_store.exposures(database, visit.now // exposure.DAY_MS) if leads else None,
    )


@console.post(routes, "desk/me", *DESK)
async def post_me(visit: Visit) -> Answer:
    """Say of which categories one wants to be given no case."""
    await visit.call(exposure.avoid, [code for code in filed_categories() if visit.form.get(code)])
    return visit.back_to("desk/me", "done_saved")
