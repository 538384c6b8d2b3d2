"""The Matrix endpoints of logging in and out, tokens and devices; `routes_….py` have the others of accounts."""

import msgspec

from chappe.accounts import credentials, emails, emails_store, log_out, login, rules, store, uia
from chappe.accounts.change_password import change_password
from chappe.accounts.check_password import account_by_password
from chappe.accounts.credentials import Kind
from chappe.accounts.deactivate import deactivate
from chappe.accounts.login import Credentials
from chappe.accounts.passwords import Passwords
from chappe.accounts.records import NewLogin
from chappe.accounts.rename_device import rename_device
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, GUEST, NOBODY, OPTIONAL, Answer, JSONObject, Limit, Request, Routes
from chappe.ids import UserID
from chappe.mail import parse_address
from chappe.restrictions import Restrictions
from chappe.storage import Database, Row
from chappe.stream import REGISTER

routes = Routes()

MAX_DEVICES_NAMED = 1_000
"""Device ids in one request to delete devices."""


class LoginBody(msgspec.Struct):
    """POST /login. `user` is the older form of `identifier`."""

    type: str
    identifier: uia.Identifier | None = None
    user: str | None = None
    password: str | None = None
    token: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    refresh_token: bool = False


@routes.get("/_matrix/client/v3/login", auth=NOBODY)
async def get_login(request: Request) -> JSONObject:
    """The ways to log in."""
    return {"flows": [{"type": "m.login.password"}, {"type": "m.login.token", "get_login_token": True}]}


@routes.post("/_matrix/client/v3/login", auth=NOBODY, limit=Limit.LOGIN)
async def post_login(request: Request, body: LoginBody) -> Credentials:
    """Log a device in.

    Tries are counted by address, ten at once and 720 an hour, and not by account: whoever knows a name could
    else lock its owner out. All addresses together try at most as many passwords as `Passwords` compares, about
    40 a second.
    """
    if body.type == "m.login.password":
        return await _login_by_password(request, body)
    if body.type == "m.login.token":
        return await _login_by_token(request, body)
    raise Refused(
        Errcode.UNKNOWN, "type is not a way to log in here: it is m.login.password or m.login.token.", status=400
    )


async def _login_by_password(request: Request, body: LoginBody) -> Credentials:
    user_id = await _named_user_id(request, body)
    if body.password is None:
        raise Refused(Errcode.MISSING_PARAM, "password is missing.")
    account = await account_by_password(
        request.of(Database), request.of(Restrictions), request.of(Passwords), user_id, body.password
    )
    answer, stored_login = _prepare(request, body, account.user_id)
    await request.call(account.user_id, login.log_in, account.user_id, account.password_hash, stored_login)
    return answer


async def _named_user_id(request: Request, body: LoginBody) -> UserID | None:
    """Whom a login is for: by name, or by mail address. None when nobody here is."""
    identifier = body.identifier
    if identifier is not None and identifier.type == "m.id.thirdparty":
        if identifier.medium != "email" or identifier.address is None:
            raise Refused(Errcode.UNKNOWN, "medium must be email, with its address.", status=400)
        try:
            address = parse_address(identifier.address)
        except Refused:
            return None
        return await emails_store.owner(request.of(Database), address)
    named = uia.named_user(identifier, body.user)
    if named is None:
        raise Refused(Errcode.MISSING_PARAM, "identifier is missing: it says who logs in.")
    return rules.user_id_at_login(named, request.of(Settings).server_name)


async def _login_by_token(request: Request, body: LoginBody) -> Credentials:
    if body.token is None:
        raise Refused(Errcode.MISSING_PARAM, "token is missing.")
    user_id = credentials.owner_of(Kind.LOGIN, body.token, request.of(Settings).server_name)
    if user_id is None:
        raise Refused(Errcode.FORBIDDEN, "This is not a login token of this server.")
    answer, stored_login = _prepare(request, body, user_id)
    hashed = credentials.digest(body.token).hex()
    await request.call(user_id, login.log_in_with_token, user_id, hashed, stored_login)
    return answer


def _prepare(request: Request, body: LoginBody, user_id: UserID) -> tuple[Credentials, NewLogin]:
    return login.prepare(
        user_id,
        body.device_id,
        body.initial_device_display_name,
        refreshable=body.refresh_token,
        now=request.of(Clock).now_ms(),
    )


@routes.post("/_matrix/client/v1/login/get_token", auth=DEVICE, limit=Limit.LOGIN)
async def post_login_token(request: Request, body: uia.AuthBody) -> Answer | JSONObject:
    """A token with which one further device can log in to this account."""
    passed = await uia.require(request, body, uia.PASSWORD_ONLY)
    if isinstance(passed, Answer):
        return passed
    token = credentials.new_token(Kind.LOGIN, request.device.user_id)
    await request.call(request.device.user_id, login.add_login_token, credentials.digest(token).hex())
    return {"login_token": token, "expires_in_ms": login.LOGIN_TOKEN_MS}


class RefreshBody(msgspec.Struct):
    """POST /refresh."""

    refresh_token: str


@routes.post("/_matrix/client/v3/refresh", auth=NOBODY, limit=Limit.WRITES)
async def post_refresh(request: Request, body: RefreshBody) -> JSONObject:
    """New tokens for a refresh token."""
    user_id = credentials.owner_of(Kind.REFRESH, body.refresh_token, request.of(Settings).server_name)
    if user_id is None:
        raise Refused(Errcode.UNKNOWN_TOKEN, "This is not a refresh token of this server.", soft_logout=False)
    # The device is known only to the act; the one given here is replaced there.
    answer, stored_login = login.prepare(user_id, None, None, refreshable=True, now=request.of(Clock).now_ms())
    await request.call(user_id, login.refresh, user_id, credentials.digest(body.refresh_token).hex(), stored_login)
    return {
        "access_token": answer.access_token,
        "refresh_token": answer.refresh_token,
        "expires_in_ms": answer.expires_in_ms,
    }


@routes.post("/_matrix/client/v3/logout", auth=GUEST)
async def post_logout(request: Request) -> JSONObject:
    """End this login; its device goes too."""
    await request.call(request.device.user_id, log_out.log_out)
    return {}


@routes.post("/_matrix/client/v3/logout/all", auth=GUEST)
async def post_logout_all(request: Request) -> JSONObject:
    """End all logins of the account."""
    await request.call(request.device.user_id, log_out.log_out_everywhere)
    return {}


@routes.get("/_matrix/client/v3/account/whoami", auth=GUEST)
async def get_whoami(request: Request) -> JSONObject:
    """Whose access token this is."""
    device = request.device
    return {"user_id": device.user_id, "device_id": device.device_id, "is_guest": device.is_guest}


class PasswordBody(uia.AuthBody):
    """POST /account/password."""

    new_password: str
    logout_devices: bool = True


@routes.post("/_matrix/client/v3/account/password", auth=OPTIONAL, limit=Limit.LOGIN)
async def post_password(request: Request, body: PasswordBody) -> Answer | JSONObject:
    """Change the password, and end the other logins unless told otherwise. Who is logged out shows a mail address."""
    if request.maybe_device is not None and request.device.is_guest:
        raise Refused(Errcode.GUEST_ACCESS_FORBIDDEN, "Guests have no password.")
    if request.maybe_device is None and request.of(Settings).mail is None:
        raise Refused(Errcode.MISSING_TOKEN, "An access token is needed, since this server sends no mail.")
    rules.require_password(body.new_password)
    flows = uia.EMAIL_ONLY if request.maybe_device is None else uia.PASSWORD_ONLY
    passed = await uia.require(request, body, flows)
    if isinstance(passed, Answer):
        return passed
    password_hash = await request.of(Passwords).hash(body.new_password)
    if passed.email_sid is not None:
        await request.call(REGISTER, emails.reset_password, passed.email_sid, password_hash, body.logout_devices)
    else:
        await request.call(REGISTER, change_password, password_hash, body.logout_devices)
    return {}


class DeactivateBody(uia.AuthBody):
    """POST /account/deactivate. There are no identity servers to unbind from."""

    erase: bool = False


@routes.post("/_matrix/client/v3/account/deactivate", auth=DEVICE, limit=Limit.LOGIN)
async def post_deactivate(request: Request, body: DeactivateBody) -> Answer | JSONObject:
    """End the account for good."""
    passed = await uia.require(request, body, uia.PASSWORD_ONLY)
    if isinstance(passed, Answer):
        return passed
    await request.call(REGISTER, deactivate, body.erase)
    return {"id_server_unbind_result": "success"}


# Devices


def _device_in_words(row: Row) -> JSONObject:
    """A device. Where it was last seen from is not stored: null, since matrix-nio wants every key to be there."""
    device_id, display_name, last_seen_at = row
    return {
        "device_id": device_id,
        "display_name": display_name,
        "last_seen_ip": None,
        "last_seen_ts": last_seen_at,
    }


def _no_device() -> Refused:
    return Refused(Errcode.NOT_FOUND, "You have no device with this ID.")


@routes.get("/_matrix/client/v3/devices", auth=GUEST)
async def get_devices(request: Request) -> JSONObject:
    """All devices of the account."""
    rows = await store.devices(request.of(Database), request.device.user_id)
    return {"devices": [_device_in_words(row) for row in rows]}


@routes.get("/_matrix/client/v3/devices/{device_id}", auth=GUEST)
async def get_device(request: Request, device_id: str) -> JSONObject:
    """One device of the account."""
    row = await store.device(request.of(Database), request.device.user_id, device_id)
    if row is None:
        raise _no_device()
    return _device_in_words(row)


class DeviceBody(msgspec.Struct):
    """PUT /devices/{deviceId}."""

    display_name: str | None = None


@routes.put("/_matrix/client/v3/devices/{device_id}", auth=GUEST)
async def put_device(request: Request, device_id: str, body: DeviceBody) -> JSONObject:
    """Name a device."""
    rules.require_device_name(body.display_name)
    await request.call(request.device.user_id, rename_device, device_id, body.display_name)
    return {}


@routes.delete("/_matrix/client/v3/devices/{device_id}", auth=DEVICE)
async def delete_device(request: Request, device_id: str, body: uia.AuthBody) -> Answer | JSONObject:
    """Remove a device of the account."""
    return await _delete_devices(request, body, [device_id])


class DeleteDevicesBody(uia.AuthBody):
    """POST /delete_devices."""

    devices: list[str]


@routes.post("/_matrix/client/v3/delete_devices", auth=DEVICE)
async def post_delete_devices(request: Request, body: DeleteDevicesBody) -> Answer | JSONObject:
    """Remove several devices of the account."""
    if len(body.devices) > MAX_DEVICES_NAMED:
        raise Refused(Errcode.TOO_LARGE, f"devices has at most {MAX_DEVICES_NAMED} entries.")
    for device_id in body.devices:
        rules.require_device_id(device_id)
    return await _delete_devices(request, body, body.devices)


async def _delete_devices(request: Request, body: uia.AuthBody, device_ids: list[str]) -> Answer | JSONObject:
    passed = await uia.require(request, body, uia.PASSWORD_ONLY)
    if isinstance(passed, Answer):
        return passed
    await request.call(request.device.user_id, log_out.remove_devices, device_ids)
    return {}
