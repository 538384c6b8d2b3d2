"""Protecting a room from a raid: it takes in nobody for a while, or lets each person speak now and then only. R139.

Acts in the register, and each can be undone. A rule may pause a room, too, and says which.
"""

from chappe import audit
from chappe.errors import Errcode
from chappe.ids import is_room_id
from chappe.operators import StaffRefused, require
from chappe.rules import store
from chappe.rules.current import Current
from chappe.rules.staff import STAFF
from chappe.rules.store import Protection
from chappe.stream import Device, Effect, Transaction

PAUSE, SLOW = "pause", "slow"
MAX_MINUTES = 7 * 24 * 60
MAX_SECONDS = 3_600
PAUSED_BY_RULE_MS = 15 * 60_000
"""How long a rule pauses a room: a person can go on with it."""


async def protect_room(
    tx: Transaction, device: Device, room_id: str, kind: str, minutes: int, seconds: int, why: str
) -> None:
    """Protect a room for some minutes: `pause` it, or make it `slow` by some seconds."""
    await require(tx, tx.now, device.user_id, *STAFF)
    is_right = kind in (PAUSE, SLOW) and 0 < minutes <= MAX_MINUTES and (kind == PAUSE or 0 < seconds <= MAX_SECONDS)
    if not is_right or not is_room_id(room_id) or not why.strip() or len(why) > 500:
        text = f"Name a room, 1 to {MAX_MINUTES} minutes, why, and for slow mode 1 to {MAX_SECONDS} seconds."
        raise StaffRefused("refused_protection", text, Errcode.INVALID_PARAM)
    new = Protection(room_id, kind, seconds, tx.now + minutes * 60_000, device.user_id, why.strip(), tx.now)
    _protect(tx, new, device.user_id)


async def unprotect_room(tx: Transaction, device: Device, room_id: str, kind: str) -> None:
    """Undo that."""
    await require(tx, tx.now, device.user_id, *STAFF)
    store.unprotect(tx, room_id, kind)
    audit.record(tx, device.user_id, "room.unprotected", room_id, before=kind)
    tx.after_commit(lambda: forget(tx, room_id, kind))


async def pause_by_rule(
    tx: Transaction, device: Device | None, room_id: str, rule: str, version: int, why: str
) -> None:
    """The effect of a rule that pauses a room. One that a person has set for longer stays."""
    held = tx.of(Current).protection(room_id, PAUSE, tx.now)
    until = tx.now + PAUSED_BY_RULE_MS
    if held is None or held.until < until:
        by = f"rule {rule} {version}"
        _protect(tx, Protection(room_id, PAUSE, 0, until, by, why, tx.now), audit.SYSTEM)


def forget(tx: Transaction, room_id: str, kind: str) -> None:
    """It is over, at once."""
    tx.of(Current).protections.pop((room_id, kind), None)


def _protect(tx: Transaction, new: Protection, actor: str) -> None:
    store.protect(tx, new)
    after = {"kind": new.kind, "until": new.until, "seconds": new.seconds, "by": new.by_whom}
    audit.record(tx, actor, "room.protected", new.room_id, after=after, reason=new.why)
    tx.after_commit(lambda: tx.of(Current).protections.__setitem__((new.room_id, new.kind), new))


EFFECTS: dict[str, Effect] = {"rules.pause": pause_by_rule}
