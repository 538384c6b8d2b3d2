"""Deciding a case in the console: the form, filled in by a reason; the letters as they will be told; the decision."""

import msgspec

from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import Answer, Routes
from chappe.moderation import sealed, store
from chappe.moderation.categories import decided_categories
from chappe.moderation.console_case import sealed_still
from chappe.moderation.console_desk import Words, case_named, desk_page
from chappe.moderation.console_queue import go_to_next
from chappe.moderation.decide import decide
from chappe.moderation.form import CONTENT_TYPES, digest_of, fields_of, options_of, verdict_in
from chappe.moderation.preview import preview
from chappe.moderation.reasons import Reason, reasons, verdict_by
from chappe.moderation.records import Case
from chappe.moderation.rules import DESK, needs_second, require_sound_verdict
from chappe.moderation.second_person import NAME, payload_of, verdict_of
from chappe.moderation.terms import terms
from chappe.moderation.verdict import Verdict
from chappe.moderation.words import Ground
from chappe.operators import StaffRefused, console, proposal_named, propose
from chappe.operators.console import Visit
from chappe.operators.rules import MAX_REASON_CHARS
from chappe.storage import Database

routes = Routes()

CATEGORIES = decided_categories(Ground.LAW.value) | decided_categories(Ground.TERMS.value)


@console.get(routes, "desk/cases/{number}/decide", *DESK)
async def get_decide(visit: Visit, number: str) -> Answer:
    """The form by which a case is decided, filled in by a reason, with the letters that it makes."""
    case = await _case_to_decide(visit, number)
    language = _language(visit, case)
    reason = reasons(visit.request.of(Settings).data_dir).named(visit.argument("reason"))
    if reason is None:
        return await _form(visit, case, fields_of(case, Verdict("")), language)
    verdict = await _by(visit, case, reason, language)
    return await _form(visit, case, fields_of(case, verdict), language, verdict)


@console.post(routes, "desk/cases/{number}/decide", *DESK)
async def post_decide(visit: Visit, number: str) -> Answer:
    """Show how it will be told; or decide it, if that is what was shown. What needs two people becomes a proposal."""
    case = await _case_to_decide(visit, number)
    verdict = verdict_in(case, visit.form)
    language = _language(visit, case)
    was_shown = visit.form.get("shown") == digest_of(verdict)
    if visit.form.get("then") == "show" or not was_shown:
        return await _form(visit, case, visit.form, language, verdict)
    try:
        if needs_second(verdict):
            reason = verdict.explanation[:MAX_REASON_CHARS]
            made = await visit.call(propose, visit.seat, NAME, payload_of(case.number, verdict), reason)
            return visit.back_to(f"proposals/{made}", "done_proposed")
        await visit.call(decide, case.number, verdict)
    except Refused as no:
        if no.status >= 500:
            raise
        return await _form(visit, case, visit.form, language, wrong=visit.reason_of(no), status=no.status)
    if visit.form.get("then") == "next":
        return await go_to_next(visit, "done_decided", case.number)
    return visit.back_to(f"desk/cases/{case.number}", "done_decided")


@console.get(routes, "desk/proposals/{proposal_id}", *DESK)
async def get_proposed(visit: Visit, proposal_id: str) -> Answer:
    """What waits for a second person: the case, and the letters that will be told."""
    database = visit.request.of(Database)
    proposal = await proposal_named(database, proposal_id)
    if proposal is None or proposal.kind not in (NAME, sealed.NAME):
        raise StaffRefused("refused_no_proposal", "There is no such proposal.", Errcode.NOT_FOUND)
    payload = msgspec.json.decode(proposal.payload, type=dict[str, object])
    case = await case_named(visit, str(payload.get("case")))
    letters, verdict = [], None
    if proposal.kind == NAME:
        verdict, _ = verdict_of(payload)
        settings = visit.request.of(Settings)
        letters = await preview(database, settings, case, verdict, proposal.proposed_by, visit.now)
    return desk_page(visit, "proposed", proposal=proposal, case=case, told=letters, verdict=verdict)


async def _case_to_decide(visit: Visit, number: str) -> Case:
    case = await case_named(visit, number)
    if not await sealed.may_look(visit.request.of(Database), case, visit.operator.user_id, visit.now):
        raise sealed_still()
    return case


async def _by(visit: Visit, case: Case, reason: Reason, language: Language) -> Verdict:
    words, laws = Words(language), await store.laws_of(visit.request.of(Database), case.number)
    return verdict_by(case, reason, language, words.what(case), words.facts(case), ", ".join(laws))


def _language(visit: Visit, case: Case) -> Language:
    """In which language the reasons are written: as chosen, as the case is, or as the reader reads."""
    for code in (visit.argument("in"), visit.form.get("in", ""), case.language.partition("-")[0]):
        if code in (each.value for each in Language):
            return Language(code)
    return visit.language


async def _form(
    visit: Visit,
    case: Case,
    fields: dict[str, str],
    language: Language,
    verdict: Verdict | None = None,
    *,
    wrong: str = "",
    status: int = 200,
) -> Answer:
    """The form. A verdict that could be a decision is shown as it will be told."""
    database, letters = visit.request.of(Database), []
    if verdict is not None:
        try:
            require_sound_verdict(case, verdict, await store.proofs_of(database, case.number))
            settings = visit.request.of(Settings)
            letters = await preview(database, settings, case, verdict, visit.operator.user_id, visit.now)
        except Refused as no:
            wrong, status = visit.reason_of(no), 200 if visit.request.method == "GET" else no.status
    return desk_page(
        visit,
        "decide",
        status=status,
        case=case,
        fields=fields,
        options=options_of(case),
        wrong=wrong,
        told=letters,
        shown=digest_of(verdict) if verdict is not None and letters else "",
        two_people=verdict is not None and needs_second(verdict),
        is_mine=case.claimed_by == visit.operator.user_id and case.claimed_until > visit.now,
        reasons=reasons(visit.request.of(Settings).data_dir),
        reason=visit.argument("reason"),
        written=language.value,
        terms=terms().term,
        categories=CATEGORIES,
        content_types=CONTENT_TYPES,
    )
