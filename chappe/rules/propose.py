"""Making a rule act, by two people: the second sees the expression, and what it found while it was in shadow. R138."""

from typing import Final

from chappe.errors import Errcode
from chappe.operators import Kind, Proposal, StaffRefused
from chappe.operators.two_person import Payload
from chappe.rules import store
from chappe.rules.change import go_live, no_such_rule
from chappe.rules.rule import Rule, Stage
from chappe.rules.staff import APPROVERS, STAFF
from chappe.stream import Transaction

GO_LIVE: Final = "rules.live"
LIFETIME_MS = 7 * 86_400_000


def payload_of(rule: Rule) -> Payload:
    """What the second person is shown, and approves."""
    return {
        "name": rule.name, "version": rule.version, "happening": rule.happening.value, "expression": rule.expression,
        "action": rule.action.value, "topic": rule.topic, "why": rule.why, "owner": rule.owner,
        "expires_at": rule.expires_at,
    }  # fmt: skip


async def _require_right(tx: Transaction, payload: Payload) -> None:
    name, version = payload.get("name"), payload.get("version")
    if not isinstance(name, str) or type(version) is not int:
        raise no_such_rule()
    rule = await store.rule(tx, name, version)
    if rule is None or rule.stage is not Stage.SHADOW or not rule.is_on(tx.now):
        raise no_such_rule()
    if payload_of(rule) != payload:
        raise StaffRefused("refused_rule", "The rule is not what the proposal says.", Errcode.INVALID_PARAM)


async def _carry_out(tx: Transaction, proposal: Proposal, payload: Payload) -> None:
    await _require_right(tx, payload)
    await go_live(tx, None, payload["name"], payload["version"], proposal.proposed_by, f"proposal {proposal.id}")


KINDS = (Kind(GO_LIVE, STAFF, APPROVERS, LIFETIME_MS, _require_right, _carry_out),)
