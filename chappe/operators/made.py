"""Staff that come and go with accounts: the owner link, the shared secret, `chappe user`, an account that ends."""

from chappe import audit
from chappe.accounts import Turns
from chappe.ids import UserID
from chappe.operators import store
from chappe.operators.grant import TURN, last_owner
from chappe.operators.roles import Role
from chappe.stream import Device, Transaction


async def on_operator_made(tx: Transaction, user_id: UserID, how: str) -> None:
    """An account was made for somebody who runs the server: the first is the owner, the others are administrators."""
    await tx.of(Turns).take(tx, TURN)
    role = Role.ADMINISTRATOR if await store.any_owner(tx) else Role.OWNER
    store.put_role(tx, user_id, role, audit.SYSTEM, None)
    audit.record(tx, audit.SYSTEM, "operator.made", user_id, after=[role.value], how=how)


async def on_account_ending(tx: Transaction, device: Device | None, user_id: UserID) -> None:
    """An account ends. The last owner's does not, unless whoever owns the machine ends it."""
    if not await store.was_on_staff(tx, user_id):
        return
    await tx.of(Turns).take(tx, TURN)
    held = await store.held_by(tx, tx.now, user_id)
    if device is not None and any(one.role is Role.OWNER for one in held):
        store.require_another_owner(tx, user_id, otherwise=last_owner())
    store.remove_all_of(tx, user_id)
    actor = audit.MACHINE if device is None else device.user_id
    before = sorted(one.role.value for one in held)
    audit.record(tx, actor, "operator.ended", user_id, before=before, after=[])
