"""The page of a case, and what is done with it besides deciding: claiming, moving, remarks, undoing, opening seals."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from chappe.accounts import user_id_at_login
from chappe.clocks import clock_rules, clocks_of
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.ids import UserID
from chappe.media import show_file, show_thumbnail
from chappe.moderation import decisions_store, exposure, sealed, store, work_store
from chappe.moderation.claim import claim, hand_over, move, release, remark
from chappe.moderation.console_desk import case_named, desk_page, no_such_page, wellbeing_of
from chappe.moderation.deadlines import subject_of
from chappe.moderation.queues import may_see
from chappe.moderation.reasons import reasons
from chappe.moderation.records import Case, Decision, Measure
from chappe.moderation.reverse import reopen, reverse
from chappe.moderation.rules import DESK, media_of
from chappe.moderation.words import Stream
from chappe.operators import Role, StaffRefused, console, propose
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

SHOWN_FILINGS = 50
SHOWN_ENTRIES = 200
SHOWN_HISTORY = 10


class Decided(msgspec.Struct, frozen=True):
    """A decision with what it does."""

    decision: Decision
    measures: list[Measure]

    @property
    def holds(self) -> bool:
        """Whether something of it could be reversed."""
        return any(not one.lifted_by for one in self.measures)


class Medium(msgspec.Struct, frozen=True):
    """A file that a case names: shown on demand only."""

    at: int
    address: str
    is_film: bool


@console.get(routes, "desk/cases/{number}", *DESK)
async def get_case(visit: Visit, number: str) -> Answer:
    """A case: what was reported, by whom, whose it is, what was done. That it is looked at is recorded first."""
    case = await case_named(visit, number)
    await visit.call(exposure.show_case, case.number)
    return desk_page(visit, "case", **await shown(visit, case))


async def shown(visit: Visit, case: Case) -> dict[str, Any]:
    """What a page about a case shows of it."""
    database, me = visit.request.of(Database), visit.operator.user_id
    is_open_to_me = await sealed.may_look(database, case, me, visit.now)
    filings = await store.filings(database, case.number, SHOWN_FILINGS)
    if not is_open_to_me:
        case = msgspec.structs.replace(case, snapshot={})
        filings = [msgspec.structs.replace(one, reason="", evidence=[]) for one in filings]
    history = await decisions_store.decisions_about(database, case.author, 2**53 - 1, SHOWN_HISTORY)
    others = await store.cases_of(database, case.author, SHOWN_HISTORY + 1) if case.author else []
    return {
        "case": case,
        "is_sealed": sealed.is_sealed(case),
        "is_open_to_me": is_open_to_me,
        "is_mine": case.claimed_by == me and case.claimed_until > visit.now,
        "is_anothers": case.is_claimed_by_another(me, visit.now),
        "body": _body(case.snapshot.get("content")),
        "edited": _body(case.snapshot.get("edited")),
        "raw": msgspec.json.format(msgspec.json.encode(case.snapshot), indent=2).decode(),
        "media": _media(case),
        "shows_media": bool(visit.argument("media")),
        "wellbeing": await wellbeing_of(visit),
        "filings": filings,
        "entries": await store.entries(database, case.number, SHOWN_ENTRIES),
        "decided": [
            Decided(one, await decisions_store.measures(database, one.id))
            for one in await decisions_store.decisions_of_case(database, case.number)
        ],
        "history": [one for one in history if one.case_number != case.number],
        "others": [one for one in others if one.number != case.number and may_see(visit.operator, one)],
        "streams": [one for one in Stream if one is not case.stream],
        "reasons": reasons(visit.request.of(Settings).data_dir),
        "clocks": [
            (one, clock_rules()[one.rule])
            for one in await clocks_of(database, subject_of(case.kind.value, case.item))
            if one.started_at >= case.opened_at
        ],
        "threats": await work_store.threats_of(database, case.number),
        "before": visit.argument("decided"),
    }


def _body(content: object) -> str:
    """The text of a message: what people read of it."""
    body = content.get("body") if isinstance(content, dict) else None
    return body if isinstance(body, str) else ""


def _media(case: Case) -> list[Medium]:
    return [Medium(at, one, _is_film(case)) for at, one in enumerate(media_of(case.snapshot))]


def _is_film(case: Case) -> bool:
    content = case.snapshot.get("content")
    return isinstance(content, dict) and content.get("msgtype") in ("m.video", "m.audio")


@console.get(routes, "desk/cases/{number}/media/{at}", *DESK)
async def get_case_media(visit: Visit, number: str, at: str) -> Answer:
    """A picture or film of a case, on demand: recorded, counted, and kept by no browser. Of a sealed case no small
    version is made."""
    case = await case_named(visit, number)
    if not await sealed.may_look(visit.request.of(Database), case, visit.operator.user_id, visit.now):
        raise sealed_still()
    found = media_of(case.snapshot)
    if not at.isdecimal() or len(at) > 2 or int(at) >= len(found):
        raise no_such_page()
    address = found[int(at)]
    # Also for a part of it: browsers ask for films so from the first byte on, and anybody can for a whole picture.
    if not await visit.call(exposure.show_media, case.number, address):
        raise StaffRefused("refused_enough", "That is enough for today: hand the case over.")
    if sealed.is_sealed(case) or _is_film(case):
        return await show_file(visit.request, address)
    return await show_thumbnail(visit.request, visit.operator.user_id, address)


def sealed_still() -> StaffRefused:
    """The refusal to show what two people have not opened."""
    return StaffRefused("refused_sealed", "This case is sealed: two people of child safety open it.")


@console.post(routes, "desk/cases/{number}/claim", *DESK)
async def post_claim(visit: Visit, number: str) -> Answer:
    """Work on a case."""
    return await _do(visit, number, "done_claimed", claim)


@console.post(routes, "desk/cases/{number}/release", *DESK)
async def post_release(visit: Visit, number: str) -> Answer:
    """Give a case back, with a reason."""
    case = await case_named(visit, number)
    await visit.call(release, case.number, visit.form.get("reason", ""))
    return visit.back_to("desk", "done_released")


@console.post(routes, "desk/cases/{number}/hand-over", *DESK)
async def post_hand_over(visit: Visit, number: str) -> Answer:
    """Give a case to somebody else."""
    to = user_id_at_login(visit.form.get("to", "").strip(), visit.request.of(Settings).server_name)
    return await _do(visit, number, "done_handed_over", hand_over, to or UserID(""), visit.form.get("reason", ""))


@console.post(routes, "desk/cases/{number}/move", *DESK)
async def post_move(visit: Visit, number: str) -> Answer:
    """Put a case into another queue."""
    case = await case_named(visit, number)
    await visit.call(move, case.number, visit.form.get("stream", ""), visit.form.get("reason", ""))
    return visit.back_to("desk", "done_moved")


@console.post(routes, "desk/cases/{number}/remark", *DESK)
async def post_remark(visit: Visit, number: str) -> Answer:
    """Write something down for whoever reads the case."""
    return await _do(visit, number, "done_remarked", remark, visit.form.get("text", ""))


@console.post(routes, "desk/cases/{number}/reverse", *DESK)
async def post_reverse(visit: Visit, number: str) -> Answer:
    """Undo a decision, or some of its measures."""
    case = await case_named(visit, number)
    decision = await decisions_store.decision(visit.request.of(Database), visit.form.get("decision", ""))
    if decision is None or decision.case_number != case.number:
        raise StaffRefused("refused_no_decision", "There is no such decision that still holds.", Errcode.NOT_FOUND)
    measures = await decisions_store.measures(visit.request.of(Database), decision.id)
    chosen = [one.position for one in measures if visit.form.get(f"lift_{one.position}")]
    if not chosen:
        raise StaffRefused("refused_which", "Say which of the measures are lifted.", Errcode.INVALID_PARAM)
    await visit.call(reverse, decision.id, chosen, visit.form.get("explanation", ""))
    return visit.back_to(f"desk/cases/{case.number}", "done_reversed")


@console.post(routes, "desk/cases/{number}/reopen", *DESK)
async def post_reopen(visit: Visit, number: str) -> Answer:
    """Open a case again in which nothing was restricted."""
    return await _do(visit, number, "done_reopened", reopen, visit.form.get("reason", ""))


@console.post(routes, "desk/cases/{number}/unseal", Role.CHILD_SAFETY)
async def post_unseal(visit: Visit, number: str) -> Answer:
    """Propose that a sealed case is opened to oneself."""
    case = await case_named(visit, number)
    payload = {"case": case.number}
    made = await visit.call(propose, visit.seat, sealed.NAME, payload, visit.form.get("reason", ""))
    return visit.back_to(f"proposals/{made}", "done_proposed")


async def _do(visit: Visit, number: str, done: str, act: Callable[..., Awaitable[None]], *arguments: object) -> Answer:
    case = await case_named(visit, number)
    await visit.call(act, case.number, *arguments)
    return visit.back_to(f"desk/cases/{case.number}", done)
