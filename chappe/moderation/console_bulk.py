"""Deciding many cases alike in the console: what would happen to each, beginning it, its progress, undoing it. R139."""

from hashlib import sha256

import msgspec

from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import Answer, Routes
from chappe.moderation import bulk, bulk_store, queues, store
from chappe.moderation.bulk import MAX_CASES, Plan, Step
from chappe.moderation.console_desk import Words, desk_page
from chappe.moderation.console_queue import wanted_of
from chappe.moderation.preview import Preview, preview
from chappe.moderation.queues import may_see
from chappe.moderation.reasons import Reason, read_measure, reasons
from chappe.moderation.records import Case
from chappe.moderation.rules import DESK, MEASURES, NEEDS_SECOND
from chappe.moderation.verdict import Verdict
from chappe.operators import StaffRefused, console
from chappe.operators.console import Visit
from chappe.storage import Database

routes = Routes()

SHOWN = 20
"""Bulk decisions in the list."""
TEXTS = ("explanation", "facts", "proportionality", "to_user")


class Foreseen(msgspec.Struct, frozen=True):
    """What a plan does to one case, or why it does nothing."""

    case: Case
    verdict: Verdict | None
    why_not: str = ""


@console.get(routes, "desk/bulk", *DESK)
async def get_bulks(visit: Visit) -> Answer:
    """The last bulk decisions."""
    database = visit.request.of(Database)
    found = [(one, await bulk_store.counts(database, one.id)) for one in await bulk_store.newest(database, SHOWN)]
    return desk_page(visit, "bulks", found=found)


@console.post(routes, "desk/bulk", *DESK)
async def post_bulk(visit: Visit) -> Answer:
    """Show what a decision would do to each of the chosen cases; or begin it, if that is what was shown."""
    cases = await _chosen(visit)
    reason = reasons(visit.request.of(Settings).data_dir).named(visit.form.get("reason", ""))
    language = Language(visit.form.get("in", "")) if visit.form.get("in") in ("en", "fr") else visit.language
    if reason is None:
        return _page(visit, cases, language)
    plan = plan_in(visit.form, reason, language, kinds_of(cases))
    foreseen = [await _foresee(visit, case, plan) for case in cases]
    shown = _digest(cases, plan)
    if visit.form.get("then") == "begin" and visit.form.get("shown") == shown:
        id = await visit.call(bulk.begin, [one.case.number for one in foreseen if one.verdict is not None], plan)
        return visit.back_to(f"desk/bulk/{id}", "done_begun")
    return _page(visit, cases, language, reason, plan, foreseen, await _example(visit, foreseen), shown)


def _page(
    visit: Visit,
    cases: list[Case],
    language: Language,
    reason: Reason | None = None,
    plan: Plan | None = None,
    foreseen: list[Foreseen] | None = None,
    letters: list[Preview] | None = None,
    shown: str = "",
) -> Answer:
    known = {(step.about, step.kind, step.measure): step for step in plan.steps} if plan is not None else {}
    return desk_page(
        visit,
        "bulk",
        cases=cases,
        numbers=" ".join(str(one.number) for one in cases),
        reasons=reasons(visit.request.of(Settings).data_dir),
        reason=reason,
        written=language.value,
        plan=plan,
        steps=[(*one, known.get(one)) for one in _possible(kinds_of(cases))],
        foreseen=foreseen or [],
        told=letters or [],
        shown=shown,
        most=MAX_CASES,
    )


async def _chosen(visit: Visit) -> list[Case]:
    """The cases that were ticked, or all of a narrowed queue."""
    database, form = visit.request.of(Database), visit.form
    if form.get("all"):
        mine = [one for one in queues.streams_of(visit.operator) if form.get("stream", "") in ("", one.value)]
        wanted = wanted_of(visit, {name: value for name, value in form.items() if name != "after"})
        if not wanted.names_something:
            raise StaffRefused("refused_all", "Narrow the queue first.", Errcode.INVALID_PARAM)
        found, _ = await queues.page_of(database, mine, wanted, MAX_CASES)
        return found
    named = form.get("numbers", "").split() or [name[5:] for name in form if name.startswith("case_")]
    numbers = sorted({int(one) for one in named if one.isdecimal() and one.isascii() and len(one) <= 15})
    if not 0 < len(numbers) <= MAX_CASES:
        raise StaffRefused("refused_many_cases", f"1 to {MAX_CASES} cases at once.", Errcode.INVALID_PARAM)
    cases = [await store.case(database, number) for number in numbers]
    return [case for case in cases if case is not None and may_see(visit.operator, case)]


def kinds_of(cases: list[Case]) -> list[str]:
    """What the cases are about: events, rooms, accounts."""
    return sorted({case.kind.value for case in cases})


def _possible(kinds: list[str]) -> list[tuple[str, str, str]]:
    """What can be done in cases about these, by one person: to what they are about, its author, its room, its files."""
    targets = {"event": ("event", "account", "room", "media"), "room": ("room", "account"), "account": ("account",)}
    return [
        (about, kind, measure)
        for about in kinds
        for kind in targets[about]
        for measure in MEASURES[kind]
        if (kind, measure) not in NEEDS_SECOND
    ]


def plan_in(form: dict[str, str], reason: Reason, language: Language, kinds: list[str]) -> Plan:
    """The plan that was entered: first as the reason makes it, afterwards as it was changed."""
    texts = reason.texts(language)
    if form.get("was") != f"{reason.id} {language.value}":
        form = {"explanation": texts.explanation, "proportionality": texts.proportionality,
                "facts": Words(language).say("bulk_facts")}  # fmt: skip
        told = [(about, *read_measure(about, one)) for about in kinds for one in reason.measures.get(about, ())]
        steps = tuple(Step(*one) for one in told if one[1:3] not in NEEDS_SECOND)
    else:
        steps = tuple(
            Step(*one, _days(form.get(f"days_{'_'.join(one)}", "")))
            for one in _possible(kinds)
            if form.get(f"do_{'_'.join(one)}")
        )
    entered = [form.get(name, "").replace("\r\n", "\n").replace("{what}", "").strip() for name in TEXTS]
    explanation, facts, proportionality, to_user = entered
    if not steps:
        return Plan(Verdict(explanation, to_user=to_user), ())
    if reason.ground is None:
        raise StaffRefused("refused_no_measure", "Without a measure there is no ground.", Errcode.INVALID_PARAM)
    verdict = Verdict(
        explanation, facts, (), reason.ground, reason.term or reason.law or form.get("law", ""), to_user,
        proportionality, reason.category, reason.keywords, content_types=("CONTENT_TYPE_TEXT",),
    )  # fmt: skip
    return Plan(verdict, steps)


def _days(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 5 else 0


async def _foresee(visit: Visit, case: Case, plan: Plan) -> Foreseen:
    try:
        if not case.is_open or case.is_claimed_by_another(visit.operator.user_id, visit.now):
            raise StaffRefused("refused_claim", "Somebody else has it, or it is decided.")
        return Foreseen(case, await bulk.require_bulk(visit.request.of(Database), case, plan))
    except Refused as no:
        return Foreseen(case, None, visit.reason_of(no))


async def _example(visit: Visit, foreseen: list[Foreseen]) -> list[Preview]:
    """The letters of the first case that is decided."""
    for one in foreseen:
        if one.verdict is not None:
            database, settings = visit.request.of(Database), visit.request.of(Settings)
            return await preview(database, settings, one.case, one.verdict, visit.operator.user_id, visit.now)
    return []


def _digest(cases: list[Case], plan: Plan) -> str:
    return sha256(msgspec.json.encode(([one.number for one in cases], plan))).hexdigest()


@console.get(routes, "desk/bulk/{id}", *DESK)
async def get_bulk(visit: Visit, id: str) -> Answer:
    """How far a bulk decision is, and what became of each case."""
    database = visit.request.of(Database)
    one = await bulk_store.bulk(database, id)
    if one is None:
        raise StaffRefused("refused_no_bulk", "There is no such bulk decision.", Errcode.NOT_FOUND)
    counts = await bulk_store.counts(database, id)
    cases = await bulk_store.cases(database, id, MAX_CASES)
    left = {case.case_number: visit.word(case.why_left) for case in cases if case.why_left}
    total = sum(counts.values())
    waiting = counts.get("decided" if one.state == "undoing" else "waiting", 0) if one.is_running else 0
    plan = bulk.plan_of(one)
    return desk_page(
        visit, "bulk_progress", one=one, counts=counts, cases=cases, left=left, total=total, waiting=waiting, plan=plan
    )


@console.post(routes, "desk/bulk/{id}/undo", *DESK)
async def post_undo(visit: Visit, id: str) -> Answer:
    """Reverse all that a bulk decision did."""
    await visit.call(bulk.undo, id, visit.form.get("reason", ""))
    return visit.back_to(f"desk/bulk/{id}", "done_undoing")
