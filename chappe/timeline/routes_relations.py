"""Matrix HTTP for what relates to an event, and for threads."""

from chappe.clock import Clock
from chappe.http import GUEST, RawJSON, Request, Routes
from chappe.ids import EventID, RoomID
from chappe.storage import Database
from chappe.stream import Log
from chappe.timeline.filters import EVERYTHING
from chappe.timeline.pages import Walk
from chappe.timeline.relations import Related, RelationsQuery, relations
from chappe.timeline.thread_list import ThreadsQuery, threads
from chappe.timeline.visible import Viewer, Withholding, require_sight, sight_of

routes = Routes()

_PATH = "/_matrix/client/v1/rooms/{room_id}/relations/{event_id}"


@routes.get(_PATH, auth=GUEST)
async def get_relations(request: Request, room_id: RoomID, event_id: EventID, query: RelationsQuery) -> RawJSON:
    """What relates to an event (spec: "GET /rooms/{roomId}/relations/{eventId}")."""
    return await _relations(request, room_id, Related(event_id), query)


@routes.get(_PATH + "/{rel_type}", auth=GUEST)
async def get_relations_of_kind(
    request: Request, room_id: RoomID, event_id: EventID, rel_type: str, query: RelationsQuery
) -> RawJSON:
    """What relates to an event in one way (spec: "GET /rooms/{roomId}/relations/{eventId}/{relType}")."""
    return await _relations(request, room_id, Related(event_id, rel_type), query)


@routes.get(_PATH + "/{rel_type}/{event_type}", auth=GUEST)
async def get_relations_of_type(
    request: Request, room_id: RoomID, event_id: EventID, rel_type: str, event_type: str, query: RelationsQuery
) -> RawJSON:
    """The same, events of one type only (spec: "GET /rooms/{roomId}/relations/{eventId}/{relType}/{eventType}")."""
    return await _relations(request, room_id, Related(event_id, rel_type, event_type), query)


@routes.get("/_matrix/client/v1/rooms/{room_id}/threads", auth=GUEST)
async def get_threads(request: Request, room_id: RoomID, query: ThreadsQuery) -> RawJSON:
    """The threads of a room (spec: "GET /rooms/{roomId}/threads")."""
    database, viewer = request.of(Database), Viewer(request.device.user_id, request.device.device_id)
    withholding = request.of(Withholding)
    sight = await require_sight(database, room_id, viewer, withholding)
    walk = Walk(database, room_id, viewer, sight, withholding, EVERYTHING)
    return RawJSON(await threads(walk, database, query, request.of(Log).head_of(room_id), request.of(Clock).now_ms()))


async def _relations(request: Request, room_id: RoomID, wanted: Related, query: RelationsQuery) -> RawJSON:
    database, viewer = request.of(Database), Viewer(request.device.user_id, request.device.device_id)
    withholding = request.of(Withholding)
    sight = await sight_of(database, room_id, viewer, withholding)
    walk = Walk(database, room_id, viewer, sight, withholding, EVERYTHING)
    head, now = request.of(Log).head_of(room_id), request.of(Clock).now_ms()
    return RawJSON(await relations(walk, database, wanted, query, head, now))
