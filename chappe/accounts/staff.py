"""What accounts owe to those who run the server: hooks for the slice of staff, and what that asks about accounts."""

from collections.abc import Awaitable, Callable

from chappe.accounts import register_store, store
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.restrictions import are_any_on_account
from chappe.stream import Device, Transaction

OnOperatorMade = Callable[[Transaction, UserID, str], Awaitable[None]]
"""`on_operator_made(tx, user_id, how)`, called in the register when an operator's account is queued to be made."""

OnAccountEnding = Callable[[Transaction, Device | None, UserID], Awaitable[None]]
"""`on_account_ending(tx, device, user_id)`, called in the register; it may refuse. `device`: whose wish it is, or None
for whoever owns the machine."""


class OperatorMade(list[OnOperatorMade]):
    """What higher slices do when somebody is made an operator with their account."""


class AccountEnding(list[OnAccountEnding]):
    """Who has a say, or something to do, before an account ends."""


def set_operator(tx: Transaction, user_id: UserID, *, is_operator: bool) -> None:
    """Say whether an account may use the admin API. In the register."""
    register_store.set_operator(tx, user_id, is_operator)


async def is_in_good_standing(source: Fetches, now: int, user_id: UserID) -> bool:
    """Whether an account can be used for everything: a member's, let in, neither locked, suspended nor ended,
    nor restricted by a decision."""
    found = await register_store.account(source, user_id)
    if found is None or found.is_guest or not found.approved:
        return False
    if found.deactivated_at is not None or found.locked_at is not None or found.suspended_at is not None:
        return False
    return not await are_any_on_account(source, user_id, now)


async def share_a_device(source: Fetches, one: UserID, other: UserID) -> bool:
    """Whether two accounts are logged in on devices of one ID, which a client keeps for all accounts on it."""
    return await store.share_a_device(source, one, other)


def require_unchanged(tx: Transaction, user_id: UserID, password_hash: str | None) -> None:
    """Hold only if, at the flush, the account can be used and still has the password that was compared."""
    wrong = Refused(Errcode.FORBIDDEN, "The user name or the password is wrong.")
    register_store.require_unchanged(tx, user_id, password_hash, otherwise=wrong)
