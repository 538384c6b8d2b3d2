"""What our own client asks for besides the specification: reports with categories, what became of them, decisions
about oneself with their reasons, and complaints."""

import msgspec

from chappe.accounts.pages import language_of
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Limit, Request, Routes
from chappe.ids import parse_event_id, parse_room_id, parse_user_id
from chappe.moderation import decisions_store, proof, statement, store
from chappe.moderation.categories import CHILD_ABUSE, filed_categories
from chappe.moderation.complain import complain
from chappe.moderation.file import file
from chappe.moderation.items import account_item, event_item, known_room_item
from chappe.moderation.records import Complaint, Decision, Disclosed, Filed, Item
from chappe.moderation.rules import COMPLAINT_DAYS, MAX_DISCLOSED, MAX_DISCLOSED_BYTES, MAX_REASON_CHARS
from chappe.moderation.terms import terms
from chappe.moderation.words import Door, ItemKind, Outcome
from chappe.restrictions import Restrictions
from chappe.storage import Database
from chappe.stream import REGISTER
from chappe.timeline import Viewer, Withholding

routes = Routes()

BASE = "/_chappe/client/v1/safety"
PAGE = 50
_DAY_MS = 86_400_000
_NEWEST = 2**53 - 1


@routes.get(f"{BASE}/categories", auth=DEVICE)
async def get_categories(request: Request) -> JSONObject:
    """What a report may say that something is: categories with their keywords, in English and French."""
    told = [
        {
            "category": code,
            "en": one.en,
            "fr": one.fr,
            "is_terms_only": one.sheets == (6,),
            "keywords": [
                {"keyword": key, "en": word.en, "fr": word.fr, "is_child_abuse": key in CHILD_ABUSE}
                for key, word in one.keywords.items()
            ],
        }
        for code, one in filed_categories().items()
    ]
    limits = {
        "reason_chars": MAX_REASON_CHARS,
        "messages": MAX_DISCLOSED,
        "message_bytes": MAX_DISCLOSED_BYTES,
        "complaint_days": COMPLAINT_DAYS,
    }
    return {"categories": told, "terms": [msgspec.to_builtins(one) for one in terms().term], "limits": limits}


class Report(msgspec.Struct):
    """A report or a notice from our client: about one item. `disclosed` are the messages that it hands over, the
    reported one among them, exactly as they were shown to whoever reports."""

    kind: ItemKind
    room_id: str = ""
    event_id: str = ""
    user_id: str = ""
    door: Door = Door.REPORT
    category: str = ""
    keyword: str = ""
    reason: str = ""
    law: str = ""
    country: str = ""
    good_faith: bool = False
    is_threat: bool = False
    disclosed: list[Disclosed] = []


@routes.post(f"{BASE}/reports", auth=DEVICE, limit=Limit.WRITES)
async def post_report(request: Request, body: Report) -> JSONObject:
    """File a report or an Art. 16 notice. Answers its `id`, and the `proof` that it carries."""
    if body.door is Door.AUTOMATIC:
        raise Refused(Errcode.INVALID_PARAM, "door is report or notice.")
    item = await _item(request, body)
    disclosed = tuple(body.disclosed)
    proven = await proof.proof_of(request.of(Database), item, disclosed, request.device.user_id)
    filed = Filed(
        body.door, body.reason, body.category, body.keyword, body.law, body.country, language_of(request).value,
        request.device.user_id, good_faith=body.good_faith, is_threat=body.is_threat, proof=proven,
        disclosed=disclosed,
    )  # fmt: skip
    return {"id": await request.call(REGISTER, file, item, filed), "proof": proven.value}


async def _item(request: Request, body: Report) -> Item:
    database = request.of(Database)
    match body.kind:
        case ItemKind.EVENT:
            room_id, event_id = parse_room_id(body.room_id, "room_id"), parse_event_id(body.event_id, "event_id")
            viewer = Viewer(request.device.user_id, request.device.device_id)
            return await event_item(database, request.of(Withholding), room_id, event_id, viewer)
        case ItemKind.ROOM:
            return await known_room_item(
                database, request.of(Restrictions), parse_room_id(body.room_id, "room_id"), request.device.user_id
            )
        case ItemKind.ACCOUNT:
            return await account_item(database, parse_user_id(body.user_id, "user_id"))


class Page(msgspec.Struct):
    """Which page is wanted: what lies before what an answer's `next_batch` says."""

    before: int = _NEWEST


@routes.get(f"{BASE}/reports", auth=DEVICE)
async def get_reports(request: Request, query: Page) -> JSONObject:
    """What I reported, the newest first, and what became of it."""
    database, me = request.of(Database), request.device.user_id
    found = await store.filings_by(database, me, query.before, PAGE)
    told: list[JSONObject] = []
    for one in found:
        case = await store.case(database, one.case_number)
        assert case is not None, "a filing is of a case"
        decision = await decisions_store.decision(database, case.decision) if case.decision else None
        complaint = await decisions_store.complaint_of(database, case.decision, me, one.id) if decision else None
        told.append(
            {
                "id": one.id,
                "kind": case.kind.value,
                "item": case.item,
                "room_id": case.room_id,
                "door": one.door.value,
                "category": one.category,
                "reason": one.reason,
                "proof": one.proof.value,
                "filed_at": one.filed_at,
                "state": "decided" if decision is not None and not case.is_open else "open",
                "decision": _answer(decision) if decision is not None else None,
                "complaint": _complaint(complaint),
            }
        )
    return {"reports": told, **({"next_batch": found[-1].filed_at} if len(found) == PAGE else {})}


def _answer(decision: Decision) -> JSONObject:
    """What whoever filed something is told of the decision: not what concerns the other person alone."""
    return {
        "id": decision.id,
        "at": decision.at,
        "outcome": decision.outcome.value,
        "state": decision.state,
        "explanation": decision.explanation,
        "automation": decision.automation,
        "complain_until": decision.at + COMPLAINT_DAYS * _DAY_MS,
    }


@routes.get(f"{BASE}/decisions", auth=DEVICE)
async def get_decisions(request: Request, query: Page) -> JSONObject:
    """Decisions that restrict something of mine, the newest first, each with its statement of reasons."""
    database, me = request.of(Database), request.device.user_id
    found = await decisions_store.decisions_about(database, me, query.before, PAGE)
    told = [await _told(request, one) for one in found if one.outcome is Outcome.RESTRICTED]
    return {"decisions": told, **({"next_batch": found[-1].number} if len(found) == PAGE else {})}


@routes.get(f"{BASE}/decisions/{{decision_id}}", auth=DEVICE)
async def get_decision(request: Request, decision_id: str) -> JSONObject:
    """One of them."""
    decision = await decisions_store.decision(request.of(Database), decision_id)
    if decision is None or decision.subject != request.device.user_id or decision.outcome is not Outcome.RESTRICTED:
        raise Refused(Errcode.NOT_FOUND, "There is no such decision about something of yours.")
    return await _told(request, decision)


async def _told(request: Request, decision: Decision) -> JSONObject:
    database, me = request.of(Database), request.device.user_id
    case = await store.case(database, decision.case_number)
    assert case is not None, "a decision is of a case"
    measures = await decisions_store.measures(database, decision.id)
    stated = statement.statement_of(case, decision, measures)
    term = terms().named(decision.ground_reference)
    complaint = await decisions_store.complaint_of(database, decision.id, me, "")
    return {
        **msgspec.to_builtins(stated),
        "kind": case.kind.value,
        "state": decision.state,
        "holds": [not one.lifted_by for one in measures],
        "term": msgspec.to_builtins(term) if term is not None else None,
        "snapshot": case.snapshot,
        "complaint": _complaint(complaint),
    }


class Complained(msgspec.Struct):
    """Why somebody complains; `report` is theirs, if it is about what was not done about it."""

    text: str
    report: str = ""


@routes.post(f"{BASE}/decisions/{{decision_id}}/complaint", auth=DEVICE, limit=Limit.WRITES)
async def post_complaint(request: Request, decision_id: str, body: Complained) -> JSONObject:
    """Complain about a decision. Art. 20 DSA. Answers the complaint's `id`."""
    return {"id": await request.call(REGISTER, complain, decision_id, body.text, body.report)}


def _complaint(found: Complaint | None) -> JSONObject | None:
    if found is None:
        return None
    told = {"id": found.id, "text": found.text, "filed_at": found.filed_at, "state": found.state.value}
    return {**told, "answer": found.answer, "decided_at": found.decided_at}
