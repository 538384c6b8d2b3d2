"""Letting someone in who waits, or not."""

from chappe import audit, holds
from chappe.accounts import register_store
from chappe.accounts.restrict import no_account
from chappe.errors import Errcode, Refused
from chappe.holds import Eraser
from chappe.ids import UserID
from chappe.stream import Device, Transaction

APPLICATION = "accounts.application"
"""An account that waits for approval, as `holds` knows it: erased by user id when it is denied."""


async def approve(tx: Transaction, device: Device | None, user_id: UserID) -> None:
    """Approve an account, so that its owner can log in. Repeating it changes nothing."""
    register_store.approve(tx, user_id, otherwise=no_account())
    audit.record(tx, audit.actor_of(device), "account.approved", user_id)


async def deny(tx: Transaction, device: Device | None, user_id: UserID) -> None:
    """Remove an account that waits; its name is free again. One that was approved has to be deactivated instead."""
    account = await register_store.account(tx, user_id)
    if account is None:
        raise no_account()
    if account.approved:
        raise Refused(Errcode.FORBIDDEN, "This account does not wait for approval. Deactivate it to end it.")
    await holds.erase(tx, APPLICATION, user_id)
    audit.record(tx, audit.actor_of(device), "account.denied", user_id)


async def _erase_application(tx: Transaction, user_id: str) -> None:
    register_store.erase_application(tx, user_id)


ERASERS: dict[str, Eraser] = {APPLICATION: _erase_application}
