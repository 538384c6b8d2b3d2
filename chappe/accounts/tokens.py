"""Whose an access token is: the `Authenticator` of the HTTP side, with its memory.

What is remembered is dropped when a unit that ends tokens commits, before anyone is answered.
"""

from collections import OrderedDict

import msgspec

from chappe.accounts import credentials, store
from chappe.accounts.standing import require_permitted, standing_of
from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.http import Route
from chappe.ids import ServerName, UserID, is_server_user
from chappe.restrictions import Restrictions
from chappe.storage import Database
from chappe.stream import Bus, Command, Device, Transaction, Writer, shard_of

MAX_REMEMBERED = 50_000
"""Tokens in memory, about 400 bytes each; the one used least recently goes first."""
SEEN_EVERY_MS = 300_000
"""How exact the time is at which a device was last seen."""


class _Known(msgspec.Struct):
    device: Device
    expires_at: int | None
    seen_at: int
    anew_at: int | None
    """When what restricts the account begins or ends."""


def unknown_token(*, soft_logout: bool) -> Refused:
    """The refusal of a token that is not, or no longer, valid. `soft_logout`: the device may keep its data."""
    reason = "The access token has expired." if soft_logout else "Nobody is logged in with this access token."
    return Refused(Errcode.UNKNOWN_TOKEN, reason, soft_logout=soft_logout)


class Tokens:
    """The access tokens of this server."""

    def __init__(
        self, database: Database, bus: Bus, writer: Writer, clock: Clock, server: ServerName, restrictions: Restrictions
    ) -> None:
        self._database = database
        self._restrictions = restrictions
        self._bus = bus
        self._writer = writer
        self._now = clock.now_ms
        self._server = server
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._of_user: dict[UserID, set[str]] = {}
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._known)

    def cached(self, token: str) -> Device | None:
        """The device of a token that is in memory and has not expired."""
        known = self._known.get(token)
        if known is None:
            return None
        now = self._now()
        if known.expires_at is not None and known.expires_at <= now:
            return None
        if known.anew_at is not None and known.anew_at <= now:
            return None
        if now - known.seen_at >= SEEN_EVERY_MS:
            self._seen(known, now)
        self._known.move_to_end(token)
        return known.device

    async def authenticate(self, token: str) -> Device:
        """The device of a token. Refuses with UNKNOWN_TOKEN; softly if the token has only expired, or its account was
        terminated, which may be reversed."""
        user_id = credentials.owner_of(credentials.Kind.ACCESS, token, self._server)
        if user_id is None or is_server_user(user_id):  # the server itself asks for nothing
            raise unknown_token(soft_logout=False)
        forgotten = self._forgotten
        hashed = credentials.digest(token)
        row = await store.access_token(self._database, user_id, hashed)
        if row is None:
            raise unknown_token(soft_logout=False)
        standing = await standing_of(self._database, self._restrictions, user_id)
        _, is_guest, generation, confirmed, expires_at = row
        now = self._now()
        if expires_at is not None and expires_at <= now:
            raise unknown_token(soft_logout=True)
        device = Device(user_id, store.device_id_of(row), bool(is_guest), standing)
        if not confirmed:
            act = Command(confirm_refresh, device, (hashed.hex(), generation))
            await self._bus.call(shard_of(user_id), act)
            # Read anew: in the group of commits that confirmed the token, a log-out may have ended it.
            return await self.authenticate(token)
        if forgotten == self._forgotten:
            # Otherwise somebody logged out while this was read: it may be this very token.
            await self._remember(token, device, expires_at, now)
        return device

    async def require_permitted(self, device: Device, route: Route) -> None:
        """Refuse what the standing of the account does not permit."""
        await require_permitted(self._restrictions, device, route)

    def forget(self, user_id: UserID) -> None:
        """Some token of an account ended; the others are looked up again at their next use."""
        self._forgotten += 1
        for token in self._of_user.pop(user_id, ()):
            self._known.pop(token, None)

    async def _remember(self, token: str, device: Device, expires_at: int | None, now: int) -> None:
        forgotten = self._forgotten
        anew_at = await self._restrictions.account_changes_at(device.user_id, now)
        if forgotten != self._forgotten:
            return
        known = _Known(device, expires_at, now, anew_at)
        self._known[token] = known
        self._of_user.setdefault(device.user_id, set()).add(token)
        self._seen(known, now)
        if len(self._known) > MAX_REMEMBERED:
            oldest, dropped = self._known.popitem(last=False)
            tokens = self._of_user[dropped.device.user_id]
            tokens.discard(oldest)
            if not tokens:
                del self._of_user[dropped.device.user_id]

    def _seen(self, known: _Known, now: int) -> None:
        known.seen_at = now
        self._writer.lazily(store.SEEN, known.device.user_id, known.device.device_id, now)


async def confirm_refresh(tx: Transaction, device: Device, token: str, generation: int) -> None:
    """A refreshed access token is used for the first time: what it replaces ends.

    "The old refresh token remains valid until the new access token or refresh token is used" (v1.19,
    "Refreshing access tokens"), since before that the client may not have received the new ones.
    """
    assert device.device_id is not None
    store.confirm_access_token(tx, device.user_id, bytes.fromhex(token), otherwise=unknown_token(soft_logout=True))
    store.erase_generations(tx, device.user_id, device.device_id, generation, later_too=False)
    tx.after_commit(lambda: tx.of(Tokens).forget(device.user_id))
