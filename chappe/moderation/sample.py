"""Second reviews: some decisions, drawn by chance or by category, are judged again by somebody who does not see them.

What the two of them agree on is the accuracy that the yearly report tells (R95, Part 8). The table is `review_sample`.
"""

from hashlib import sha256

from chappe.config import Settings
from chappe.errors import Errcode
from chappe.moderation import decisions_store, exposure, store, work_store
from chappe.moderation.categories import MINORS, decided_categories
from chappe.moderation.claim import no_case, reviewer_of
from chappe.moderation.records import Case, Decision
from chappe.moderation.rules import MAX_REASON_CHARS
from chappe.moderation.words import Ground, Outcome
from chappe.operators import Operator, StaffRefused
from chappe.stream import Device, Transaction

ALWAYS = frozenset({MINORS, "STATEMENT_CATEGORY_SELF_HARM", "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"})
"""Categories of which each decision is looked at twice."""
SHARE, CATEGORY = "share", "category"


def draw(tx: Transaction, new: Decision) -> None:
    """Have a new decision judged again, if the policy says so. Reversals are not: they are second looks themselves."""
    if new.outcome not in (Outcome.RESTRICTED, Outcome.NO_ACTION):
        return
    if new.category in ALWAYS:
        work_store.add_sample(tx, new.id, new.case_number, CATEGORY)
    elif is_drawn(new.id, tx.of(Settings).second_review_percent):
        work_store.add_sample(tx, new.id, new.case_number, SHARE)


def is_drawn(decision_id: str, percent: int) -> bool:
    """Whether chance takes a decision. Its id is random and nobody's to choose, so anybody can check the draw."""
    return int.from_bytes(sha256(decision_id.encode()).digest()[:4], "big") * 100 < percent << 32


async def second_reviewer_of(tx: Transaction, user_id: str, decision_id: str) -> tuple[Operator, Case, Decision]:
    """The one place that says who may judge a decision again: who may act on its case, and had no part in it."""
    sample, decision = await work_store.sample(tx, decision_id), await decisions_store.decision(tx, decision_id)
    if sample is None or decision is None:
        raise StaffRefused("refused_no_sample", "This decision waits for no second review.", Errcode.NOT_FOUND)
    if user_id in (decision.by_user, decision.second):
        raise StaffRefused("refused_first_reviewer", "Who made the decision does not judge it again.")
    operator, case = await reviewer_of(tx, user_id, sample.case_number)
    if await store.has_worked_on(tx, case.number, user_id):
        raise StaffRefused("refused_not_blind", "You have worked on this case, and know what was decided.")
    return operator, case, decision


async def show_again(tx: Transaction, device: Device, decision_id: str) -> Case:
    """An act: somebody looks at a case to judge it again. Refuses whoever may not."""
    operator, case, _ = await second_reviewer_of(tx, device.user_id, decision_id)
    exposure.count(tx, operator.user_id, case, 1, 0, {"item": case.item, "again": decision_id})
    return case


async def judge_again(
    tx: Transaction, device: Device, decision_id: str, outcome: str, category: str, remark: str
) -> bool:
    """An act: say what one would have decided. Returns whether that is what was decided.

    Two agree if both would restrict it or leave it, and if both restrict it, as the same category.
    """
    operator, case, decision = await second_reviewer_of(tx, device.user_id, decision_id)
    known = decided_categories(Ground.LAW.value) | decided_categories(Ground.TERMS.value)
    restricts = outcome == Outcome.RESTRICTED.value
    if outcome not in (Outcome.RESTRICTED.value, Outcome.NO_ACTION.value) or (restricts and category not in known):
        raise StaffRefused(
            "refused_judgement", "Say whether you would restrict it, and as what.", Errcode.INVALID_PARAM
        )
    if len(remark) > MAX_REASON_CHARS or "\0" in remark:
        raise StaffRefused("refused_text", "The remark is too long.", Errcode.INVALID_PARAM)
    agrees = outcome == decision.outcome.value and (not restricts or category == decision.category)
    over = StaffRefused("refused_judged", "Somebody else has judged this meanwhile.")
    work_store.judge_sample(
        tx, decision_id, operator.user_id, outcome, category if restricts else "", remark.strip(), agrees=agrees,
        otherwise=over,
    )  # fmt: skip
    told = {"decision": decision_id, "outcome": outcome, "agrees": agrees}
    store.note(tx, case.number, operator.user_id, "reviewed_again", told)
    return agrees


async def waiting_for(source: store.Fetches, operator: Operator, limit: int) -> list[work_store.Sample]:
    """The samples that somebody may judge, the oldest first."""
    found = []
    for sample in await work_store.waiting_samples(source, 4 * limit):
        decision = await decisions_store.decision(source, sample.decision)
        case = await store.case(source, sample.case_number)
        if decision is None or case is None:
            raise no_case()
        is_own = operator.user_id in (decision.by_user, decision.second, case.author, case.item)
        if not is_own and not await store.has_worked_on(source, case.number, operator.user_id):
            found.append(sample)
    return found[:limit]
