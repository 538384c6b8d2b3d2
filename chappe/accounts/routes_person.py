"""The Matrix endpoints of what people store about themselves: profile, account data, filters."""

import msgspec

from chappe.accounts import account_data, profile, register_store, rules, store
from chappe.accounts.filters import MAX_FILTER_BYTES, filter_of, put_filter
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import encode
from chappe.http import DEVICE, GUEST, OPTIONAL, JSONObject, RawJSON, Request, Routes
from chappe.ids import RoomID, UserID
from chappe.storage import Database

routes = Routes()

_ALL = "/_matrix/client/v3/profile/{user_id}"
_ONE = "/_matrix/client/v3/profile/{user_id}/{key}"
_UNSTABLE_ALL = "/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}"
_UNSTABLE_ONE = "/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}/{key}"


async def _require_account(request: Request, user_id: UserID) -> None:
    account = await register_store.account(request.of(Database), user_id)
    if account is None or account.deactivated_at is not None:
        raise Refused(Errcode.NOT_FOUND, "There is nobody of this name on this server.")


@routes.get(_ALL, auth=OPTIONAL)
@routes.get(_UNSTABLE_ALL, auth=OPTIONAL, deprecated=True)
async def get_profile(request: Request, user_id: UserID) -> RawJSON:
    """All that a person shows."""
    await _require_account(request, user_id)
    return RawJSON(encode(await profile.profile_of(request.of(Database), user_id)))


@routes.get(_ONE, auth=OPTIONAL)
@routes.get(_UNSTABLE_ONE, auth=OPTIONAL, deprecated=True)
async def get_profile_field(request: Request, user_id: UserID, key: str) -> RawJSON:
    """One field of what a person shows."""
    profile.require_key(key)
    await _require_account(request, user_id)
    value = await store.profile_value(request.of(Database), user_id, key)
    if value is None:
        raise Refused(Errcode.NOT_FOUND, "This person has not set this field.")
    return RawJSON(encode({key: msgspec.Raw(value)}))


def _require_may_change(request: Request, user_id: UserID, key: str) -> None:
    profile.require_key(key)
    rules.require_same_user(request.device.user_id, user_id)
    if request.device.is_guest and key != "displayname":
        raise Refused(Errcode.GUEST_ACCESS_FORBIDDEN, "Guests can only change their display name.")


@routes.put(_ONE, auth=GUEST)
@routes.put(_UNSTABLE_ONE, auth=GUEST, deprecated=True)
async def put_profile_field(request: Request, user_id: UserID, key: str, body: JSONObject) -> JSONObject:
    """Set one field of one's own profile."""
    _require_may_change(request, user_id, key)
    if key not in body:
        raise Refused(Errcode.MISSING_PARAM, f"The body needs the key {key}.")
    await request.call(user_id, profile.put_value, user_id, key, body[key])
    return {}


@routes.delete(_ONE, auth=GUEST)
@routes.delete(_UNSTABLE_ONE, auth=GUEST, deprecated=True)
async def delete_profile_field(request: Request, user_id: UserID, key: str) -> JSONObject:
    """Remove one field of one's own profile."""
    _require_may_change(request, user_id, key)
    await request.call(user_id, profile.remove_value, user_id, key)
    return {}


# Account data


@routes.put("/_matrix/client/v3/user/{user_id}/account_data/{data_type}", auth=DEVICE)
async def put_account_data(request: Request, user_id: UserID, data_type: str, body: JSONObject) -> JSONObject:
    """Store something for the account."""
    rules.require_same_user(request.device.user_id, user_id)
    await request.call(user_id, account_data.put, None, data_type, body)
    return {}


@routes.get("/_matrix/client/v3/user/{user_id}/account_data/{data_type}", auth=DEVICE)
async def get_account_data(request: Request, user_id: UserID, data_type: str) -> RawJSON:
    """What was stored for the account."""
    return await _get_account_data(request, user_id, "", data_type)


@routes.put("/_matrix/client/v3/user/{user_id}/rooms/{room_id}/account_data/{data_type}", auth=DEVICE)
async def put_room_account_data(
    request: Request, user_id: UserID, room_id: RoomID, data_type: str, body: JSONObject
) -> JSONObject:
    """Store something for a room, for oneself alone."""
    rules.require_same_user(request.device.user_id, user_id)
    await request.call(user_id, account_data.put, room_id, data_type, body)
    return {}


@routes.get("/_matrix/client/v3/user/{user_id}/rooms/{room_id}/account_data/{data_type}", auth=DEVICE)
async def get_room_account_data(request: Request, user_id: UserID, room_id: RoomID, data_type: str) -> RawJSON:
    """What was stored for a room."""
    return await _get_account_data(request, user_id, room_id, data_type)


async def _get_account_data(request: Request, user_id: UserID, room_id: str, data_type: str) -> RawJSON:
    rules.require_same_user(request.device.user_id, user_id)
    managed = request.of(account_data.ManagedData).get(data_type) if not room_id else None
    if managed is not None:
        return RawJSON(await managed(request.of(Database), user_id))
    content = await store.account_data(request.of(Database), user_id, room_id, data_type)
    if content is None:
        raise Refused(Errcode.NOT_FOUND, "Nothing is stored for this type.")
    return RawJSON(content)


# Filters


@routes.post("/_matrix/client/v3/user/{user_id}/filter", auth=DEVICE, max_body_bytes=MAX_FILTER_BYTES)
async def post_filter(request: Request, user_id: UserID, body: JSONObject) -> JSONObject:
    """Store a filter."""
    rules.require_same_user(request.device.user_id, user_id)
    return {"filter_id": await request.call(user_id, put_filter, body)}


@routes.get("/_matrix/client/v3/user/{user_id}/filter/{filter_id}", auth=DEVICE)
async def get_filter(request: Request, user_id: UserID, filter_id: str) -> JSONObject:
    """A stored filter."""
    rules.require_same_user(request.device.user_id, user_id)
    stored = await filter_of(request, user_id, filter_id)
    assert isinstance(stored, dict)
    return stored
