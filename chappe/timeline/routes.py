"""Matrix HTTP for sending, redacting and reading what is said in a room."""

from functools import lru_cache

import msgspec

from chappe.clock import Clock
from chappe.events import canonical_json
from chappe.http import DEVICE, GUEST, JSONObject, Limit, RawJSON, Request, Routes
from chappe.ids import EventID, RoomID
from chappe.restrictions import Restrictions
from chappe.rooms.read_state import reader_of
from chappe.storage import Database
from chappe.stream import Log
from chappe.timeline.aggregations import Bundling
from chappe.timeline.by_time import TimeQuery, event_by_time
from chappe.timeline.context import ContextQuery, context
from chappe.timeline.filters import EventFilter
from chappe.timeline.messages import MessagesQuery, messages
from chappe.timeline.pages import Walk
from chappe.timeline.peek import PeekQuery, peek
from chappe.timeline.redact import redact_event
from chappe.timeline.routes_markers import routes as _markers
from chappe.timeline.routes_relations import routes as _relations
from chappe.timeline.send import send_event
from chappe.timeline.unsigned import present
from chappe.timeline.visible import Viewer, Withholding, require_sight, require_visible, sight_of

_routes = Routes()

MAX_PARSED_FILTERS = 256
"""Clients send the same few filters with every page."""


class Sent(msgspec.Struct):
    """The answer to a sent event."""

    event_id: str


@_routes.put("/_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}", auth=GUEST, limit=Limit.MESSAGES)
async def put_send(request: Request, room_id: RoomID, event_type: str, txn_id: str, body: JSONObject) -> Sent:
    """Send a message event (spec: "PUT /rooms/{roomId}/send/{eventType}/{txnId}")."""
    return Sent(await request.call(room_id, send_event, room_id, event_type, body, txn_id))


@_routes.put("/_matrix/client/v3/rooms/{room_id}/redact/{event_id}/{txn_id}", auth=DEVICE, limit=Limit.MESSAGES)
async def put_redact(request: Request, room_id: RoomID, event_id: EventID, txn_id: str, body: JSONObject) -> Sent:
    """Redact an event (spec: "PUT /rooms/{roomId}/redact/{eventId}/{txnId}")."""
    return Sent(await request.call(room_id, redact_event, room_id, event_id, body, txn_id))


@_routes.get("/_matrix/client/v3/rooms/{room_id}/messages", auth=GUEST)
async def get_messages(request: Request, room_id: RoomID, query: MessagesQuery) -> RawJSON:
    """A page of a room's history (spec: "GET /rooms/{roomId}/messages")."""
    walk = await _walk(request, room_id, query.filter)
    head = request.of(Log).head_of(room_id)
    return RawJSON(await messages(walk, query, head, request.of(Clock).now_ms()))


@_routes.get("/_matrix/client/v3/rooms/{room_id}/initialSync", auth=GUEST)
async def get_initial_sync(request: Request, room_id: RoomID, query: PeekQuery) -> RawJSON:
    """A room at one look (spec: "GET /rooms/{roomId}/initialSync")."""
    walk = await _walk(request, room_id, None)
    of = request.of
    reader = await reader_of(of(Database), of(Log), of(Restrictions), room_id, request.device.user_id)
    return RawJSON(await peek(walk, reader, query, request.of(Clock).now_ms()))


@_routes.get("/_matrix/client/v3/rooms/{room_id}/context/{event_id}", auth=GUEST)
async def get_context(request: Request, room_id: RoomID, event_id: EventID, query: ContextQuery) -> RawJSON:
    """An event with what is around it (spec: "GET /rooms/{roomId}/context/{eventId}")."""
    walk = await _walk(request, room_id, query.filter)
    head = request.of(Log).head_of(room_id)
    return RawJSON(await context(walk, event_id, query, head, request.of(Clock).now_ms()))


@_routes.get("/_matrix/client/v3/rooms/{room_id}/event/{event_id}", auth=GUEST)
async def get_event(request: Request, room_id: RoomID, event_id: EventID) -> RawJSON:
    """One event (spec: "GET /rooms/{roomId}/event/{eventId}"); 404 for one that the reader may not see."""
    reads, viewer = request.of(Database), _viewer(request)
    withholding, now = request.of(Withholding), request.of(Clock).now_ms()
    sight = await sight_of(reads, room_id, viewer, withholding)
    event = await require_visible(reads, room_id, event_id, viewer, sight, withholding)
    (shown,) = await present(reads, [event], viewer, sight, now, bundling=Bundling(withholding))
    return RawJSON(shown)


class Found(msgspec.Struct):
    """The answer of GET /timestamp_to_event."""

    event_id: str
    origin_server_ts: int


@_routes.get("/_matrix/client/v1/rooms/{room_id}/timestamp_to_event", auth=GUEST)
async def get_event_by_time(request: Request, room_id: RoomID, query: TimeQuery) -> Found:
    """The event at a time (spec: "GET /rooms/{roomId}/timestamp_to_event")."""
    event = await event_by_time(await _walk(request, room_id, None), query, request.of(Log).head_of(room_id))
    return Found(event.event_id, event.origin_server_ts)


async def _walk(request: Request, room_id: RoomID, given: str | None) -> Walk:
    """The reader at the door of a room, with their filter; refused who may not look in."""
    wanted = _parse_filter(given) if given else EventFilter()
    reads, viewer = request.of(Database), _viewer(request)
    withholding = request.of(Withholding)
    sight = await require_sight(reads, room_id, viewer, withholding)
    return Walk(reads, room_id, viewer, sight, withholding, wanted)


@lru_cache(MAX_PARSED_FILTERS)
def _parse_filter(text: str) -> EventFilter:
    """The RoomEventFilter of a query. Its length is bounded by that of the query string."""
    return EventFilter.parse(canonical_json.decode(text.encode()))


def _viewer(request: Request) -> Viewer:
    return Viewer(request.device.user_id, request.device.device_id)


routes = Routes(_routes, _markers, _relations)
