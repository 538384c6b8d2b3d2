"""What reviewers are shown, counted for their own sake: limits, breaks, categories that they need not see. R137.

Each look at a case is in the audit log before anything is shown (R140), and in the same commit it is counted here.
"""

import msgspec

from chappe import audit
from chappe.config import Settings
from chappe.moderation import work_store
from chappe.moderation.categories import filed_categories
from chappe.moderation.claim import reviewer_of
from chappe.moderation.records import Case
from chappe.moderation.rules import DESK
from chappe.moderation.work_store import Exposure
from chappe.operators import require
from chappe.stream import Device, Transaction

DAY_MS = 86_400_000
MINUTE_MS = 60_000
LONGEST_LOOK_MS = 5 * MINUTE_MS
"""What lies further apart was no looking."""
BREAK_MS = 10 * MINUTE_MS
"""A pause of that length is a break."""
STRETCH_MS = 50 * MINUTE_MS
"""After so long without a break, one is due."""


class Wellbeing(msgspec.Struct, frozen=True):
    """What somebody was shown today, and whether that is enough."""

    today: Exposure
    limit_minutes: int
    needs_break: bool
    is_over: bool

    @property
    def minutes(self) -> int:
        """How long they looked today."""
        return self.today.ms // MINUTE_MS


def wellbeing(today: Exposure, limit_minutes: int, now: int) -> Wellbeing:
    """Whether somebody should pause, or stop for the day."""
    goes_on = now - today.last_at <= BREAK_MS
    needs_break = goes_on and today.since > 0 and today.last_at - today.since >= STRETCH_MS
    return Wellbeing(today, limit_minutes, needs_break, today.ms >= limit_minutes * MINUTE_MS)


async def show_case(tx: Transaction, device: Device, number: int) -> None:
    """An act: somebody looks at a case. Refuses whoever may not."""
    operator, case = await reviewer_of(tx, device.user_id, number)
    count(tx, operator.user_id, case, 1, 0, {"item": case.item})


async def show_media(tx: Transaction, device: Device, number: int, address: str) -> bool:
    """An act: somebody looks at a picture of a case. Returns False, and shows nothing, once the day's limit is
    reached."""
    operator, case = await reviewer_of(tx, device.user_id, number)
    today = await work_store.exposure(tx, operator.user_id, tx.now // DAY_MS)
    if wellbeing(today, tx.of(Settings).reviewer_minutes, tx.now).is_over:
        return False
    count(tx, operator.user_id, case, 0, 1, {"media": address})
    return True


def count(tx: Transaction, user_id: str, case: Case, items: int, media: int, shown: dict[str, object]) -> None:
    """Record and count that somebody is shown something of a case."""
    audit.record(tx, user_id, "case.shown", f"case {case.number}", shown=shown)
    work_store.add_exposure(tx, user_id, tx.now // DAY_MS, items, media, LONGEST_LOOK_MS, BREAK_MS)


async def avoid(tx: Transaction, device: Device, categories: list[str]) -> None:
    """An act: say of which categories one wants to be given no case. One may still open them."""
    operator = await require(tx, tx.now, device.user_id, *DESK)
    known = filed_categories()
    work_store.set_avoided(tx, operator.user_id, sorted({one for one in categories if one in known}))
