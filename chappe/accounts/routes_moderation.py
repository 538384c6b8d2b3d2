"""What operators do to other people's accounts: locking, suspending, ending them. v1.19, "Server administration"."""

import msgspec

from chappe.accounts import register_store
from chappe.accounts.deactivate import deactivate_other
from chappe.accounts.records import Account
from chappe.accounts.restrict import Restriction, no_account, require_not_operator, restrict
from chappe.accounts.routes_operators import require_operator
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Request, Routes
from chappe.ids import UserID, server_of
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

_SUSPEND = "/_matrix/client/v1/admin/suspend/{user_id}"
_LOCK = "/_matrix/client/v1/admin/lock/{user_id}"


class SuspendBody(msgspec.Struct):
    """PUT /admin/suspend/{userId}."""

    suspended: bool


class LockBody(msgspec.Struct):
    """PUT /admin/lock/{userId}."""

    locked: bool


@routes.get(_SUSPEND, auth=DEVICE)
async def get_suspended(request: Request, user_id: UserID) -> JSONObject:
    """Whether an account is suspended, for operators."""
    return {"suspended": (await _account(request, user_id)).suspended_at is not None}


@routes.put(_SUSPEND, auth=DEVICE)
async def put_suspended(request: Request, user_id: UserID, body: SuspendBody) -> JSONObject:
    """Suspend an account, or lift its suspension."""
    await _account(request, user_id)
    await request.call(REGISTER, restrict, user_id, Restriction.SUSPENDED.value, body.suspended)
    return {"suspended": body.suspended}


@routes.get(_LOCK, auth=DEVICE)
async def get_locked(request: Request, user_id: UserID) -> JSONObject:
    """Whether an account is locked, for operators."""
    return {"locked": (await _account(request, user_id)).locked_at is not None}


@routes.put(_LOCK, auth=DEVICE)
async def put_locked(request: Request, user_id: UserID, body: LockBody) -> JSONObject:
    """Lock an account, or unlock it."""
    await _account(request, user_id)
    await request.call(REGISTER, restrict, user_id, Restriction.LOCKED.value, body.locked)
    return {"locked": body.locked}


class EndBody(msgspec.Struct):
    """POST …/accounts/{user_id}/deactivate."""

    erase: bool = False


@routes.post("/_chappe/admin/v1/accounts/{user_id}/deactivate", auth=DEVICE)
async def post_end(request: Request, user_id: UserID, body: EndBody) -> JSONObject:
    """End somebody's account for good."""
    await require_operator(request)
    _require_local(request, user_id)
    await request.call(REGISTER, deactivate_other, user_id, body.erase)
    return {}


async def moderation_capability(request: Request) -> JSONObject:
    """What GET /capabilities tells operators, and nobody else ("m.account_moderation")."""
    account = await register_store.account(request.of(Database), request.device.user_id)
    if account is None or not account.is_operator:
        return {}
    return {"m.account_moderation": {"suspend": True, "lock": True}}


async def _account(request: Request, user_id: UserID) -> Account:
    """The account in question. Who asks is looked at first, or anybody could find out who is here."""
    await require_operator(request)
    _require_local(request, user_id)
    account = await register_store.account(request.of(Database), user_id)
    if account is None or account.deactivated_at is not None:
        raise no_account()
    if user_id != request.device.user_id or request.method != "GET":
        require_not_operator(account)
    return account


def _require_local(request: Request, user_id: UserID) -> None:
    if server_of(user_id) != request.of(Settings).server_name:
        raise Refused(Errcode.INVALID_PARAM, "This account is not of this server.")
