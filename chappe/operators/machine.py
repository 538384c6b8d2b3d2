"""What whoever owns the machine does about staff, with `chappe operator`."""

import msgspec

from chappe.accounts import user_id_at_login
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode
from chappe.ids import UserID
from chappe.operators import rules, store
from chappe.operators.grant import grant, revoke
from chappe.operators.rules import StaffRefused
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command

REASON = "On the command line, by whoever owns the machine."


class ListStaff(msgspec.Struct, frozen=True, tag="list_staff"):
    """Everybody on staff."""


class Grant(msgspec.Struct, frozen=True, tag="grant"):
    """Give a role to an account that exists."""

    name: str
    role: str
    reason: str = REASON


class Revoke(msgspec.Struct, frozen=True, tag="revoke"):
    """Take a role away."""

    name: str
    role: str
    reason: str = REASON


class OnStaff(msgspec.Struct, frozen=True):
    """Somebody in the list."""

    user_id: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]


class Staff(msgspec.Struct, frozen=True):
    """The answer to each wish: everybody it was about, as they are now."""

    people: tuple[OnStaff, ...] = ()


class StaffMachine:
    """These wishes, fulfilled in this process."""

    wishes: tuple[type[msgspec.Struct], ...] = (ListStaff, Grant, Revoke)

    def __init__(self, bus: Bus, database: Database, settings: Settings, clock: Clock) -> None:
        self._bus = bus
        self._database = database
        self._settings = settings
        self._clock = clock

    async def fulfil(self, wish: ListStaff | Grant | Revoke) -> Staff:
        """Do what is wished. Refuses with a sentence for the command line."""
        if isinstance(wish, ListStaff):
            held = await store.everybody(self._database, self._clock.now_ms())
            return Staff(tuple([await self._one(user_id) for user_id in dict.fromkeys(one.user_id for one in held)]))
        user_id = user_id_at_login(wish.name, self._settings.server_name)
        if user_id is None:
            raise StaffRefused("refused_no_account", "There is nobody of this name on this server.", Errcode.NOT_FOUND)
        act = grant if isinstance(wish, Grant) else revoke
        role = rules.parse_role(wish.role).value
        await self._bus.call(REGISTER, Command(act, None, (user_id, role, wish.reason)))
        return Staff((await self._one(user_id),))

    async def _one(self, user_id: UserID) -> OnStaff:
        found = await store.operator(self._database, self._clock.now_ms(), user_id)
        return OnStaff(user_id, tuple(sorted(role.value for role in found.roles)), found.languages)
