"""Granting and revoking roles, and setting languages. Each is recorded; changes of staff come one after the other."""

from chappe import accounts, audit
from chappe.accounts import Turns
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.operators import rules, store
from chappe.operators.require import require
from chappe.operators.roles import Role
from chappe.operators.rules import StaffRefused
from chappe.stream import Device, Transaction

TURN = "operators"
"""Whatever changes staff builds on who is on staff."""

RUNS_THE_SERVER = (Role.OWNER, Role.ADMINISTRATOR)
"""Whom the admin API of accounts calls operators."""


async def grant(tx: Transaction, device: Device | None, user_id: UserID, role_name: str, reason: str) -> None:
    """Give somebody a role. `device` is None for whoever owns the machine."""
    actor, role, reason = await _actor(tx, device, user_id, role_name), Role(role_name), rules.require_reason(reason)
    if not await accounts.is_in_good_standing(tx, tx.now, user_id):
        raise StaffRefused("refused_no_account", "There is no such account here that could be used.", Errcode.NOT_FOUND)
    held = await store.held_by(tx, tx.now, user_id)
    lasting = frozenset(one.role for one in held if one.expires_at is None)
    if role in lasting:
        raise StaffRefused("refused_has_role", "They have this role already.", Errcode.INVALID_PARAM)
    rules.require_compatible(lasting, role)
    store.put_role(tx, user_id, role, actor, None)
    if role in RUNS_THE_SERVER:
        accounts.set_operator(tx, user_id, is_operator=True)
    _record(tx, actor, "operator.granted", user_id, lasting, lasting | {role}, reason)


async def revoke(tx: Transaction, device: Device | None, user_id: UserID, role_name: str, reason: str) -> None:
    """Take a role from somebody. The last owner stays one, whoever asks."""
    actor, role, reason = await _actor(tx, device, user_id, role_name), Role(role_name), rules.require_reason(reason)
    held = frozenset(one.role for one in await store.held_by(tx, tx.now, user_id))
    lacks = StaffRefused("refused_has_not", "They do not have this role.", Errcode.NOT_FOUND)
    if role not in held:
        raise lacks
    if role is Role.OWNER:
        store.require_another_owner(tx, user_id, otherwise=last_owner())
    store.remove_role(tx, user_id, role, otherwise=lacks)
    left = held - {role}
    if role in RUNS_THE_SERVER:
        accounts.set_operator(tx, user_id, is_operator=not left.isdisjoint(RUNS_THE_SERVER))
    if not left:
        store.end_sessions_of(tx, user_id)
    _record(tx, actor, "operator.revoked", user_id, held, left, reason)


async def set_languages(tx: Transaction, device: Device, user_id: UserID, languages: list[str]) -> None:
    """Say in which languages somebody works: they themselves, or who grants roles."""
    await tx.of(Turns).take(tx, TURN)
    if device.user_id == user_id:
        await require(tx, tx.now, user_id)
    else:
        await require(tx, tx.now, device.user_id, *RUNS_THE_SERVER)
        await require(tx, tx.now, user_id)
    before = await store.languages(tx, user_id)
    chosen = rules.parse_languages(" ".join(languages))
    store.set_languages(tx, user_id, chosen)
    audit.record(tx, device.user_id, "operator.languages", user_id, before=list(before), after=chosen)


def last_owner() -> Refused:
    """The refusal to leave a server without an owner."""
    return StaffRefused("refused_last_owner", "The last owner cannot go. Make somebody else an owner first.")


async def _actor(tx: Transaction, device: Device | None, user_id: str, role_name: str) -> str:
    """Who does it, if they may. What is read from here on is not changed by others before the commit."""
    await tx.of(Turns).take(tx, TURN)
    role = rules.parse_role(role_name)
    if device is None:
        return audit.MACHINE
    rules.require_may_grant(await require(tx, tx.now, device.user_id, *RUNS_THE_SERVER), role, user_id)
    store.require_holds(
        tx, device.user_id, [each.value for each in RUNS_THE_SERVER],
        otherwise=StaffRefused("refused_not_staff", "Only staff of this server may do this."),
    )  # fmt: skip
    return device.user_id


def _record(
    tx: Transaction, actor: str, act: str, user_id: str, before: frozenset[Role], after: frozenset[Role], reason: str
) -> None:
    audit.record(
        tx, actor, act, user_id,
        before=sorted(role.value for role in before), after=sorted(role.value for role in after), reason=reason,
    )  # fmt: skip
