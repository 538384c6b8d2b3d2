"""What operators do about accounts: registration tokens, with Synapse's admin API, and approvals."""

import secrets
import string
from typing import Literal

import msgspec

from chappe.accounts import register_store, registration_tokens, rules, store
from chappe.accounts.approve import approve, deny
from chappe.accounts.records import Account, RegistrationToken
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Request, Routes
from chappe.ids import UserID, server_of
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

MAX_LISTED = 1_000
"""Registration tokens or accounts in one answer."""
DEFAULT_TOKEN_CHARS = 16
_TOKEN_ALPHABET = string.ascii_letters + string.digits


async def require_operator(request: Request) -> None:
    """Refuse everybody but operators of this server."""
    account = await register_store.account(request.of(Database), request.device.user_id)
    if account is None or not account.is_operator:
        raise Refused(Errcode.FORBIDDEN, "Only operators of this server may do this.")


_TOKENS = "/_synapse/admin/v1/registration_tokens"


class ListQuery(msgspec.Struct):
    """The query of the list of registration tokens."""

    valid: bool | None = None


@routes.get(_TOKENS, auth=DEVICE)
async def get_tokens(request: Request, query: ListQuery) -> JSONObject:
    """All registration tokens, or only those that are (or are not) good for one more account."""
    await require_operator(request)
    now = request.of(Clock).now_ms()
    tokens = await register_store.registration_tokens(request.of(Database), now, MAX_LISTED)
    return {"registration_tokens": [t for t in tokens if query.valid is None or t.is_valid(now) is query.valid]}


class NewTokenBody(msgspec.Struct):
    """POST …/registration_tokens/new. `length` is that of the token when the server chooses it."""

    token: str | None = None
    uses_allowed: int | None = None
    expiry_time: int | None = None
    length: int = DEFAULT_TOKEN_CHARS


@routes.post(f"{_TOKENS}/new", auth=DEVICE)
async def post_token(request: Request, body: NewTokenBody) -> RegistrationToken:
    """Make a registration token."""
    await require_operator(request)
    if not 1 <= body.length <= 64:
        raise Refused(Errcode.INVALID_PARAM, "length is 1 to 64.")
    token = body.token
    if token is None:
        token = "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(body.length))
    if not rules.is_registration_token(token):
        raise Refused(Errcode.INVALID_PARAM, "token has 1 to 64 characters of A-Z a-z 0-9 . _ ~ -")
    _require_bounds(request, body.uses_allowed, body.expiry_time)
    await request.call(REGISTER, registration_tokens.make_token, token, body.uses_allowed, body.expiry_time)
    return await _token(request, token)


@routes.get(f"{_TOKENS}/{{token}}", auth=DEVICE)
async def get_token(request: Request, token: str) -> RegistrationToken:
    """One registration token."""
    await require_operator(request)
    return await _token(request, token)


class ChangeTokenBody(msgspec.Struct):
    """PUT …/registration_tokens/{token}. What is left out stays as it is; null takes the bound away."""

    uses_allowed: int | msgspec.UnsetType | None = msgspec.UNSET
    expiry_time: int | msgspec.UnsetType | None = msgspec.UNSET


@routes.put(f"{_TOKENS}/{{token}}", auth=DEVICE)
async def put_token(request: Request, token: str, body: ChangeTokenBody) -> RegistrationToken:
    """Give a registration token other bounds."""
    await require_operator(request)
    found = await _token(request, token)
    uses = found.uses_allowed if body.uses_allowed is msgspec.UNSET else body.uses_allowed
    expiry = found.expiry_time if body.expiry_time is msgspec.UNSET else body.expiry_time
    _require_bounds(request, uses, expiry if expiry != found.expiry_time else None)
    await request.call(REGISTER, registration_tokens.change_token, token, uses, expiry)
    return await _token(request, token)


@routes.delete(f"{_TOKENS}/{{token}}", auth=DEVICE)
async def delete_token(request: Request, token: str) -> JSONObject:
    """Remove a registration token."""
    await require_operator(request)
    await request.call(REGISTER, registration_tokens.remove_token, token)
    return {}


def _require_bounds(request: Request, uses_allowed: int | None, expiry_time: int | None) -> None:
    if uses_allowed is not None and uses_allowed < 0:
        raise Refused(Errcode.INVALID_PARAM, "uses_allowed is 0 or more, or null for any number.")
    if expiry_time is not None and expiry_time < request.of(Clock).now_ms():
        raise Refused(Errcode.INVALID_PARAM, "expiry_time is a time to come, in milliseconds, or null for none.")


async def _token(request: Request, token: str) -> RegistrationToken:
    found = None
    if rules.is_registration_token(token):
        now = request.of(Clock).now_ms()
        found = await register_store.registration_token(request.of(Database), token, now)
    if found is None:
        raise Refused(Errcode.NOT_FOUND, "There is no such registration token.")
    return found


# Accounts


class AccountsQuery(msgspec.Struct):
    """The query of the list of accounts; `from` is the `next` of the answer before."""

    waiting: Literal["true", "false"] = "false"
    after: str = msgspec.field(default="", name="from")
    limit: int = 100


@routes.get("/_chappe/admin/v1/accounts", auth=DEVICE)
async def get_accounts(request: Request, query: AccountsQuery) -> JSONObject:
    """All accounts by their user ids, or those that wait for approval, the oldest first."""
    await require_operator(request)
    limit = min(max(query.limit, 1), MAX_LISTED)
    if query.waiting == "true":
        waiting = await register_store.waiting_accounts(request.of(Database), limit)
        return {"accounts": [_in_words(account) for account in waiting]}
    found = await register_store.accounts_after(request.of(Database), query.after, limit)
    told: JSONObject = {"accounts": [_in_words(account) for account in found]}
    if len(found) == limit:
        told["next"] = found[-1].user_id
    return told


def _in_words(account: Account) -> JSONObject:
    return {
        "user_id": account.user_id,
        "created_at": account.created_at,
        "approved": account.approved,
        "guest": account.is_guest,
        "operator": account.is_operator,
        "deactivated_at": account.deactivated_at,
        "locked_at": account.locked_at,
        "suspended_at": account.suspended_at,
    }


@routes.post("/_chappe/admin/v1/accounts/{user_id}/approve", auth=DEVICE)
async def post_approve(request: Request, user_id: UserID) -> JSONObject:
    """Let an account in that waits."""
    await require_operator(request)
    if server_of(user_id) != request.of(Settings).server_name:
        raise Refused(Errcode.NOT_FOUND, "This account is not of this server.")
    await request.call(REGISTER, approve, user_id)
    return {}


@routes.post("/_chappe/admin/v1/accounts/{user_id}/deny", auth=DEVICE)
async def post_deny(request: Request, user_id: UserID) -> JSONObject:
    """Remove an account that waits, which nobody has been let into."""
    await require_operator(request)
    await request.call(REGISTER, deny, user_id)
    return {}


@routes.get("/_matrix/client/v3/admin/whois/{user_id}", auth=DEVICE)
async def get_whois(request: Request, user_id: UserID) -> JSONObject:
    """When an account's devices were last seen: for its owner, and for operators. Addresses are not stored."""
    if request.device.user_id != user_id:
        await require_operator(request)
        if await register_store.account(request.of(Database), user_id) is None:
            raise Refused(Errcode.NOT_FOUND, "There is nobody of this name on this server.")
    rows = await store.devices(request.of(Database), user_id)
    return {
        "user_id": user_id,
        "devices": {
            device_id: {"sessions": [{"connections": [{"last_seen": last_seen_at}]}]}
            for device_id, _, last_seen_at in rows
        },
    }
