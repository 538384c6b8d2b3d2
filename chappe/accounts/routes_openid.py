"""The Matrix endpoints by which other services learn who somebody is here."""

import msgspec

from chappe.accounts import openid, register_store, rules
from chappe.clock import Clock
from chappe.config import Settings
from chappe.http import DEVICE, NOBODY, JSONObject, Request, Routes
from chappe.identity import Identity
from chappe.ids import UserID
from chappe.storage import Database

routes = Routes()


@routes.post("/_matrix/client/v3/user/{user_id}/openid/request_token", auth=DEVICE)
async def post_openid_token(request: Request, user_id: UserID, body: JSONObject) -> JSONObject:
    """A token by which another service learns who one is."""
    rules.require_same_user(request.device.user_id, user_id)
    return {
        "access_token": openid.new_token(request.of(Identity), user_id, request.of(Clock).now_ms()),
        "token_type": "Bearer",
        "matrix_server_name": request.of(Settings).server_name,
        "expires_in": openid.TOKEN_MS // 1000,
    }


class OpenIDQuery(msgspec.Struct):
    """The query of GET /openid/userinfo."""

    access_token: str


@routes.get("/_matrix/federation/v1/openid/userinfo", auth=NOBODY)
async def get_openid_owner(request: Request, query: OpenIDQuery) -> JSONObject:
    """Whose an OpenID token is, for the service that was given it (Server-Server API v1.19, "OpenID")."""
    user_id = openid.owner_of(request.of(Identity), query.access_token, request.of(Clock).now_ms())
    account = await register_store.account(request.of(Database), user_id)
    if account is None or account.deactivated_at is not None:
        raise openid.unknown_token()
    return {"sub": user_id}
