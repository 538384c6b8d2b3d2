"""Deciding many cases alike: each gets a decision and a statement of its own, in the background. R139.

A *plan* says what is done to the item of a case, its author or its room. What it does to each case is shown before;
afterwards all of it can be undone at once. A case that another reviewer holds or has decided meanwhile is left alone.
"""

import asyncio
import secrets

import msgspec

from chappe import audit
from chappe.errors import Errcode, Refused
from chappe.moderation import bulk_store, decisions_store, store
from chappe.moderation.claim import no_case, reviewer_of, taken
from chappe.moderation.decide import decide_in
from chappe.moderation.records import Case
from chappe.moderation.reverse import reopen_in, reverse_in, standing
from chappe.moderation.rules import DESK, needs_second, require_sound_verdict, targets_of
from chappe.moderation.sealed import is_sealed
from chappe.moderation.verdict import Planned, Verdict
from chappe.operators import StaffRefused, require
from chappe.operators.rules import require_reason
from chappe.stream import Device, Transaction

MAX_CASES = 500
"""In one bulk decision."""


class BulkWoken(asyncio.Event):
    """Set when there is something to carry out."""


class Step(msgspec.Struct, frozen=True):
    """What is done in each case about an event, a room or an account (`about`): to that, its author, its room."""

    about: str
    kind: str
    measure: str
    days: int | None = None


class Plan(msgspec.Struct, frozen=True):
    """What is decided in each case: a verdict without measures, and the steps that become its measures. A case's own
    facts are put before those of the verdict."""

    verdict: Verdict
    steps: tuple[Step, ...]


_plan = msgspec.json.Decoder(Plan)


def plan_of(bulk: bulk_store.Bulk) -> Plan:
    """The plan of a bulk decision."""
    return _plan.decode(bulk.verdict)


def verdict_for(case: Case, plan: Plan) -> Verdict:
    """What a plan decides in a case."""
    measures = tuple(
        Planned(step.kind, one.subject, step.measure, one.within, step.days)
        for step in plan.steps
        for one in targets_of(case)
        if step.about == case.kind.value and one.kind == step.kind
    )
    if not plan.steps or measures:
        return msgspec.structs.replace(plan.verdict, measures=measures)
    raise StaffRefused("refused_no_target", "This does nothing to what the case is about.", Errcode.INVALID_PARAM)


async def require_bulk(source: store.Fetches, case: Case, plan: Plan) -> Verdict:
    """The verdict on a case by a plan. Refuses what could not be decided so, or needs two people."""
    if is_sealed(case):
        raise StaffRefused("refused_sealed", "This case is sealed: two people of child safety open it.")
    verdict = verdict_for(case, plan)
    require_sound_verdict(case, verdict, await store.proofs_of(source, case.number))
    if needs_second(verdict):
        raise StaffRefused("refused_needs_second", "Two people decide this: propose it.")
    return verdict


async def begin(tx: Transaction, device: Device, numbers: list[int], plan: Plan) -> str:
    """An act: have many cases decided. Returns the id under which its progress is seen."""
    operator = await require(tx, tx.now, device.user_id, *DESK)
    if not 0 < len(set(numbers)) <= MAX_CASES:
        raise StaffRefused("refused_many_cases", f"1 to {MAX_CASES} cases at once.", Errcode.INVALID_PARAM)
    id = secrets.token_urlsafe(9)
    bulk_store.add(tx, id, operator.user_id, msgspec.json.encode(plan).decode(), sorted(set(numbers)))
    told = {"bulk": id, "cases": len(set(numbers)), "steps": msgspec.to_builtins(plan.steps)}
    audit.record(tx, operator.user_id, "bulk.begun", f"bulk {id}", after=told, reason=plan.verdict.explanation)
    tx.after_commit(tx.of(BulkWoken).set)
    return id


async def decide_one(tx: Transaction, device: Device, id: str, number: int) -> None:
    """An act: decide one of the cases, as who began it."""
    bulk = await _bulk(tx, id)
    _, case = await reviewer_of(tx, device.user_id, number)
    verdict = await require_bulk(tx, case, plan_of(bulk))
    store.claim(tx, number, device.user_id, otherwise=taken())
    decision = await decide_in(tx, case, verdict, device.user_id)
    bulk_store.set_case(tx, id, number, "waiting", "decided", decision, "", otherwise=taken())


async def undo(tx: Transaction, device: Device, id: str, reason: str) -> None:
    """An act: have all that was decided reversed. Only once all of it is decided."""
    operator = await require(tx, tx.now, device.user_id, *DESK)
    reason = require_reason(reason)
    await _bulk(tx, id)
    busy = StaffRefused("refused_undone", "This still runs, or is undone already.")
    bulk_store.undo(tx, id, operator.user_id, reason, otherwise=busy)
    tx.after_commit(tx.of(BulkWoken).set)
    audit.record(tx, operator.user_id, "bulk.undone", f"bulk {id}", after={"bulk": id}, reason=reason)


async def undo_one(tx: Transaction, device: Device, id: str, number: int) -> None:
    """An act: reverse what was decided in one of the cases, as who wants it undone."""
    bulk = await _bulk(tx, id)
    await reviewer_of(tx, device.user_id, number)
    found = await bulk_store.case_in(tx, id, number)
    if found is None:
        raise no_case()
    decision = found.decision
    if await decisions_store.measures(tx, decision):
        await reverse_in(tx, await standing(tx, decision), device.user_id, [], bulk.why_undone)
    else:
        reopen_in(tx, number, device.user_id, bulk.why_undone)
        store.release(tx, number, device.user_id, otherwise=taken())
    bulk_store.set_case(tx, id, number, "decided", "undone", decision, "", otherwise=taken())


async def leave_one(tx: Transaction, device: Device | None, id: str, number: int, state: str, why: str) -> None:
    """An act: note why nothing was done in one of the cases."""
    found = await bulk_store.case_in(tx, id, number)
    decision = found.decision if found is not None else ""
    bulk_store.set_case(tx, id, number, state, "left", decision, why, otherwise=taken())


async def finish(tx: Transaction, device: Device | None, id: str, before: str, after: str) -> None:
    """An act: all of its cases are done."""
    bulk_store.finish(tx, id, before, after, otherwise=taken())


async def _bulk(tx: Transaction, id: str) -> bulk_store.Bulk:
    bulk = await bulk_store.bulk(tx, id)
    if bulk is None:
        raise StaffRefused("refused_no_bulk", "There is no such bulk decision.", Errcode.NOT_FOUND)
    return bulk


def word_of(no: Refused) -> str:
    """Why a case was left, as pages tell it: a word, or a sentence where there is none."""
    return no.word if isinstance(no, StaffRefused) else no.reason[:500]
