"""Matrix HTTP for presence (Client-Server API v1.19, "Presence")."""

import msgspec

from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, Request, Routes
from chappe.ids import UserID
from chappe.presence.meetings import Joined
from chappe.presence.presence import Presence
from chappe.presence.rules import parse_state, require_status
from chappe.presence.told import Shown, shown
from chappe.rooms import joined_rooms, share_a_room
from chappe.storage import Database
from chappe.stream import Shard, shard_of

routes = Routes()

_STATUS = "/_matrix/client/v3/presence/{user_id}/status"


class Said(msgspec.Struct):
    """What somebody says of themselves. Without a `status_msg` there is none from then on."""

    presence: str
    status_msg: str | None = None


@routes.get(_STATUS, auth=DEVICE)
async def get_presence(request: Request, user_id: UserID) -> Shown:
    """Whether somebody one shares a room with is there (spec: "GET /presence/{userId}/status")."""
    me = request.device.user_id
    if me != user_id and not await share_a_room(request.of(Database), me, user_id):
        raise Refused(Errcode.FORBIDDEN, "You see the presence only of people with whom you share a room.")
    return shown(request.of(Presence).of(user_id), request.of(Clock).now_ms())


@routes.put(_STATUS, auth=DEVICE)
async def put_presence(request: Request, user_id: UserID, body: Said) -> dict[str, object]:
    """Say whether one is there (spec: "PUT /presence/{userId}/status"). Nothing is stored."""
    if user_id != request.device.user_id:
        raise Refused(Errcode.FORBIDDEN, "You can say only of yourself whether you are there.")
    state = parse_state(body.presence, "presence")
    require_status(body.status_msg)
    presence = request.of(Presence)
    person = presence.of(user_id)
    known = person is not None and presence.is_syncing(user_id)
    joined = person.joined if person is not None and known else await _joined(request.of(Database), user_id)
    presence.set(request.device, state, body.status_msg or None, joined)
    return {}


async def _joined(database: Database, user_id: UserID) -> Joined:
    rooms: dict[Shard, set[str]] = {}
    for room_id in await joined_rooms(database, user_id):
        rooms.setdefault(shard_of(room_id), set()).add(room_id)
    return {shard: frozenset(room_ids) for shard, room_ids in rooms.items()}
