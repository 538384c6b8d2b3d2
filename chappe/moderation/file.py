"""Filing a report or a notice: one case an item, every filing kept. R65 to R72.

The act runs in the register. The item was looked up before, as whoever files it sees it.
"""

import secrets
from hashlib import sha256

import msgspec

from chappe.errors import Errcode, Refused
from chappe.moderation import flaggers, store, tell
from chappe.moderation.categories import CHILD_ABUSE, filed_categories, require_category
from chappe.moderation.records import Case, Filed, Item
from chappe.moderation.rules import category_of, priority_of, require_sound_filing, stream_of
from chappe.stream import Device, Transaction

DAY_MS = 86_400_000
MAX_A_DAY = 200
"""Filings of one account a day: more are refused, but for what is about children or a threat to life (R91)."""


class Receipt(msgspec.Struct, frozen=True):
    """What who files something is told at once. `status_key` is the secret with which its state can be looked up."""

    id: str
    status_key: str = ""


async def file(
    tx: Transaction, device: Device | None, item: Item, filed: Filed, submission: str = "", status_key: str = ""
) -> Receipt:
    """File something about an item, once for each account, item and door. `device` is whoever files it, if anybody.

    Refuses INVALID_PARAM or TOO_LARGE what is not sound, LIMIT_EXCEEDED a flood.
    """
    require_sound_filing(filed)
    if filed.category:
        require_category(filed_categories(), filed.category, (filed.keyword,) if filed.keyword else ())
    elif filed.keyword:
        raise Refused(Errcode.INVALID_PARAM, "keyword goes with a category.")
    if filed.by_user:
        if same := await store.own_filing(tx, filed.by_user, item.kind, item.id, filed.door):
            return Receipt(same.id)
        await _require_few(tx, filed)
    category, flagger = category_of(filed), await flaggers.expert_for(tx, filed)
    new = Receipt(secrets.token_urlsafe(12), status_key)
    judged = None if filed.is_threat else await _judged_before(tx, item, category)
    if judged is None:
        store.open_case(tx, item, filed, stream_of(filed), priority_of(item, filed, flagger), category)
        told: dict[str, object] = {"filing": new.id, "door": filed.door.value, "category": category}
        store.note_open(tx, item, filed.by_user, "filed", told)
    else:
        store.count_muted(tx, judged.number)
        store.note(tx, judged.number, filed.by_user, "muted", {"filing": new.id})
    number = judged.number if judged is not None else None
    sealed = sha256(status_key.encode()).hexdigest() if status_key else ""
    store.add_filing(tx, new.id, submission or new.id, item, filed, flagger, category, sealed, number)
    await tell.receipt(tx, new.id, item, filed, status_key)
    return new


async def _require_few(tx: Transaction, filed: Filed) -> None:
    if filed.is_threat or filed.keyword in CHILD_ABUSE:
        return
    if await store.filed_since(tx, filed.by_user, tx.now - DAY_MS) >= MAX_A_DAY:
        reason = f"You have filed {MAX_A_DAY} reports within a day. Go on tomorrow; what you filed is looked at."
        raise Refused(Errcode.LIMIT_EXCEEDED, reason, retry_after_ms=DAY_MS)


async def _judged_before(tx: Transaction, item: Item, category: str) -> Case | None:
    """The decided case of the item, if it has not changed since and was judged for this reason. R72."""
    last = await store.last_case_of(tx, item.kind, item.id)
    if last is None or last.is_open or last.version != item.version:
        return None
    return last if category in await store.categories_of(tx, last.number) else None
