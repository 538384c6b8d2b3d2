"""Whose name and password these are."""

from chappe.accounts import register_store, rules
from chappe.accounts.login import wrong_password
from chappe.accounts.passwords import Passwords
from chappe.accounts.records import Account
from chappe.accounts.standing import locked, require_not_shut_out
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.restrictions import Restrictions


async def account_by_password(
    source: Fetches, restrictions: Restrictions, passwords: Passwords, user_id: UserID | None, password: str
) -> Account:
    """The account of a name and its password, which takes as long when there is none. `user_id` None: nobody's name.

    Refuses a wrong name or password alike, and accounts that have ended, are locked, or wait for approval.
    """
    account = None if user_id is None else await register_store.account(source, user_id)
    stored = account.password_hash if account is not None else None
    too_long = len(password) > rules.MAX_PASSWORD_BYTES
    matches = not too_long and await passwords.matches(stored, password)
    if account is None:
        raise wrong_password()
    if account.deactivated_at is not None:
        # Its password is gone, so nobody can prove to be its owner; that it ended is no secret.
        raise Refused(Errcode.USER_DEACTIVATED, "This account was deactivated.")
    if not matches:
        raise wrong_password()
    await require_not_shut_out(restrictions, account.user_id)
    if account.locked_at is not None:
        raise locked()
    if not account.approved:
        raise Refused(Errcode.FORBIDDEN, "This account waits for the approval of an operator. Try again later.")
    return account
