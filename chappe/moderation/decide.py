"""Deciding a case: decision, statement of reasons, restriction and audit record in one commit. R76 to R79.

This is the only place of the program from which a restriction comes by a person's or a rule's decision. Without a
decision there is no restriction, and with one there is its statement (law 4).
"""

import secrets

import msgspec

from chappe import audit, restrictions
from chappe.config import Settings
from chappe.identity import Identity
from chappe.moderation import decisions_store, sample, statement, store, tell
from chappe.moderation.claim import reviewer_of, taken
from chappe.moderation.deadlines import stop_clocks
from chappe.moderation.links import TERMS, About, link_to
from chappe.moderation.records import Case, Decision, Measure
from chappe.moderation.rules import needs_second, require_sound_verdict
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Door, Ground, Outcome, Source
from chappe.operators import StaffRefused
from chappe.restrictions import Restriction
from chappe.stream import Device, Transaction

DAY_MS = 86_400_000
TERRITORIAL = "withheld"
SYSTEM = "system"
DECISION_SHOWN = "…"
"""The reference in a letter that is shown before its decision is made."""


async def decide(tx: Transaction, device: Device, number: int, verdict: Verdict) -> str:
    """An act: decide a case that one works on. Returns the decision's id.

    Refuses INVALID_PARAM a verdict that is not sound, and FORBIDDEN what needs a second person (`second_person.py`).
    """
    operator, case = await reviewer_of(tx, device.user_id, number)
    if needs_second(verdict):
        raise StaffRefused("refused_needs_second", "Two people decide this: propose it.")
    return await decide_in(tx, case, verdict, operator.user_id)


async def decide_in(
    tx: Transaction, case: Case, verdict: Verdict, by_user: str, *, second: str = "", rule: str = ""
) -> str:
    """Decide a case in the hands of `by_user`, who may. `rule` matched, if nobody looked at it yet."""
    proofs = await store.proofs_of(tx, case.number)
    require_sound_verdict(case, verdict, proofs)
    new = await draft(tx, tx.now, case, verdict, by_user, second, rule)
    store.close(tx, case.number, by_user, new.id, otherwise=taken())
    decisions_store.add_decision(tx, new)
    measures = measures_of(tx.now, new, verdict)
    for measure in measures:
        decisions_store.add_measure(tx, new.id, measure)
        await restrictions.impose(tx, restriction_of(tx, new, measure))
    if new.subject and measures:
        await _state_reasons(tx, case, new, measures)
    told = {"decision": new.id, "outcome": new.outcome.value, "measures": [one.measure for one in measures]}
    store.note(tx, case.number, by_user, "decided", told)
    audit.record(
        tx, by_user, "case.decided", f"case {case.number}",
        after={**told, "ground": new.ground, "reference": new.ground_reference, "second": second or None},
        reason=new.explanation,
    )  # fmt: skip
    await stop_clocks(tx, case, new.id, by_user)
    sample.draw(tx, new)
    tell.wake(tx)
    return new.id


async def _state_reasons(tx: Transaction, case: Case, new: Decision, measures: list[Measure]) -> None:
    body = statement.statement_of(case, new, measures)
    decisions_store.add_statement(tx, new.id, new.subject, "", msgspec.json.encode(body))
    await tell.statement(tx, new.subject, body)


async def draft(
    source: store.Fetches, now: int, case: Case, verdict: Verdict, by_user: str, second: str = "", rule: str = ""
) -> Decision:
    """The decision that a verdict becomes. Nothing is stored."""
    comes_from, detected = await _source_of(source, case)
    made_at = case.snapshot.get("origin_server_ts")
    restricts = bool(verdict.measures)
    automation = "fully" if rule else "partially" if detected == "yes" else "not"
    return Decision(
        0, secrets.token_urlsafe(12), case.number, now, by_user, second,
        Outcome.RESTRICTED if restricts else Outcome.NO_ACTION, case.author if restricts else "",
        verdict.ground.value if verdict.ground else "", verdict.ground_reference, verdict.explanation, verdict.facts,
        verdict.to_user, verdict.proportionality, verdict.category, verdict.keywords, verdict.keyword_other,
        verdict.content_types, verdict.territories, _ends(now, verdict), comes_from.value, verdict.source_identity,
        detected, automation, rule or await store.first_rule_of(source, case.number),
        made_at if isinstance(made_at, int) else case.opened_at, case.language, now, "", "standing",
    )  # fmt: skip


async def _source_of(source: store.Fetches, case: Case) -> tuple[Source, str]:
    """What a decision follows on, and whether anything detected it automatically. Annex II: what a notice preceded
    is never the provider's own initiative."""
    found = await store.sources_of(source, case.number)
    doors = {door for door, _ in found}
    detected = "yes" if Door.AUTOMATIC.value in doors else "no"
    if any(flagger for _, flagger in found):
        return Source.TRUSTED_FLAGGER, detected
    if Door.NOTICE.value in doors:
        return Source.NOTICE, detected
    if Door.REPORT.value in doors:
        return Source.OTHER_NOTIFICATION, detected
    return Source.OWN_INITIATIVE, detected


def _ends(now: int, verdict: Verdict) -> int | None:
    """When all of it has ended; None if part of it holds until it is lifted."""
    days = [one.days for one in verdict.measures]
    return now + max(one or 0 for one in days) * DAY_MS if days and None not in days else None


def measures_of(now: int, decision: Decision, verdict: Verdict) -> list[Measure]:
    """The measures of a decision by that verdict."""
    return [_measure(now, decision, at, one) for at, one in enumerate(verdict.measures, 1)]


def _measure(now: int, decision: Decision, position: int, one: Planned) -> Measure:
    return Measure(
        position, one.kind, one.subject, one.within_room, one.measure,
        decision.territories if one.measure == TERRITORIAL else (),
        now + one.days * DAY_MS if one.days is not None else None, f"{decision.id}.{position}", "",
    )  # fmt: skip


def restriction_of(tx: Transaction, decision: Decision, measure: Measure) -> Restriction:
    """What the owner of the restricted thing obeys."""
    return Restriction(
        id=measure.restriction, kind=restrictions.Kind(measure.kind), subject=measure.subject,
        within=measure.within_room, measure=restrictions.Measure(measure.measure), territories=measure.territories,
        since=decision.applied_at, until=measure.until, decision=decision.id,
        ground=restrictions.Ground(decision.ground), reason_code=decision.category,
        told=_told(tx, decision, measure),
    )  # fmt: skip


def _told(tx: Transaction, decision: Decision, measure: Measure) -> dict[str, str]:
    """What readers are told beside it. The link by which one complains is for whom it restricts: of an account that is
    its owner, of everything else anybody may be the reader."""
    base = tx.of(Settings).base_url
    contest = f"{base}{TERMS}"
    if measure.kind == restrictions.Kind.ACCOUNT.value:
        contest = link_to(tx.of(Identity), base, About.DECISION, decision.id)
    law = decision.ground_reference if decision.ground == Ground.LAW else ""
    return {"reference": decision.id, "contest": contest, **({"law": law} if law else {})}
