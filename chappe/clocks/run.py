"""Starting, pausing, extending and stopping a clock, and answering its alarms. R5 to R9.

All of it are acts of the register, and parts of others' units there: an order starts its clocks in the commit that
makes its case.
"""

import secrets
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from chappe.clocks import store
from chappe.clocks.due import alarm_at, clock_rules, due_at
from chappe.clocks.store import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.stream import Transaction

MAX_REASON_CHARS = 2_000


def start(tx: Transaction, rule: str, subject: str, started_at: int, zone: str, actor: str) -> str:
    """Start a clock with this unit, from when what starts it came, which nothing changes later (R6, R7).

    Returns its id. Refuses INVALID_PARAM an unknown rule or zone.
    """
    if rule not in clock_rules():
        raise Refused(Errcode.INVALID_PARAM, f"There is no clock {rule}.")
    require_zone(zone)
    due = due_at(clock_rules()[rule].duration, started_at, zone, tx.of(Settings).prompt_hours)
    new = Clock(
        secrets.token_urlsafe(9), rule, subject, started_at, zone, due, None, 0, (), None, "", "",
        _next_alarm(rule, started_at, due, 0), 0,
    )  # fmt: skip
    store.add(tx, new, otherwise=Refused(Errcode.UNAVAILABLE, "Please try again."))
    store.note(tx, new.id, "started", actor)
    return new.id


async def pause(tx: Transaction, id: str, actor: str, reason: str) -> None:
    """Have it stand still: the law waits for somebody else. Refuses (INVALID_PARAM) one that does already."""
    clock = await running(tx, id)
    if clock.paused_at is not None:
        raise Refused(Errcode.INVALID_PARAM, "This clock stands still already.")
    store.change(tx, clock, msgspec.structs.replace(clock, paused_at=tx.now, next_alarm_at=None))
    store.note(tx, id, "paused", actor, require_reason(reason))


async def resume(tx: Transaction, id: str, actor: str, reason: str) -> None:
    """Have it go on: it is due later by as long as it stood still."""
    clock = await running(tx, id)
    if clock.paused_at is None:
        raise Refused(Errcode.INVALID_PARAM, "This clock runs already.")
    stood = tx.now - clock.paused_at
    due = clock.due_at + stood if clock.due_at is not None else None
    after = msgspec.structs.replace(
        clock, paused_at=None, paused_ms=clock.paused_ms + stood, due_at=due,
        next_alarm_at=_next_alarm(clock.rule, clock.started_at + clock.paused_ms + stood, due, clock.alarms),
    )  # fmt: skip
    store.change(tx, clock, after)
    store.note(tx, id, "resumed", actor, require_reason(reason))


async def extend(tx: Transaction, id: str, rule: str, actor: str, reason: str) -> None:
    """Make it longer by another clock of the law, which begins where it ends (Annex VI, say). Once for each rule."""
    clock = await running(tx, id)
    if rule not in clock_rules() or rule in clock.extended or clock.due_at is None:
        raise Refused(Errcode.INVALID_PARAM, "This clock cannot be made longer so, or was already.")
    due = due_at(clock_rules()[rule].duration, clock.due_at - 1, clock.zone, tx.of(Settings).prompt_hours)
    next_alarm = _next_alarm(clock.rule, clock.started_at, due, clock.alarms)
    after = msgspec.structs.replace(clock, due_at=due, extended=(*clock.extended, rule), next_alarm_at=next_alarm)
    store.change(tx, clock, after)
    store.note(tx, id, "extended", actor, f"{rule}: {require_reason(reason)}")


async def stop(tx: Transaction, id: str, by: str, actor: str) -> None:
    """Stop it: what it was for is done. `by` says what that was."""
    clock = await running(tx, id)
    after = msgspec.structs.replace(
        clock, stopped_at=tx.now, stopped_by=by, next_alarm_at=None, paused_at=None,
        paused_ms=clock.paused_ms + (tx.now - clock.paused_at if clock.paused_at is not None else 0),
    )  # fmt: skip
    store.change(tx, clock, after)
    store.note(tx, id, "stopped", actor, by)


async def stop_all(tx: Transaction, subject: str, by: str, actor: str) -> None:
    """Stop every clock of a subject that runs."""
    for clock in await store.clocks_of(tx, subject):
        if clock.stopped_at is None:
            await stop(tx, clock.id, by, actor)


async def acknowledge(tx: Transaction, id: str, actor: str) -> None:
    """Answer its alarms: somebody works on it, and nobody else is woken before the last step of the ladder."""
    clock = await running(tx, id)
    store.change(tx, clock, msgspec.structs.replace(clock, acknowledged_by=actor))
    store.note(tx, id, "acknowledged", actor)


async def running(tx: Transaction, id: str) -> Clock:
    """A clock that was not stopped. Refuses NOT_FOUND any other."""
    clock = await store.clock(tx, id)
    if clock is None or clock.stopped_at is not None:
        raise Refused(Errcode.NOT_FOUND, "There is no such clock that runs.")
    return clock


def require_reason(reason: str) -> str:
    """The reason, without spaces around it. Refuses none, and one that is too long."""
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON_CHARS or "\0" in reason:
        raise Refused(Errcode.INVALID_PARAM, f"Say why, in at most {MAX_REASON_CHARS} characters.")
    return reason


def require_zone(zone: str) -> None:
    """Refuse what is no time zone, such as Europe/Paris."""
    if zone not in available_timezones():
        raise Refused(Errcode.INVALID_PARAM, f"{zone} is no time zone; one is Europe/Paris.")
    ZoneInfo(zone)


def _next_alarm(rule: str, started_at: int, due: int | None, alarms: int) -> int | None:
    if due is None or clock_rules()[rule].kind != "duty":
        return None
    return alarm_at(started_at, due, alarms, is_short=clock_rules()[rule].is_short)
