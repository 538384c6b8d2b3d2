"""Letting someone in who waits."""

from chappe.accounts import register_store
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.stream import Device, Transaction


async def approve(tx: Transaction, device: Device, user_id: UserID) -> None:
    """Approve an account, so that its owner can log in. Repeating it changes nothing."""
    unknown = Refused(Errcode.NOT_FOUND, "There is no such account on this server.")
    register_store.approve(tx, user_id, otherwise=unknown)
