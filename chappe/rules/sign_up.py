"""Before an account is made: rules about registrations may put it off, or ask for some work first. R139."""

from chappe.clock import Clock
from chappe.http import Request
from chappe.rules.current import Current
from chappe.rules.facts import Facts, Happening
from chappe.rules.gate import Counting, held
from chappe.rules.hits import Hits, hit_of
from chappe.rules.rule import Action, Stage

_ALL = "all"


async def guard_sign_up(request: Request, username: str, is_new: bool) -> bool:
    """A guard: whether this registration takes work. Refuses what a live rule holds up."""
    current, now = request.of(Current), request.of(Clock).now_ms()
    if not current.engine.looks_at(Happening.REGISTRATION):
        return False
    counting = request.of(Counting)
    if is_new:
        counting.registrations.add(_ALL, now)
    facts: Facts = {"name": username[:256], "registrations_last_minute": counting.registrations.count(_ALL, now)}
    takes_work = False
    for rule in current.engine.holding(Happening.REGISTRATION, facts, now):
        if is_new:
            request.of(Hits).note(hit_of(rule, facts, "", "", ""))
        if rule.stage is not Stage.LIVE:
            continue
        if rule.action is Action.HOLD:
            raise held(rule)
        takes_work = takes_work or rule.action is Action.PROVE
    return takes_work
