"""Filing a report or a notice: one case an item, every filing kept. R65 to R72.

The act runs in the register. The item was looked up before, as whoever files it sees it.
"""

import secrets

from chappe.errors import Errcode, Refused
from chappe.moderation import flaggers, misuse, store, tell
from chappe.moderation.categories import CHILD_ABUSE, filed_categories, require_category
from chappe.moderation.deadlines import start_clocks
from chappe.moderation.records import Case, Filed, Item
from chappe.moderation.rules import category_of, priority_of, require_sound_filing, stream_of
from chappe.moderation.words import Stream
from chappe.stream import Device, Transaction

DAY_MS = 86_400_000
MAX_A_DAY = 200
"""Filings of one account a day: more are refused, but for what is about children or a threat to life (R91)."""


async def file(tx: Transaction, device: Device | None, item: Item, filed: Filed, submission: str = "") -> str:
    """File something about an item, once for each account, door and case. Returns the id of the filing.

    `device` is whoever files it, if anybody; `submission` what was sent at once with it. Refuses INVALID_PARAM or
    TOO_LARGE what is not sound, LIMIT_EXCEEDED a flood.
    """
    require_sound_filing(filed)
    if filed.category:
        require_category(filed_categories(), filed.category, (filed.keyword,) if filed.keyword else ())
    elif filed.keyword:
        raise Refused(Errcode.INVALID_PARAM, "keyword goes with a category.")
    await misuse.require_processed(tx, filed)
    category, last = category_of(filed), await store.last_case_of(tx, item.kind, item.id)
    is_muted = last is not None and not filed.is_threat and await _is_judged(tx, last, item, category)
    if filed.by_user:
        goes_to = last.number if last is not None and (last.is_open or is_muted) else 0
        if same := await store.own_filing(tx, filed.by_user, goes_to, filed.door):
            return same
        await _require_few(tx, filed)
    new, flagger = secrets.token_urlsafe(12), await flaggers.expert_for(tx, filed)
    if last is not None and is_muted:
        store.count_muted(tx, last.number)
        store.note(tx, last.number, filed.by_user, "muted", {"filing": new})
    else:
        # What is sealed stays so, whatever else anybody says of it: a threat goes first there.
        is_sealed = last is not None and last.stream is Stream.CHILD_SAFETY
        stream = Stream.CHILD_SAFETY if is_sealed else stream_of(filed)
        store.open_case(tx, item, filed, stream, priority_of(item, filed, flagger), category)
        told = {"filing": new, "door": filed.door.value, "category": category}
        store.note_open(tx, item, filed.by_user, "filed", told)
        await start_clocks(tx, item, filed)
    muted_in = last.number if last is not None and is_muted else None
    store.add_filing(tx, new, submission or new, item, filed, flagger, category, muted_in)
    await tell.receipt(tx, new, item, filed)
    if is_muted:
        tell.wake(tx)
    return new


async def _require_few(tx: Transaction, filed: Filed) -> None:
    if filed.is_threat or filed.keyword in CHILD_ABUSE:
        return
    if await store.filed_since(tx, filed.by_user, tx.now - DAY_MS) >= MAX_A_DAY:
        reason = f"You have filed {MAX_A_DAY} reports within a day. Go on tomorrow; what you filed is looked at."
        raise Refused(Errcode.LIMIT_EXCEEDED, reason, retry_after_ms=DAY_MS)


async def _is_judged(tx: Transaction, last: Case, item: Item, category: str) -> bool:
    """Whether the item has not changed since it was judged for this reason. R72."""
    if last.is_open or last.version != item.version:
        return False
    return category in await store.categories_of(tx, last.number)
