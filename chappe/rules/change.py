"""Writing, switching on and retiring rules. Acts in the register.

A new version begins in shadow, where it only says what it would do; two people make it act (`propose.py`), and one can
end it.
"""

import re

import msgspec

from chappe import audit
from chappe.errors import Errcode
from chappe.operators import StaffRefused, require
from chappe.rules import store
from chappe.rules.current import Current
from chappe.rules.expression import Expression, WrongExpression
from chappe.rules.facts import Happening
from chappe.rules.rule import ACTIONS, Action, Rule, Stage
from chappe.rules.staff import STAFF
from chappe.rules.topics import Topics
from chappe.stream import Device, Transaction

MAX_ON = 200
"""Rules that look at what happens at the same time."""
MAX_DAYS = 366
"""How long a rule holds at most: then somebody looks at it again."""
MAX_TEXT_CHARS = 500
DAY_MS = 86_400_000

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Written(msgspec.Struct, frozen=True):
    """A rule as somebody writes it."""

    name: str
    happening: str
    expression: str
    action: str
    topic: str
    why: str
    owner: str
    days: int


class ExpressionRefused(StaffRefused):
    """A refusal that says what is wrong with an expression."""

    def __init__(self, wrong: WrongExpression) -> None:
        super().__init__("refused_expression", f"This is no rule: {wrong}", Errcode.INVALID_PARAM, wrong=str(wrong))


async def write_rule(tx: Transaction, device: Device, written: Written) -> None:
    """Add a rule's next version, in shadow."""
    await require(tx, tx.now, device.user_id, *STAFF)
    rule = sound(written, tx.of(Topics), device.user_id, tx.now)
    many = StaffRefused("refused_many_rules", f"At most {MAX_ON} rules are on at once.", Errcode.LIMIT_EXCEEDED)
    store.add(tx, rule, MAX_ON, otherwise=many)
    audit.record(tx, device.user_id, "rule.written", f"rule {rule.name}", after=msgspec.to_builtins(written))
    tx.after_commit(tx.of(Current).wake)


async def go_live(tx: Transaction, device: Device | None, name: str, version: int, by: str, proposal: str) -> None:
    """Make a version act, which two people have agreed to."""
    store.go_live(tx, name, version, otherwise=no_such_rule())
    audit.record(tx, by, "rule.live", f"rule {name} {version}", proposal=proposal)
    tx.after_commit(tx.of(Current).wake)


async def retire_rule(tx: Transaction, device: Device, name: str, version: int, reason: str) -> None:
    """End a version. One person is enough to stop what is automatic."""
    await require(tx, tx.now, device.user_id, *STAFF)
    store.retire(tx, name, version, otherwise=no_such_rule())
    audit.record(tx, device.user_id, "rule.retired", f"rule {name} {version}", reason=reason)
    tx.after_commit(tx.of(Current).wake)


def sound(written: Written, topics: Topics, by: str, now: int) -> Rule:
    """The rule that is written. Refuses INVALID_PARAM what is none."""
    if _NAME.fullmatch(written.name) is None:
        raise _wrong("refused_rule_name", "A rule's name has small letters, digits and -, at most 64.")
    try:
        happening, action = Happening(written.happening), Action(written.action)
    except ValueError:
        raise _wrong("refused_rule_action", "This cannot be done about that.") from None
    if action not in ACTIONS[happening]:
        raise _wrong("refused_rule_action", "This cannot be done about that.")
    if written.topic not in topics:
        raise _wrong("refused_rule_topic", f"A rule is about one of {', '.join(topics)}.")
    if any(not text.strip() or len(text) > MAX_TEXT_CHARS or "\0" in text for text in (written.why, written.owner)):
        raise _wrong("refused_rule_why", "Say why, as people are told, and who answers for the rule.")
    if not 0 < written.days <= MAX_DAYS:
        raise _wrong("refused_rule_days", f"A rule holds for 1 to {MAX_DAYS} days.")
    try:
        Expression(written.expression)
    except WrongExpression as wrong:
        raise ExpressionRefused(wrong) from None
    expires_at = now + written.days * DAY_MS
    return Rule(
        written.name, 0, happening, written.expression, action, written.topic, written.why.strip(),
        written.owner.strip(), Stage.SHADOW, by, now, expires_at,
    )  # fmt: skip


def no_such_rule() -> StaffRefused:
    """The refusal for a rule that is not there, or not in the stage for that."""
    return StaffRefused("refused_rule", "There is no such rule that this could be done with.", Errcode.NOT_FOUND)


def _wrong(word: str, reason: str) -> StaffRefused:
    return StaffRefused(word, reason, Errcode.INVALID_PARAM)
