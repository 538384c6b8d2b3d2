"""What whoever owns the machine does about accounts, with `chappe user`: the wishes, and how each is fulfilled.

The same whether a running server is asked (`machine_socket.py`) or the command opens the data itself. Whoever may
read the data folder may do all of this, to operators too.
"""

import msgspec

from chappe.accounts import register_store, rules
from chappe.accounts.deactivate import deactivate_other
from chappe.accounts.password_link import password_link
from chappe.accounts.records import Account, NewAccount
from chappe.accounts.register import register
from chappe.accounts.restrict import Restriction, no_account, restrict
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command

MAX_LISTED = 1_000


class Create(msgspec.Struct, frozen=True, tag="create"):
    """Make an account, an operator's if `operator`; its owner chooses the password by the link in the answer."""

    name: str
    operator: bool = False


class ListAccounts(msgspec.Struct, frozen=True, tag="list"):
    """The accounts behind the user id `after`, or only those that wait for approval."""

    after: str = ""
    waiting: bool = False


class Reset(msgspec.Struct, frozen=True, tag="reset"):
    """Make a link with which the account's owner chooses a new password; every session is told."""

    name: str


class Lock(msgspec.Struct, frozen=True, tag="lock"):
    """Lock an account, or unlock it."""

    name: str
    locked: bool = True


class Deactivate(msgspec.Struct, frozen=True, tag="deactivate"):
    """End an account for good."""

    name: str
    erase: bool = False


Wish = Create | ListAccounts | Reset | Lock | Deactivate


class Listed(msgspec.Struct, frozen=True):
    """An account in a list. `created_at` is in milliseconds."""

    user_id: UserID
    created_at: int
    states: tuple[str, ...]


class Fulfilled(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a wish: whose account, the link to pass on, or the list."""

    user_id: str = ""
    link: str = ""
    accounts: tuple[Listed, ...] = ()


class Machine:
    """The wishes of whoever owns the machine, fulfilled in this process."""

    wishes = (Create, ListAccounts, Reset, Lock, Deactivate)

    def __init__(self, bus: Bus, database: Database, settings: Settings) -> None:
        self._bus = bus
        self._database = database
        self._settings = settings

    async def fulfil(self, wish: Wish) -> Fulfilled:
        """Do what is wished. Refuses with a sentence for the command line."""
        if isinstance(wish, ListAccounts):
            return await self._list(wish)
        user_id = await self._user_id(wish)
        if isinstance(wish, Create):
            new = NewAccount(user_id, None, is_operator=wish.operator)
            await self._bus.call(REGISTER, Command(register, None, (new, None, None)))
        elif isinstance(wish, Lock):
            arguments = (user_id, Restriction.LOCKED.value, wish.locked)
            await self._bus.call(REGISTER, Command(restrict, None, arguments))
        elif isinstance(wish, Deactivate):
            await self._bus.call(REGISTER, Command(deactivate_other, None, (user_id, wish.erase)))
        if isinstance(wish, Create | Reset):
            return Fulfilled(user_id, await password_link(self._bus, self._settings, user_id))
        return Fulfilled(user_id)

    async def _user_id(self, wish: Create | Reset | Lock | Deactivate) -> UserID:
        server = self._settings.server_name
        if isinstance(wish, Create):
            return rules.user_id_from_name(wish.name.removeprefix("@").removesuffix(f":{server}"), server)
        user_id = rules.user_id_at_login(wish.name, server)
        account = None if user_id is None else await register_store.account(self._database, user_id)
        if account is None:
            raise no_account()
        if isinstance(wish, Reset) and account.is_guest:
            raise Refused(Errcode.FORBIDDEN, "Guests have no password.")
        return account.user_id

    async def _list(self, wish: ListAccounts) -> Fulfilled:
        if wish.waiting:
            found = await register_store.waiting_accounts(self._database, MAX_LISTED)
        else:
            found = await register_store.accounts_after(self._database, wish.after, MAX_LISTED)
        return Fulfilled(accounts=tuple(Listed(one.user_id, one.created_at, _states(one)) for one in found))


def _states(account: Account) -> tuple[str, ...]:
    """What is to be said of an account beside its name."""
    holds = {
        "operator": account.is_operator,
        "guest": account.is_guest,
        "waiting": not account.approved,
        "locked": account.locked_at is not None,
        "suspended": account.suspended_at is not None,
        "deactivated": account.deactivated_at is not None,
    }
    return tuple(state for state, is_so in holds.items() if is_so)
