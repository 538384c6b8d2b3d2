"""Matrix HTTP for looking at rooms from outside: summaries, spaces, rooms shared with somebody."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, OPTIONAL, Limit, Request, Routes
from chappe.ids import RoomID, is_room_id, parse_room_alias, parse_room_id, parse_user_id
from chappe.restrictions import Restrictions
from chappe.rooms import spaces_store
from chappe.rooms.aliases import resolve
from chappe.rooms.hierarchy import DEFAULT_DEPTH, MAX_DEPTH, HierarchyPage, Walk, page_of
from chappe.rooms.read_state import Scanning
from chappe.rooms.room_summary import summary_for
from chappe.storage import Database

routes = Routes()

MUTUAL_AT_ONCE = 100
"""Shared rooms in one answer."""
_UNSTABLE_SUMMARY = "/_matrix/client/unstable/im.nheko.summary"


class Via(msgspec.Struct):
    """Servers to ask about rooms of other servers, which are not reached yet."""

    via: list[str] = []


@routes.get("/_matrix/client/v1/room_summary/{room_id_or_alias}", auth=OPTIONAL)
@routes.get(f"{_UNSTABLE_SUMMARY}/rooms/{{room_id_or_alias}}/summary", auth=OPTIONAL, deprecated=True)
@routes.get(f"{_UNSTABLE_SUMMARY}/summary/{{room_id_or_alias}}", auth=OPTIONAL, deprecated=True)
async def get_room_summary(request: Request, room_id_or_alias: str, query: Via) -> dict[str, object]:
    """What one may know of a room (spec: "GET /room_summary/{roomIdOrAlias}")."""
    database, where = request.of(Database), "The path's room_id_or_alias"
    if room_id_or_alias.startswith("#"):
        room_id = await resolve(database, parse_room_alias(room_id_or_alias, where))
    else:
        room_id = parse_room_id(room_id_or_alias, where)
    device, restrictions = request.maybe_device, request.of(Restrictions)
    return await summary_for(database, restrictions, room_id, device.user_id if device is not None else None)


class HierarchyQuery(msgspec.Struct, rename={"token": "from"}):
    """What of a space is wanted."""

    suggested_only: bool = False
    limit: int | None = None
    max_depth: int | None = None
    token: str | None = None


@routes.get("/_matrix/client/v1/rooms/{room_id}/hierarchy", auth=DEVICE, limit=Limit.SEARCH)
async def get_hierarchy(request: Request, room_id: RoomID, query: HierarchyQuery) -> HierarchyPage:
    """The rooms of a space, and those of spaces in it (spec: "GET /rooms/{roomId}/hierarchy")."""
    if query.limit is not None and query.limit < 1:
        raise Refused(Errcode.INVALID_PARAM, "limit is 1 or more.")
    if query.max_depth is not None and query.max_depth < 0:
        raise Refused(Errcode.INVALID_PARAM, "max_depth is 0 or more.")
    depth = DEFAULT_DEPTH if query.max_depth is None else min(query.max_depth, MAX_DEPTH)
    reads = Scanning(request.of(Database))
    walk = Walk(depth, query.suggested_only)
    return await page_of(
        reads, request.of(Restrictions), request.device.user_id, room_id, walk, query.limit, query.token
    )


class MutualQuery(msgspec.Struct, rename={"token": "from"}):
    """With whom, and from where on."""

    user_id: str
    token: str | None = None


class MutualRooms(msgspec.Struct, omit_defaults=True):
    """The answer of GET /mutual_rooms. `count` is that of all of them."""

    joined: list[RoomID]
    count: int
    next_batch: str | None = None


@routes.get("/_matrix/client/v1/mutual_rooms", auth=DEVICE, limit=Limit.SEARCH)
async def get_mutual_rooms(request: Request, query: MutualQuery) -> MutualRooms:
    """The rooms one shares with somebody (spec: "GET /mutual_rooms")."""
    me, other = request.device.user_id, parse_user_id(query.user_id, "The query parameter user_id")
    if me == other:
        raise Refused(Errcode.INVALID_PARAM, "user_id is your own: GET /joined_rooms tells your rooms.")
    reads = request.of(Database)
    after = _read_token(query.token) if query.token else ""
    found = await spaces_store.mutual_rooms(reads, me, other, after, MUTUAL_AT_ONCE + 1)
    joined = found[:MUTUAL_AT_ONCE]
    more = urlsafe_b64encode(joined[-1].encode()).decode().rstrip("=") if len(found) > MUTUAL_AT_ONCE else None
    return MutualRooms(joined, await spaces_store.count_mutual(reads, me, other), more)


def _read_token(token: str) -> str:
    try:
        room_id = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        room_id = ""
    if not is_room_id(room_id):
        raise Refused(Errcode.INVALID_PARAM, "from is no token of this endpoint. Leave it out to begin anew.")
    return room_id
