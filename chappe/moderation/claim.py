"""Working on a case: taking it, giving it back, handing it over, putting it into another queue. R135."""

from chappe import audit
from chappe.errors import Errcode
from chappe.moderation import store, work_store
from chappe.moderation.records import Case
from chappe.moderation.rules import REVIEWS, require_may_review
from chappe.moderation.words import Stream
from chappe.operators import Operator, StaffRefused, require
from chappe.operators.rules import require_reason
from chappe.stream import Device, Transaction

_PRIORITY = {
    Stream.THREAT: 0,
    Stream.CHILD_SAFETY: 100,
    Stream.NOTICES: 250,
    Stream.REPORTS: 350,
    Stream.AUTOMATIC: 350,
}


async def reviewer_of(tx: Transaction, user_id: str, number: int) -> tuple[Operator, Case]:
    """The one place that says who may act on a case: somebody with a role for its queue, whom it is not about.

    Refuses FORBIDDEN others, and NOT_FOUND where there is no such case.
    """
    case = await store.case(tx, number)
    if case is None:
        raise no_case()
    operator = await require(tx, tx.now, user_id, *REVIEWS[case.stream])
    filed = [operator.user_id] if await store.has_filed(tx, number, operator.user_id) else []
    require_may_review(operator, case, filed)
    return operator, case


async def claim(tx: Transaction, device: Device, number: int) -> None:
    """An act: work on a case for a quarter of an hour, which each step of it renews."""
    operator, _ = await reviewer_of(tx, device.user_id, number)
    store.claim(tx, number, operator.user_id, otherwise=taken())
    store.note(tx, number, operator.user_id, "claimed")


async def release(tx: Transaction, device: Device, number: int, reason: str) -> None:
    """An act: give a case back, and say why it was not decided."""
    operator, _ = await reviewer_of(tx, device.user_id, number)
    store.release(tx, number, operator.user_id, otherwise=taken())
    store.note(tx, number, operator.user_id, "released", {"reason": require_reason(reason)})


async def hand_over(tx: Transaction, device: Device, number: int, to: str, reason: str) -> None:
    """An act: give a case to somebody else, who may decide it, too."""
    operator, _ = await reviewer_of(tx, device.user_id, number)
    await reviewer_of(tx, to, number)
    store.hand_over(tx, number, operator.user_id, to, otherwise=taken())
    store.note(tx, number, operator.user_id, "handed_over", {"to": to, "reason": require_reason(reason)})


async def move(tx: Transaction, device: Device, number: int, stream: str, reason: str) -> None:
    """An act: put a case into another queue. Out of a queue with fewer readers it does not come back unasked,
    and a sealed one goes nowhere before two people have opened it to who moves it."""
    operator, case = await reviewer_of(tx, device.user_id, number)
    try:
        wanted = Stream(stream)
    except ValueError:
        raise StaffRefused("refused_queue", "There is no such queue.", Errcode.INVALID_PARAM) from None
    opened_until = await work_store.opened_until(tx, number, operator.user_id, tx.now)
    if case.stream is Stream.CHILD_SAFETY and opened_until <= tx.now:  # elsewhere it is sealed no more
        raise StaffRefused("refused_sealed", "This case is sealed: two people of child safety open it.")
    reason = require_reason(reason)
    store.move(tx, number, operator.user_id, wanted, _PRIORITY[wanted], otherwise=taken())
    store.note(tx, number, operator.user_id, "moved", {"from": case.stream.value, "to": wanted.value, "reason": reason})
    audit.record(
        tx, operator.user_id, "case.moved", f"case {number}",
        before=case.stream.value, after=wanted.value, reason=reason,
    )  # fmt: skip


async def remark(tx: Transaction, device: Device, number: int, text: str) -> None:
    """An act: write something down for whoever reads the case."""
    operator, _ = await reviewer_of(tx, device.user_id, number)
    store.note(tx, number, operator.user_id, "remark", {"text": require_reason(text)})


def no_case() -> StaffRefused:
    """The refusal where there is no such case."""
    return StaffRefused("refused_no_case", "There is no such case.", Errcode.NOT_FOUND)


def taken() -> StaffRefused:
    """The refusal of what only who holds the case may do."""
    return StaffRefused("refused_claim", "This case is not in your hands: somebody else has it, or it is decided.")
