"""Registering: the Matrix endpoints, and Synapse's registration by a shared secret, which existing tools use."""

import hmac
import secrets
from hashlib import sha1
from typing import Literal

import msgspec

from chappe.accounts import credentials, login, profile, register, register_store, rules, uia
from chappe.accounts.guest_upgrade import guest_of, upgrade_guest
from chappe.accounts.login import Credentials
from chappe.accounts.passwords import Passwords
from chappe.accounts.records import NewAccount
from chappe.accounts.work import WORK, SignUpGuards
from chappe.clock import Clock
from chappe.config import Registration, Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, JSONObject, Limit, Request, Routes
from chappe.ids import UserID
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

MAX_REGISTRATION_BODY_BYTES = 16_384


class RegisterQuery(msgspec.Struct):
    """The query of POST /register."""

    kind: Literal["user", "guest"] = "user"


class RegisterBody(uia.AuthBody):
    """POST /register."""

    username: str | None = None
    password: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    inhibit_login: bool = False
    refresh_token: bool = False
    guest_access_token: str | None = None


def flows_of(settings: Settings) -> uia.Flows:
    """The stages of a registration. Refuses when nobody may register."""
    if settings.registration is Registration.CLOSED:
        raise Refused(Errcode.FORBIDDEN, "Registration is closed on this server. Ask whoever runs it for an account.")
    stages: list[str] = []
    if settings.registration is Registration.TOKEN:
        stages.append(uia.TOKEN)
    if settings.terms:
        stages.append(uia.TERMS)
    if settings.registration is not Registration.TOKEN:
        stages.append(uia.DUMMY)
    flow = tuple(stages)
    return (flow,) if settings.mail is None else ((uia.EMAIL, *flow), flow)


@routes.post(
    "/_matrix/client/v3/register", auth=NOBODY, limit=Limit.REGISTRATION, max_body_bytes=MAX_REGISTRATION_BODY_BYTES
)
async def post_register(
    request: Request, query: RegisterQuery, body: RegisterBody
) -> Answer | Credentials | JSONObject:
    """Make an account, for a person or a guest."""
    if query.kind == "guest":
        return await _register_guest(request, body)
    settings = request.of(Settings)
    flows = flows_of(settings)
    becomes_member = body.guest_access_token is not None
    if body.guest_access_token is not None:
        user_id = await guest_of(request, body.guest_access_token, body.username)
    else:
        user_id = await _wished_user_id(request, body.username)
    if body.password is not None:
        rules.require_password(body.password)
    answer, stored_login = login.prepare(
        user_id,
        body.device_id,
        body.initial_device_display_name,
        refreshable=body.refresh_token,
        now=request.of(Clock).now_ms(),
    )
    is_new = body.auth is None or not body.auth.session
    if await request.of(SignUpGuards).want_work(request, body.username or "", is_new=is_new):
        flows = tuple((WORK, *flow) for flow in flows)
    passed = await uia.require(request, body, flows)
    if isinstance(passed, Answer):
        return passed
    if body.password is None:
        raise Refused(Errcode.MISSING_PARAM, "password is missing.")
    waits = settings.registration is Registration.APPROVAL
    account = NewAccount(
        user_id,
        await request.of(Passwords).hash(body.password),
        approved=not waits,
        accepted_terms=tuple({(terms.name, terms.version) for terms in settings.terms}),
        email_sid=passed.email_sid,
    )
    logs_in = not (waits or body.inhibit_login)
    make = upgrade_guest if becomes_member else register.register
    new_login = stored_login if logs_in else None
    await request.call(REGISTER, make, account, new_login, passed.registration_token)
    answer.home_server = settings.server_name
    return answer if logs_in else {"user_id": user_id, "home_server": settings.server_name}


async def _wished_user_id(request: Request, username: str | None) -> UserID:
    """The user id that an account is to get. Refuses what is no name, and what is taken already."""
    server = request.of(Settings).server_name
    if username is None:
        return rules.user_id_from_name(credentials.new_localpart(), server)
    user_id = rules.user_id_from_name(username, server)
    if await register_store.account(request.of(Database), user_id) is not None:
        raise register.name_taken()
    return user_id


async def _register_guest(request: Request, body: RegisterBody) -> Credentials:
    settings = request.of(Settings)
    if not settings.guest_access:
        raise Refused(Errcode.FORBIDDEN, "This server has no guests. Register an account.")
    user_id = rules.user_id_from_name(f"guest-{credentials.new_localpart()}", settings.server_name)
    now = request.of(Clock).now_ms()
    answer, stored_login = login.prepare(user_id, None, body.initial_device_display_name, refreshable=False, now=now)
    await request.call(REGISTER, register.register, NewAccount(user_id, None, is_guest=True), stored_login, None)
    answer.home_server = settings.server_name
    return answer


class AvailableQuery(msgspec.Struct):
    """The query of GET /register/available."""

    username: str


@routes.get("/_matrix/client/v3/register/available", auth=NOBODY)
async def get_available(request: Request, query: AvailableQuery) -> JSONObject:
    """Whether a user name is free at this moment."""
    await _wished_user_id(request, query.username)
    return {"available": True}


class ValidityQuery(msgspec.Struct):
    """The query of the validity check."""

    token: str


@routes.get("/_matrix/client/v1/register/m.login.registration_token/validity", auth=NOBODY, limit=Limit.REGISTRATION)
async def get_validity(request: Request, query: ValidityQuery) -> JSONObject:
    """Whether a registration token is good for one more account."""
    flows_of(request.of(Settings))
    if not rules.is_registration_token(query.token):
        return {"valid": False}
    now = request.of(Clock).now_ms()
    found = await register_store.registration_token(request.of(Database), query.token, now)
    return {"valid": found is not None and found.is_valid(now)}


# By a shared secret


class SecretBody(msgspec.Struct):
    """POST /_synapse/admin/v1/register. `mac`: HMAC-SHA1 under the shared secret, as hex."""

    nonce: str
    username: str
    password: str
    mac: str
    admin: bool = False
    user_type: str | None = None
    displayname: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    inhibit_login: bool = False
    refresh_token: bool = False


def _shared_secret(request: Request) -> str:
    secret = request.of(Settings).registration_shared_secret
    if not secret:
        raise Refused(Errcode.UNKNOWN, "The setting registration_shared_secret is empty, so this is off.", status=400)
    return secret


@routes.get("/_synapse/admin/v1/register", auth=NOBODY, limit=Limit.WRITES)
async def get_nonce(request: Request) -> JSONObject:
    """A nonce, good once and for a minute."""
    _shared_secret(request)
    nonce = secrets.token_hex(32)
    await request.call(REGISTER, register.add_nonce, credentials.digest(nonce).hex())
    return {"nonce": nonce}


@routes.post("/_synapse/admin/v1/register", auth=NOBODY, limit=Limit.WRITES, max_body_bytes=MAX_REGISTRATION_BODY_BYTES)
async def post_register_by_secret(request: Request, body: SecretBody) -> Credentials | JSONObject:
    """Make an account, an operator's if `admin`, for whoever knows the shared secret. Passwords may be short here."""
    if not hmac.compare_digest(_mac(_shared_secret(request), body), body.mac.lower().encode()):
        raise Refused(Errcode.FORBIDDEN, "mac is not the HMAC-SHA1 of these values under the shared secret.")
    rules.require_password_size(body.password)
    profile.require_value("displayname", body.displayname or "")
    settings = request.of(Settings)
    user_id = await _wished_user_id(request, body.username)
    answer, stored_login = login.prepare(
        user_id,
        body.device_id,
        body.initial_device_display_name,
        refreshable=body.refresh_token,
        now=request.of(Clock).now_ms(),
    )
    password_hash = await request.of(Passwords).hash(body.password)
    account = NewAccount(user_id, password_hash, is_operator=body.admin)
    new_login = None if body.inhibit_login else stored_login
    nonce = credentials.digest(body.nonce).hex()
    await request.call(REGISTER, register.register_by_secret, account, new_login, nonce)
    if body.displayname:
        await request.call(user_id, profile.put_value, user_id, "displayname", body.displayname)
    answer.home_server = settings.server_name
    return {"user_id": user_id, "home_server": settings.server_name} if body.inhibit_login else answer


def _mac(secret: str, body: SecretBody) -> bytes:
    parts = [body.nonce, body.username, body.password, "admin" if body.admin else "notadmin"]
    if body.user_type:
        parts.append(body.user_type)
    return hmac.new(secret.encode(), "\0".join(parts).encode(), sha1).hexdigest().encode()
