"""Pages that anybody can open: the form for Art. 16 notices, what became of one, decisions, and the terms.

R65 to R68, R85, R15 and R16. Nobody needs an account, and nothing needs a script.
"""

import secrets

import msgspec

from chappe.accounts.pages import language_of
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.identity import Identity
from chappe.moderation import decisions_store, statement, store
from chappe.moderation.categories import NOT_SPECIFIED, filed_categories
from chappe.moderation.complain import complain_by_link
from chappe.moderation.file import file
from chappe.moderation.links import PATH, TERMS, About, is_right, link_to
from chappe.moderation.located import MAX_ITEMS, located
from chappe.moderation.public_pages import form_of, gone, public_page, public_words
from chappe.moderation.records import Complaint, Decision, Filed
from chappe.moderation.rules import COMPLAINT_DAYS, MAX_REASON_CHARS
from chappe.moderation.terms import terms, versions
from chappe.moderation.words import Door, Outcome
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

NOTICE = "/_chappe/notice"
_DAY_MS = 86_400_000
_FIELDS = ("where", "what", "reason", "law", "country", "name", "email", "threat", "good_faith")


class NoticeQuery(msgspec.Struct):
    """Where the content is, if the form is opened from it."""

    item: str = ""


@routes.get(NOTICE, auth=NOBODY)
async def get_notice(request: Request, query: NoticeQuery) -> Answer:
    """The form for a notice of illegal content. Art. 16(1) DSA."""
    return _notice_form(request, {"where": query.item})


@routes.post(NOTICE, auth=NOBODY, limit=Limit.REGISTRATION)
async def post_notice(request: Request) -> Answer:
    """File a notice: each location is an item of it (R71). What is wrong with it is told, and nothing typed is lost."""
    form = await form_of(request)
    try:
        ids = await _file(request, form)
    except Refused as no:
        if no.status >= 500:
            raise
        return _notice_form(request, form, wrong=no.reason, status=no.status)
    identity, base = request.of(Identity), request.of(Settings).base_url
    return public_page(request, "filed.html", {"links": [link_to(identity, base, About.FILING, id) for id in ids]})


async def _file(request: Request, form: dict[str, str]) -> list[str]:
    lines = list(dict.fromkeys(line.strip() for line in form.get("where", "").splitlines() if line.strip()))
    if not 0 < len(lines) <= MAX_ITEMS:
        raise Refused(Errcode.INVALID_PARAM, f"Say where it is: 1 to {MAX_ITEMS} locations, one a line.")
    category, _, keyword = form.get("what", "").partition("/")
    filed = Filed(
        Door.NOTICE, form.get("reason", ""), category, keyword, form.get("law", ""),
        form.get("country", "").strip().upper(), language_of(request).value, "", form.get("name", ""),
        form.get("email", "").strip(), form.get("good_faith") == "yes", form.get("threat") == "yes",
    )  # fmt: skip
    items = [await located(request.of(Database), line) for line in lines]
    submission = secrets.token_urlsafe(12)
    return [await request.call(REGISTER, file, item, filed, submission) for item in items]


def _notice_form(request: Request, form: dict[str, str], *, wrong: str = "", status: int = 200) -> Answer:
    values = {
        "wrong": wrong,
        "form": {name: form.get(name, "") for name in _FIELDS},
        "categories": msgspec.to_builtins(filed_categories()),
        "not_specified": NOT_SPECIFIED,
        "most": MAX_REASON_CHARS,
    }
    return public_page(request, "notice.html", values, status=status)


class LinkQuery(msgspec.Struct):
    """What a link carries."""

    proof: str = ""


@routes.get(f"{PATH}/filings/{{filing_id}}", auth=NOBODY)
async def get_filing(request: Request, filing_id: str, query: LinkQuery) -> Answer:
    """What became of a report or notice, for who has its link."""
    return await _filing_page(request, filing_id, query.proof)


@routes.post(f"{PATH}/filings/{{filing_id}}", auth=NOBODY, limit=Limit.REGISTRATION)
async def post_filing(request: Request, filing_id: str) -> Answer:
    """Complain about what was decided on it."""
    form = await form_of(request)
    proof, text = form.get("proof", ""), form.get("text", "")
    if not is_right(request.of(Identity), About.FILING, filing_id, proof):
        return gone(request)
    wrong = await _complain(request, About.FILING, filing_id, text)
    return await _filing_page(request, filing_id, proof, wrong=wrong, complained=not wrong)


async def _filing_page(
    request: Request, filing_id: str, proof: str, *, wrong: str = "", complained: bool = False
) -> Answer:
    database = request.of(Database)
    filing = await store.filing(database, filing_id)
    if filing is None or not is_right(request.of(Identity), About.FILING, filing_id, proof):
        return gone(request)
    case = await store.case(database, filing.case_number)
    assert case is not None, "a filing is of a case"
    decided = case.decision if not case.is_open else ""
    decision = await decisions_store.decision(database, decided) if decided else None
    complaint = await decisions_store.complaint_of(database, decided, filing.by_user, filing.id) if decision else None
    shown = _complaining(request, f"{PATH}/filings/{filing_id}", proof, decision, complaint, wrong, complained)
    return public_page(request, "filing.html", {"filing": filing, "decision": decision, **shown})


@routes.get(f"{PATH}/decisions/{{decision_id}}", auth=NOBODY)
async def get_decision_page(request: Request, decision_id: str, query: LinkQuery) -> Answer:
    """A statement of reasons, for who has its link."""
    return await _decision_page(request, decision_id, query.proof)


@routes.post(f"{PATH}/decisions/{{decision_id}}", auth=NOBODY, limit=Limit.REGISTRATION)
async def post_decision_page(request: Request, decision_id: str) -> Answer:
    """Complain about a decision, as whom it restricts."""
    form = await form_of(request)
    proof, text = form.get("proof", ""), form.get("text", "")
    if not is_right(request.of(Identity), About.DECISION, decision_id, proof):
        return gone(request)
    wrong = await _complain(request, About.DECISION, decision_id, text)
    return await _decision_page(request, decision_id, proof, wrong=wrong, complained=not wrong)


async def _decision_page(
    request: Request, decision_id: str, proof: str, *, wrong: str = "", complained: bool = False
) -> Answer:
    database = request.of(Database)
    decision = await decisions_store.decision(database, decision_id)
    right = is_right(request.of(Identity), About.DECISION, decision_id, proof)
    if decision is None or not right or decision.outcome is not Outcome.RESTRICTED:
        return gone(request)
    case = await store.case(database, decision.case_number)
    assert case is not None, "a decision is of a case"
    told = statement.statement_of(case, decision, await decisions_store.measures(database, decision_id))
    complaint = await decisions_store.complaint_of(database, decision_id, decision.subject, "")
    here = f"{PATH}/decisions/{decision_id}"
    shown = _complaining(request, here, proof, decision, complaint, wrong, complained)
    paragraphs = statement.paragraphs_of(told, language_of(request))
    return public_page(request, "decision.html", {"paragraphs": paragraphs, "state": decision.state, **shown})


async def _complain(request: Request, about: About, id: str, text: str) -> str:
    """Complain, and return what is wrong with that, or ""."""
    try:
        await request.call(REGISTER, complain_by_link, about.value, id, text)
    except Refused as no:
        if no.status >= 500:
            raise
        return no.reason
    return ""


def _complaining(
    request: Request,
    here: str,
    proof: str,
    decision: Decision | None,
    complaint: Complaint | None,
    wrong: str,
    complained: bool,
) -> dict[str, object]:
    """What the part of a page about a complaint is made of."""
    until = decision.at + COMPLAINT_DAYS * _DAY_MS if decision is not None else 0
    return {
        "complaint": complaint,
        "may_complain": decision is not None and request.of(Clock).now_ms() <= until,
        "until": statement.day_of(until),
        "here": here,
        "proof": proof,
        "most": MAX_REASON_CHARS,
        "wrong": wrong,
        "done": public_words(language_of(request))["complained"] if complained else "",
    }


@routes.get(TERMS, auth=NOBODY)
async def get_terms(request: Request) -> Answer:
    """What is enforced here, as it is now. Art. 14(1) DSA."""
    return _terms_page(request, versions()[0])


@routes.get(f"{TERMS}/{{version}}", auth=NOBODY)
async def get_terms_version(request: Request, version: str) -> Answer:
    """The same in the version of a day (2026-11-28); for programs with `.json` behind it."""
    day = version.removesuffix(".json")
    if day not in versions():
        return gone(request)
    if version == day:
        return _terms_page(request, day)
    found = terms(day)
    told = {"version": day, "versions": versions(), "terms": [msgspec.to_builtins(one) for one in found.term]}
    return Answer(200, msgspec.json.encode(told), (("Content-Type", "application/json"),))


def _terms_page(request: Request, version: str) -> Answer:
    return public_page(request, "terms.html", {"terms": msgspec.to_builtins(terms(version)), "versions": versions()})
