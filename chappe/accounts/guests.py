"""Whether an account is a guest's, for slices above."""

from chappe.accounts import register_store
from chappe.accounts.store import Fetches
from chappe.ids import UserID


async def is_guest(source: Fetches, user_id: UserID) -> bool:
    """Whether the account belongs to a guest; false when there is none."""
    account = await register_store.account(source, user_id)
    return account is not None and account.is_guest
