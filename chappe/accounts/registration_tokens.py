"""Registration tokens: what operators hand to people whom they want here."""

from chappe.accounts import register_store
from chappe.errors import Errcode, Refused
from chappe.stream import Device, Transaction


def _unknown() -> Refused:
    return Refused(Errcode.NOT_FOUND, "There is no such registration token.")


async def make_token(
    tx: Transaction, device: Device, token: str, uses_allowed: int | None, expires_at: int | None
) -> None:
    """Make a registration token. None: without bound."""
    taken = Refused(Errcode.INVALID_PARAM, "There is a registration token with this text already.")
    register_store.add_registration_token(tx, token, uses_allowed, expires_at, otherwise=taken)


async def change_token(
    tx: Transaction, device: Device, token: str, uses_allowed: int | None, expires_at: int | None
) -> None:
    """Give a registration token other bounds."""
    register_store.change_registration_token(tx, token, uses_allowed, expires_at, otherwise=_unknown())


async def remove_token(tx: Transaction, device: Device, token: str) -> None:
    """Remove a registration token; the accounts made with it stay."""
    register_store.erase_registration_token(tx, token, otherwise=_unknown())
