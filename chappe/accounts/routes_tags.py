"""The Matrix endpoints of room tags."""

from chappe.accounts import rules, tags
from chappe.http import DEVICE, JSONObject, Request, Routes
from chappe.ids import RoomID, UserID
from chappe.storage import Database

routes = Routes()

_TAGS = "/_matrix/client/v3/user/{user_id}/rooms/{room_id}/tags"


@routes.get(_TAGS, auth=DEVICE)
async def get_tags(request: Request, user_id: UserID, room_id: RoomID) -> JSONObject:
    """The tags one has given a room."""
    rules.require_same_user(request.device.user_id, user_id)
    return {"tags": await tags.tags_of(request.of(Database), user_id, room_id)}


@routes.put(f"{_TAGS}/{{tag}}", auth=DEVICE)
async def put_tag(request: Request, user_id: UserID, room_id: RoomID, tag: str, body: JSONObject) -> JSONObject:
    """Give a room a tag."""
    rules.require_same_user(request.device.user_id, user_id)
    await request.call(user_id, tags.set_tag, room_id, tag, body)
    return {}


@routes.delete(f"{_TAGS}/{{tag}}", auth=DEVICE)
async def delete_tag(request: Request, user_id: UserID, room_id: RoomID, tag: str) -> JSONObject:
    """Take a tag away from a room."""
    rules.require_same_user(request.device.user_id, user_id)
    await request.call(user_id, tags.remove_tag, room_id, tag)
    return {}
