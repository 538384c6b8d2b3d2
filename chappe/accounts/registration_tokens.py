"""Registration tokens: what operators hand to people whom they want here."""

from chappe import audit
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
    _record(tx, device, "made", token, {"uses_allowed": uses_allowed, "expires_at": expires_at})


async def change_token(
    tx: Transaction, device: Device, token: str, uses_allowed: int | None, expires_at: int | None
) -> None:
    """Give a registration token other bounds."""
    register_store.change_registration_token(tx, token, uses_allowed, expires_at, otherwise=_unknown())
    _record(tx, device, "changed", token, {"uses_allowed": uses_allowed, "expires_at": expires_at})


async def remove_token(tx: Transaction, device: Device, token: str) -> None:
    """Remove a registration token; the accounts made with it stay."""
    register_store.erase_registration_token(tx, token, otherwise=_unknown())
    _record(tx, device, "removed", token, None)


def _record(tx: Transaction, device: Device, done: str, token: str, after: object) -> None:
    """Its beginning only: whoever reads the log is not to be able to register with it."""
    audit.record(tx, device.user_id, f"registration_token.{done}", f"{token[: len(token) // 4]}…", after=after)
