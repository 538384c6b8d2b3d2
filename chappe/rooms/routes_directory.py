"""Matrix HTTP for finding rooms and people (Client-Server API v1.19, "Room aliases" and after)."""

from typing import Literal

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, NOBODY, Limit, Request, Routes
from chappe.identity import Identity
from chappe.ids import RoomAlias, RoomID, parse_room_id
from chappe.restrictions import Restrictions
from chappe.rooms import register_store, store
from chappe.rooms.aliases import MAX_ALIASES, add_alias, remove_alias, resolve
from chappe.rooms.directory import Filter, Page, page, set_visibility
from chappe.rooms.people import DEFAULT_PEOPLE, People, search
from chappe.rooms.read_state import Scanning, require_inside_or_world_readable
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

V3 = "/_matrix/client/v3"


class AliasFor(msgspec.Struct):
    """The body of a new alias."""

    room_id: str


class Resolved(msgspec.Struct):
    """Where an alias points."""

    room_id: RoomID
    servers: list[str]


class Listed(msgspec.Struct):
    """Whether a room is in the directory; to put it there if nothing is said."""

    visibility: Literal["public", "private"] = "public"


class PageQuery(msgspec.Struct):
    """Which part of the directory."""

    limit: int | None = None
    since: str | None = None
    server: str | None = None


class ServerQuery(msgspec.Struct):
    """Whose directory."""

    server: str | None = None


class PageBody(msgspec.Struct):
    """Which part of the directory, and what of it."""

    limit: int | None = None
    since: str | None = None
    filter: Filter | None = None
    include_all_networks: bool = False
    third_party_instance_id: str | None = None


class SearchBody(msgspec.Struct):
    """Whom somebody looks for."""

    search_term: str
    limit: int = DEFAULT_PEOPLE


@routes.get(f"{V3}/directory/room/{{alias}}", auth=NOBODY)
async def get_alias(request: Request, alias: RoomAlias) -> Resolved:
    """Where an alias points (spec: "GET /directory/room/{roomAlias}")."""
    room_id = await resolve(request.of(Database), alias)
    return Resolved(room_id, [request.of(Identity).server_name])


@routes.put(f"{V3}/directory/room/{{alias}}", auth=DEVICE)
async def put_alias(request: Request, alias: RoomAlias, body: AliasFor) -> dict[str, object]:
    """Give a room one more name (spec: "PUT /directory/room/{roomAlias}")."""
    await request.call(REGISTER, add_alias, alias, parse_room_id(body.room_id, "room_id"))
    return {}


@routes.delete(f"{V3}/directory/room/{{alias}}", auth=DEVICE)
async def delete_alias(request: Request, alias: RoomAlias) -> dict[str, object]:
    """Take a name away (spec: "DELETE /directory/room/{roomAlias}")."""
    await request.call(REGISTER, remove_alias, alias)
    return {}


@routes.get(f"{V3}/rooms/{{room_id}}/aliases", auth=DEVICE)
async def get_aliases(request: Request, room_id: RoomID) -> dict[str, object]:
    """The names of a room (spec: "GET /rooms/{roomId}/aliases")."""
    database = request.of(Database)
    await require_inside_or_world_readable(database, room_id, request.device.user_id)
    await request.of(Restrictions).require_open(room_id, request.device.user_id)
    return {"aliases": await register_store.aliases_of(database, room_id, MAX_ALIASES)}


@routes.get(f"{V3}/directory/list/room/{{room_id}}", auth=NOBODY)
async def get_visibility(request: Request, room_id: RoomID) -> Listed:
    """Whether a room is in the directory (spec: "GET /directory/list/room/{roomId}")."""
    database = request.of(Database)
    if await store.room_row(database, room_id) is None:
        raise Refused(Errcode.NOT_FOUND, "There is no such room here.")
    return Listed("public" if await register_store.is_listed(database, room_id) else "private")


@routes.put(f"{V3}/directory/list/room/{{room_id}}", auth=DEVICE)
async def put_visibility(request: Request, room_id: RoomID, body: Listed) -> dict[str, object]:
    """Put a room into the directory, or take it out (spec: "PUT /directory/list/room/{roomId}")."""
    if await store.room_row(request.of(Database), room_id) is None:
        raise Refused(Errcode.NOT_FOUND, "There is no such room here.")
    await request.call(room_id, set_visibility, room_id, body.visibility)
    return {}


@routes.get(f"{V3}/publicRooms", auth=NOBODY, limit=Limit.SEARCH)
async def get_public_rooms(request: Request, query: PageQuery) -> Page:
    """The directory (spec: "GET /publicRooms")."""
    _require_ours(request, query.server)
    reads, restrictions = Scanning(request.of(Database)), request.of(Restrictions)
    return await page(reads, restrictions, None, query.limit, query.since, Filter())


@routes.post(f"{V3}/publicRooms", auth=DEVICE, limit=Limit.SEARCH)
async def post_public_rooms(request: Request, query: ServerQuery, body: PageBody) -> Page:
    """What of the directory is looked for (spec: "POST /publicRooms")."""
    _require_ours(request, query.server)
    if body.include_all_networks and body.third_party_instance_id is not None:
        raise Refused(
            Errcode.INVALID_PARAM, "third_party_instance_id names one network, include_all_networks all: choose one."
        )
    if body.third_party_instance_id is not None:
        raise Refused(Errcode.NOT_FOUND, "This server has no rooms of third-party networks.")
    reads, restrictions = Scanning(request.of(Database)), request.of(Restrictions)
    wanted = body.filter or Filter()
    return await page(reads, restrictions, request.device.user_id, body.limit, body.since, wanted)


@routes.post(f"{V3}/user_directory/search", auth=DEVICE, limit=Limit.SEARCH)
async def post_user_search(request: Request, body: SearchBody) -> People:
    """Find people by name (spec: "POST /user_directory/search")."""
    return await search(request.of(Database), request.device.user_id, body.search_term, body.limit)


def _require_ours(request: Request, server: str | None) -> None:
    if server is not None and server != request.of(Identity).server_name:
        raise Refused(
            Errcode.NOT_FOUND, "The directories of other servers are not reached from here yet. Leave out `server`."
        )
