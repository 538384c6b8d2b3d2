"""Breaking the glass: two people give somebody a role for some hours, and every owner is told. R141."""

from typing import Final

from chappe import accounts, audit
from chappe.accounts import Turns
from chappe.errors import Errcode
from chappe.ids import UserID
from chappe.operators import rules, store
from chappe.operators.grant import TURN
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.operators.store import Proposal
from chappe.operators.two_person import Kind, Payload
from chappe.stream import Transaction

NAME: Final = "break_glass"
LIFETIME_MS = 4 * 3_600_000
HOUR_MS = 3_600_000


async def _require_right(tx: Transaction, payload: Payload) -> None:
    hours, role, user_id = payload.get("hours"), payload.get("role"), payload.get("user_id")
    if type(hours) is not int or not 1 <= hours <= rules.MAX_BREAK_GLASS_HOURS or len(payload) != 3:
        text = f"A role is given for 1 to {rules.MAX_BREAK_GLASS_HOURS} hours."
        raise StaffRefused("refused_hours", text, Errcode.INVALID_PARAM)
    if not isinstance(role, str) or rules.parse_role(role) not in rules.BREAK_GLASS:
        raise StaffRefused("refused_glass_role", "This role is not given for some hours.")
    held = await store.held_by(tx, tx.now, str(user_id))
    if not held:
        raise StaffRefused("refused_not_staff", "Only staff of this server may do this.")
    if any(one.role.value == role for one in held):
        raise StaffRefused("refused_has_role", "They have this role already.", Errcode.INVALID_PARAM)


async def _carry_out(tx: Transaction, proposal: Proposal, payload: Payload) -> None:
    await tx.of(Turns).take(tx, TURN)
    await _require_right(tx, payload)
    user_id, until = UserID(payload["user_id"]), tx.now + payload["hours"] * HOUR_MS
    store.put_role(tx, user_id, Role(payload["role"]), f"proposal {proposal.id}", until)
    audit.record(
        tx, proposal.proposed_by, "break_glass.opened", user_id,
        after={"role": payload["role"], "until": until}, reason=proposal.reason, proposal=proposal.id,
    )  # fmt: skip
    values = {"who": user_id, "role": payload["role"], "hours": str(payload["hours"]), "reason": proposal.reason}
    for one in await store.everybody(tx, tx.now):
        if one.role is Role.OWNER:
            store.add_notice(tx, one.user_id, proposal.id)
            await accounts.tell_by_mail(tx, one.user_id, "break_glass", values)


def _concerned(payload: Payload) -> frozenset[str]:
    return frozenset({str(payload["user_id"])})


KIND = Kind(
    NAME,
    may_propose=frozenset(Role) - {Role.AUDITOR},
    may_approve=frozenset({Role.OWNER, Role.ADMINISTRATOR, Role.SENIOR_MODERATOR, Role.LEGAL_APPROVER}),
    lifetime_ms=LIFETIME_MS,
    require_right=_require_right,
    carry_out=_carry_out,
    concerned=_concerned,
)
