"""Matrix HTTP for making rooms and for who is in them (Client-Server API v1.19, "Rooms")."""

import msgspec

from chappe.errors import Refused
from chappe.http import DEVICE, GUEST, Limit, Request, Routes
from chappe.ids import RoomID, UserID, parse_room_alias, parse_room_id, parse_user_id
from chappe.rooms.aliases import resolve
from chappe.rooms.ban import ban, unban
from chappe.rooms.create import drop_plan, make_room, plan_room
from chappe.rooms.forget import forget
from chappe.rooms.invite import invite
from chappe.rooms.invite_limit import count_invited
from chappe.rooms.join import join
from chappe.rooms.kick import kick
from chappe.rooms.knock import knock
from chappe.rooms.leave import leave
from chappe.rooms.membership_effect import joined_rooms
from chappe.rooms.presets import MAX_INVITES, NewRoom
from chappe.rooms.upgrade import UpgradePlan, make_replacement, plan_upgrade, replacement_of
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

V3 = "/_matrix/client/v3"
Done = dict[str, object]


class InRoom(msgspec.Struct):
    """An answer that names a room."""

    room_id: RoomID


class JoinedRooms(msgspec.Struct):
    """The answer of GET /joined_rooms."""

    joined_rooms: list[RoomID]


class Why(msgspec.Struct):
    """The body of a change of one's own membership."""

    reason: str | None = None


class Whom(msgspec.Struct):
    """The body of a change of somebody's membership."""

    user_id: str
    reason: str | None = None

    def person(self) -> UserID:
        """The user id, well-formed."""
        return parse_user_id(self.user_id, "user_id")


class Via(msgspec.Struct):
    """Servers through which to reach a room: for rooms of other servers, which are not reached yet."""

    via: list[str] = []
    server_name: list[str] = []


@routes.post(f"{V3}/createRoom", auth=DEVICE, limit=Limit.ROOMS)
async def post_create_room(request: Request, body: NewRoom) -> InRoom:
    """Make a room (spec: "POST /createRoom")."""
    count_invited(request, min(len(set(body.invite or [])), MAX_INVITES))
    planning = REGISTER if body.room_alias_name is not None else request.device.user_id
    plan = await request.call(planning, plan_room, body)
    try:
        return InRoom(await request.call(plan.room_id, make_room, body, plan))
    except Refused:
        if plan.alias is not None:
            await request.call(REGISTER, drop_plan, plan)
        raise


@routes.post(f"{V3}/join/{{room_id_or_alias}}", auth=GUEST, limit=Limit.JOINS)
async def post_join(request: Request, room_id_or_alias: str, query: Via, body: Why) -> InRoom:
    """Join a room by id or alias (spec: "POST /join/{roomIdOrAlias}")."""
    room_id = await _meant(request, room_id_or_alias)
    return InRoom(await request.call(room_id, join, room_id, body.reason))


@routes.post(f"{V3}/rooms/{{room_id}}/join", auth=GUEST, limit=Limit.JOINS)
async def post_room_join(request: Request, room_id: RoomID, body: Why) -> InRoom:
    """Join a room (spec: "POST /rooms/{roomId}/join")."""
    return InRoom(await request.call(room_id, join, room_id, body.reason))


@routes.post(f"{V3}/knock/{{room_id_or_alias}}", auth=DEVICE, limit=Limit.JOINS)
async def post_knock(request: Request, room_id_or_alias: str, query: Via, body: Why) -> InRoom:
    """Ask to be let in (spec: "POST /knock/{roomIdOrAlias}")."""
    room_id = await _meant(request, room_id_or_alias)
    return InRoom(await request.call(room_id, knock, room_id, body.reason))


@routes.post(f"{V3}/rooms/{{room_id}}/invite", auth=DEVICE, limit=Limit.INVITES)
async def post_invite(request: Request, room_id: RoomID, body: Whom) -> Done:
    """Invite somebody (spec: "POST /rooms/{roomId}/invite")."""
    await request.call(room_id, invite, room_id, body.person(), body.reason)
    return {}


@routes.post(f"{V3}/rooms/{{room_id}}/leave", auth=GUEST)
async def post_leave(request: Request, room_id: RoomID, body: Why) -> Done:
    """Leave, decline an invitation, or take back a knock (spec: "POST /rooms/{roomId}/leave")."""
    await request.call(room_id, leave, room_id, body.reason)
    return {}


@routes.post(f"{V3}/rooms/{{room_id}}/forget", auth=DEVICE)
async def post_forget(request: Request, room_id: RoomID) -> Done:
    """Forget a room that one has left (spec: "POST /rooms/{roomId}/forget")."""
    await request.call(request.device.user_id, forget, room_id)
    return {}


@routes.post(f"{V3}/rooms/{{room_id}}/kick", auth=DEVICE)
async def post_kick(request: Request, room_id: RoomID, body: Whom) -> Done:
    """Remove somebody (spec: "POST /rooms/{roomId}/kick")."""
    await request.call(room_id, kick, room_id, body.person(), body.reason)
    return {}


@routes.post(f"{V3}/rooms/{{room_id}}/ban", auth=DEVICE)
async def post_ban(request: Request, room_id: RoomID, body: Whom) -> Done:
    """Ban somebody (spec: "POST /rooms/{roomId}/ban")."""
    await request.call(room_id, ban, room_id, body.person(), body.reason)
    return {}


@routes.post(f"{V3}/rooms/{{room_id}}/unban", auth=DEVICE)
async def post_unban(request: Request, room_id: RoomID, body: Whom) -> Done:
    """Lift a ban (spec: "POST /rooms/{roomId}/unban")."""
    await request.call(room_id, unban, room_id, body.person(), body.reason)
    return {}


@routes.get(f"{V3}/joined_rooms", auth=DEVICE)
async def get_joined_rooms(request: Request) -> JoinedRooms:
    """The rooms one is in (spec: "GET /joined_rooms")."""
    return JoinedRooms(await joined_rooms(request.of(Database), request.device.user_id))


class NewVersion(msgspec.Struct):
    """The body of POST /upgrade."""

    new_version: str
    additional_creators: list[str] | None = None


@routes.post(f"{V3}/rooms/{{room_id}}/upgrade", auth=DEVICE, limit=Limit.ROOMS)
async def post_upgrade(request: Request, room_id: RoomID, body: NewVersion) -> Done:
    """Replace a room by one of another version (spec: "POST /rooms/{roomId}/upgrade")."""
    planned = await request.call(room_id, plan_upgrade, room_id, body.new_version, body.additional_creators)
    if not isinstance(planned, UpgradePlan):
        return {"replacement_room": planned}
    await request.call(planned.new, make_replacement, planned)
    return {"replacement_room": await request.call(room_id, replacement_of, room_id, body.new_version)}


async def _meant(request: Request, room_id_or_alias: str) -> RoomID:
    """The room that is meant by an id or an alias."""
    where = "The path's room_id_or_alias"
    if room_id_or_alias.startswith("#"):
        return await resolve(request.of(Database), parse_room_alias(room_id_or_alias, where))
    return parse_room_id(room_id_or_alias, where)
