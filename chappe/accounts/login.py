"""Logging in: by password, by a login token, by a refresh token. Each ends with new tokens for one device."""

import msgspec

from chappe.accounts import credentials, register_store, rules, store
from chappe.accounts.credentials import Kind
from chappe.accounts.log_out import end_devices
from chappe.accounts.records import NewLogin
from chappe.accounts.standing import locked, require_not_shut_out
from chappe.accounts.tokens import Tokens
from chappe.errors import Errcode, Refused
from chappe.ids import DeviceID, UserID
from chappe.restrictions import Restrictions
from chappe.stream import Device, Transaction

REFRESHABLE_TOKEN_MS = 3_600_000
"""Lifetime of the access tokens of clients that can refresh them. Others get tokens that do not expire."""
LOGIN_TOKEN_MS = 120_000
"""Lifetime of a login token, as the specification recommends."""


class Credentials(msgspec.Struct, omit_defaults=True):
    """What a client gets that has logged in, as it is answered."""

    user_id: UserID
    access_token: str
    device_id: DeviceID
    refresh_token: str | None = None
    expires_in_ms: int | None = None
    home_server: str | None = None


def wrong_password() -> Refused:
    """One refusal for a wrong name and a wrong password, so that it does not tell whether there is an account."""
    return Refused(Errcode.FORBIDDEN, "The user name or the password is wrong.")


def prepare(
    user_id: UserID, device_id: str | None, display_name: str | None, *, refreshable: bool, now: int
) -> tuple[Credentials, NewLogin]:
    """New tokens for a device: as the client gets them, and as they are stored."""
    if device_id is not None:
        rules.require_device_id(device_id)
    rules.require_device_name(display_name)
    chosen = DeviceID(device_id) if device_id is not None else credentials.new_device_id()
    access = credentials.new_token(Kind.ACCESS, user_id)
    refresh = credentials.new_token(Kind.REFRESH, user_id) if refreshable else None
    lifetime = REFRESHABLE_TOKEN_MS if refreshable else None
    answer = Credentials(user_id, access, chosen, refresh, lifetime)
    stored = NewLogin(
        chosen,
        display_name,
        credentials.digest(access).hex(),
        credentials.digest(refresh).hex() if refresh is not None else None,
        now + lifetime if lifetime is not None else None,
    )
    return answer, stored


async def log_in(
    tx: Transaction, device: Device | None, user_id: UserID, password_hash: str | None, login: NewLogin
) -> None:
    """Log a device in, if the account still is what was checked before: active, with that password."""
    register_store.require_unchanged(tx, user_id, password_hash, otherwise=wrong_password())
    await require_not_shut_out(tx.of(Restrictions), user_id)
    await add_login(tx, user_id, login, is_guest=False)


async def log_in_with_token(
    tx: Transaction, device: Device | None, user_id: UserID, token: str, login: NewLogin
) -> None:
    """Log a device in with a login token, which is then used up."""
    store.use_login_token(
        tx,
        user_id,
        bytes.fromhex(token),
        otherwise=Refused(Errcode.FORBIDDEN, "This login token is not valid any more."),
    )
    await require_not_locked(tx, user_id)
    await add_login(tx, user_id, login, is_guest=False)


async def require_not_locked(tx: Transaction, user_id: UserID) -> None:
    """Refuse new tokens to the owner of a locked account (v1.19, "Soft logout")."""
    await require_not_shut_out(tx.of(Restrictions), user_id)
    account = await register_store.account(tx, user_id)
    if account is not None and account.locked_at is not None:
        raise locked()


async def log_in_new(
    tx: Transaction, device: Device | None, user_id: str, is_guest: bool, login: dict[str, object]
) -> None:
    """Effect of a registration: the new account's first device."""
    await add_login(tx, UserID(user_id), msgspec.convert(login, NewLogin), is_guest=is_guest)


async def add_login(tx: Transaction, user_id: UserID, login: NewLogin, *, is_guest: bool) -> None:
    """Make the device, or take the existing one; its former tokens end."""
    devices = [row[0] for row in await store.devices(tx, user_id)]
    if login.device_id in devices:
        store.erase_tokens(tx, user_id, login.device_id)
        tx.after_commit(lambda: tx.of(Tokens).forget(user_id))
    elif len(devices) >= rules.MAX_DEVICES:
        await end_devices(tx, user_id, devices[: len(devices) - rules.MAX_DEVICES + 1])
    store.put_device(tx, user_id, login)
    store.add_access_token(tx, user_id, login, is_guest=is_guest, generation=1, confirmed=True)


async def refresh(tx: Transaction, device: Device | None, user_id: UserID, token: str, login: NewLogin) -> DeviceID:
    """Exchange a refresh token for the tokens in `login`, whose device is the one of the refresh token.

    A repeat, by a client that never saw our answer, gets other tokens, and those it did not see end.
    """
    hashed = bytes.fromhex(token)
    row = await store.refresh_token(tx, user_id, hashed)
    unknown = Refused(Errcode.UNKNOWN_TOKEN, "This refresh token is not valid, or was used before.", soft_logout=False)
    if row is None:
        raise unknown
    await require_not_locked(tx, user_id)
    device_id, generation = store.device_id_of(row), int(row[1])
    store.require_refresh_token(tx, user_id, hashed, otherwise=unknown)
    store.erase_generations(tx, user_id, device_id, generation, later_too=True)
    login = msgspec.structs.replace(login, device_id=device_id)
    store.add_access_token(tx, user_id, login, is_guest=False, generation=generation + 1, confirmed=False)
    tx.after_commit(lambda: tx.of(Tokens).forget(user_id))
    return device_id


async def add_login_token(tx: Transaction, device: Device, token: str) -> None:
    """Store a login token, with which one further device can log in."""
    store.add_login_token(tx, device.user_id, bytes.fromhex(token), tx.now + LOGIN_TOKEN_MS)
