"""Matrix HTTP for a room's state and members (Client-Server API v1.19, "Getting events for a room")."""

from typing import Literal

import msgspec

from chappe.http import DEVICE, GUEST, JSONObject, RawJSON, Request, Routes
from chappe.ids import EventID, RoomID, UserID
from chappe.restrictions import Restrictions
from chappe.rooms.invite_limit import count_put_member
from chappe.rooms.put_state import put_state
from chappe.rooms.read_state import RoomReader, reader_of, require_joined
from chappe.rooms.room_token import decode_room_token
from chappe.rooms.shown import json_list, shown
from chappe.storage import Database
from chappe.stream import Log

routes = Routes()

ROOM = "/_matrix/client/v3/rooms/{room_id}"
Membership = Literal["join", "invite", "knock", "leave", "ban"]


class Sent(msgspec.Struct):
    """The answer to a piece of state that was set."""

    event_id: EventID


class Format(msgspec.Struct):
    """How a piece of state is wanted."""

    format: Literal["content", "event"] = "content"


class MemberQuery(msgspec.Struct):
    """Which members are wanted, and when."""

    at: str | None = None
    membership: Membership | None = None
    not_membership: Membership | None = None


class _Content(msgspec.Struct):
    content: msgspec.Raw


class _Shown(msgspec.Struct):
    displayname: object = None
    avatar_url: object = None


class _MemberEvent(msgspec.Struct):
    content: _Shown


_decode_content = msgspec.json.Decoder(_Content).decode
_decode_member = msgspec.json.Decoder(_MemberEvent).decode


@routes.get(f"{ROOM}/state", auth=GUEST)
async def get_state(request: Request, room_id: RoomID) -> RawJSON:
    """All state of a room (spec: "GET /rooms/{roomId}/state")."""
    reader = await _reader(request, room_id)
    return RawJSON(json_list([shown(event) for event in await reader.all()]))


@routes.get(f"{ROOM}/state/{{event_type}}/{{state_key}}", auth=GUEST)
async def get_state_event(request: Request, room_id: RoomID, event_type: str, state_key: str, query: Format) -> RawJSON:
    """One piece of state (spec: "GET /rooms/{roomId}/state/{eventType}/{stateKey}")."""
    event = await (await _reader(request, room_id)).one(event_type, state_key)
    return RawJSON(shown(event) if query.format == "event" else bytes(_decode_content(event.client_json).content))


@routes.put(f"{ROOM}/state/{{event_type}}/{{state_key}}", auth=GUEST)
async def put_state_event(request: Request, room_id: RoomID, event_type: str, state_key: str, body: JSONObject) -> Sent:
    """Set a piece of state (spec: "PUT /rooms/{roomId}/state/{eventType}/{stateKey}")."""
    count_put_member(request, event_type, body)
    return Sent(await request.call(room_id, put_state, room_id, event_type, state_key, body))


@routes.get(f"{ROOM}/members", auth=GUEST)
async def get_members(request: Request, room_id: RoomID, query: MemberQuery) -> RawJSON:
    """The membership events of a room (spec: "GET /rooms/{roomId}/members")."""
    reader = await _reader(request, room_id)
    at = decode_room_token(query.at, room_id, "at") if query.at else None
    events = await reader.members(at, query.membership, query.not_membership)
    return RawJSON(b'{"chunk":' + json_list([shown(event) for event in events]) + b"}")


@routes.get(f"{ROOM}/joined_members", auth=DEVICE)
async def get_joined_members(request: Request, room_id: RoomID) -> dict[str, object]:
    """Who is in a room, by name (spec: "GET /rooms/{roomId}/joined_members")."""
    await require_joined(request.of(Database), room_id, request.device.user_id)
    reader = await _reader(request, room_id)
    joined = {UserID(str(one.state_key)): _by_name(one.client_json) for one in await reader.joined_members()}
    return {"joined": joined}


def _by_name(client_json: bytes) -> dict[str, object]:
    member = _decode_member(client_json).content
    named = {"display_name": member.displayname, "avatar_url": member.avatar_url}
    return {key: value for key, value in named.items() if isinstance(value, str)}


async def _reader(request: Request, room_id: RoomID) -> RoomReader:
    of = request.of
    return await reader_of(of(Database), of(Log), of(Restrictions), room_id, request.device.user_id)
