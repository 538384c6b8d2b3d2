"""Matrix HTTP for key backups."""

import asyncio
import re
from collections.abc import Mapping
from typing import Annotated

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import MAX_INT
from chappe.http import DEVICE, JSONObject, Limit, RawJSON, Request, Routes, Streamed
from chappe.ids import RoomID, UserID, parse_room_id
from chappe.keys import backup, restore
from chappe.keys import store_backup as store
from chappe.keys.backup import Stored
from chappe.keys.store_backup import Backup, Key
from chappe.storage import Database

routes = Routes()

MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_KEYS_AT_ONCE = 2_000
"""Keys of one request; clients send some hundred."""
CHECKED_AT_ONCE = 500
"""Keys that are looked through before others have the loop: about a millisecond."""
MAX_SESSION_DATA_BYTES = 16 * 1024
MAX_AUTH_DATA_BYTES = 16 * 1024
MAX_NAME_CHARS = 255
"""Length of an algorithm and of a session id."""
READ_BYTES = 16 * 1024 * 1024
"""What counts as one search: a whole backup is rarely asked for, and long."""

VERSION = "/_matrix/client/v3/room_keys/version"
KEYS = "/_matrix/client/v3/room_keys/keys"

_VERSION = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_INT)]
_encode = msgspec.json.encode


class NewBackup(msgspec.Struct):
    """The body of POST /room_keys/version."""

    algorithm: str
    auth_data: JSONObject


class ChangedBackup(NewBackup):
    """The body of PUT /room_keys/version/{version}."""

    version: str | None = None


class KeyData(msgspec.Struct):
    """The key of one session."""

    first_message_index: _Count
    forwarded_count: _Count
    is_verified: bool
    session_data: JSONObject


class KeysOfRoom(msgspec.Struct):
    """The keys of one room, by session id."""

    sessions: dict[str, KeyData]


class KeysOfRooms(msgspec.Struct):
    """Keys by room id."""

    rooms: dict[str, KeysOfRoom]


class OfVersion(msgspec.Struct):
    """The query of everything about keys: in which backup."""

    version: str


def _number(version: str) -> int:
    if _VERSION.fullmatch(version) is None:
        raise backup.unknown_backup()
    return int(version)


def _shown(found: Backup) -> RawJSON:
    return RawJSON(
        b'{"algorithm":%s,"auth_data":%s,"count":%d,"etag":"%d","version":"%d"}'
        % (_encode(found.algorithm), found.auth_data, found.count, found.etag, found.version)
    )


def _auth_data(body: NewBackup) -> bytes:
    if not 0 < len(body.algorithm) <= MAX_NAME_CHARS or "\0" in body.algorithm:
        raise Refused(Errcode.INVALID_PARAM, f"algorithm has 1 to {MAX_NAME_CHARS} characters.")
    auth_data = _encode(body.auth_data)
    if len(auth_data) > MAX_AUTH_DATA_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"auth_data has at most {MAX_AUTH_DATA_BYTES} bytes.")
    return auth_data


# The backups


@routes.post(VERSION, auth=DEVICE)
async def post_backup(request: Request, body: NewBackup) -> JSONObject:
    """Make a new key backup (spec: "POST /room_keys/version")."""
    user_id = request.device.user_id
    version = await request.call(user_id, backup.create_backup, body.algorithm, _auth_data(body))
    return {"version": str(version)}


@routes.get(VERSION, auth=DEVICE)
async def get_current_backup(request: Request) -> RawJSON:
    """The current key backup (spec: "GET /room_keys/version")."""
    return _shown(await backup.current_backup(request.of(Database), request.device.user_id))


@routes.get(VERSION + "/{version}", auth=DEVICE)
async def get_backup(request: Request, version: str) -> RawJSON:
    """One key backup (spec: "GET /room_keys/version/{version}")."""
    return _shown(await backup.backup_of(request.of(Database), request.device.user_id, _number(version)))


@routes.put(VERSION + "/{version}", auth=DEVICE)
async def put_backup(request: Request, version: str, body: ChangedBackup) -> JSONObject:
    """Change the auth_data of a key backup (spec: "PUT /room_keys/version/{version}")."""
    if body.version is not None and body.version != version:
        raise Refused(Errcode.INVALID_PARAM, "The version in the body is not the one in the path.")
    user_id, auth_data = request.device.user_id, _auth_data(body)
    await request.call(user_id, backup.change_backup, _number(version), body.algorithm, auth_data)
    return {}


@routes.delete(VERSION + "/{version}", auth=DEVICE)
async def delete_backup(request: Request, version: str) -> JSONObject:
    """Delete a key backup with all its keys (spec: "DELETE /room_keys/version/{version}")."""
    await request.call(request.device.user_id, backup.delete_backup, _number(version))
    return {}


# Their keys


@routes.put(KEYS, auth=DEVICE, max_body_bytes=MAX_BODY_BYTES)
async def put_keys(request: Request, query: OfVersion, body: KeysOfRooms) -> Stored:
    """Store keys of several rooms (spec: "PUT /room_keys/keys")."""
    if len(body.rooms) > MAX_KEYS_AT_ONCE:
        raise Refused(Errcode.TOO_LARGE, f"One request stores keys of at most {MAX_KEYS_AT_ONCE} rooms.")
    return await _store(request, query.version, {name: room.sessions for name, room in body.rooms.items()})


@routes.put(KEYS + "/{room_id}", auth=DEVICE, max_body_bytes=MAX_BODY_BYTES)
async def put_keys_of_room(request: Request, room_id: RoomID, query: OfVersion, body: KeysOfRoom) -> Stored:
    """Store keys of one room (spec: "PUT /room_keys/keys/{roomId}")."""
    return await _store(request, query.version, {room_id: body.sessions})


@routes.put(KEYS + "/{room_id}/{session_id}", auth=DEVICE)
async def put_key(request: Request, room_id: RoomID, session_id: str, query: OfVersion, body: KeyData) -> Stored:
    """Store the key of one session (spec: "PUT /room_keys/keys/{roomId}/{sessionId}")."""
    return await _store(request, query.version, {room_id: {session_id: body}})


async def _store(request: Request, version: str, rooms: Mapping[str, Mapping[str, KeyData]]) -> Stored:
    """Part by part, so that others have the loop in between; who is cut off stores the rest by repeating."""
    if sum(len(sessions) for sessions in rooms.values()) > MAX_KEYS_AT_ONCE:
        raise Refused(Errcode.TOO_LARGE, f"One request stores at most {MAX_KEYS_AT_ONCE} keys.")
    keys: list[Key] = []
    for name, sessions in rooms.items():
        room_id = parse_room_id(name, "A key of rooms")
        for session_id, data in sessions.items():
            keys.append(_key(room_id, session_id, data))
            if len(keys) % CHECKED_AT_ONCE == 0:
                await asyncio.sleep(0)
    user_id, number = request.device.user_id, _number(version)
    at_once = backup.STORED_AT_ONCE
    if len(keys) > at_once:
        await backup.require_room_for(request.of(Database), user_id, number, keys)
    stored = await request.call(user_id, backup.store_keys, number, keys[:at_once])
    for start in range(at_once, len(keys), at_once):
        stored = await request.call(user_id, backup.store_keys, number, keys[start : start + at_once])
    return stored


def _key(room_id: RoomID, session_id: str, data: KeyData) -> Key:
    if not 0 < len(session_id) <= MAX_NAME_CHARS or "\0" in session_id:
        raise Refused(Errcode.INVALID_PARAM, f"A session ID has 1 to {MAX_NAME_CHARS} characters.")
    session_data = _encode(data.session_data)
    if len(session_data) > MAX_SESSION_DATA_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"session_data has at most {MAX_SESSION_DATA_BYTES} bytes.")
    return Key(room_id, session_id, data.is_verified, data.first_message_index, data.forwarded_count, session_data)


@routes.get(KEYS, auth=DEVICE, limit=Limit.SEARCH)
async def get_keys(request: Request, query: OfVersion) -> RawJSON | Streamed:
    """All keys of a backup (spec: "GET /room_keys/keys")."""
    found, user_id = await _backup(request, query), request.device.user_id
    if found.size_bytes > READ_BYTES:
        request.limits.hit(Limit.SEARCH, user_id, found.size_bytes // READ_BYTES)
    folder = request.of(Settings).data_dir
    return await restore.keys_of_all_rooms(request.of(Database), folder, user_id, found.version)


@routes.get(KEYS + "/{room_id}", auth=DEVICE)
async def get_keys_of_room(request: Request, room_id: RoomID, query: OfVersion) -> RawJSON | Streamed:
    """The keys of one room (spec: "GET /room_keys/keys/{roomId}")."""
    found, user_id = await _backup(request, query), request.device.user_id
    if found.size_bytes > READ_BYTES:
        request.limits.hit(Limit.SEARCH, user_id)  # it may be the only room
    folder = request.of(Settings).data_dir
    return await restore.keys_of_room(request.of(Database), folder, user_id, found.version, room_id)


@routes.get(KEYS + "/{room_id}/{session_id}", auth=DEVICE)
async def get_key(request: Request, room_id: RoomID, session_id: str, query: OfVersion) -> RawJSON:
    """The key of one session (spec: "GET /room_keys/keys/{roomId}/{sessionId}")."""
    found, user_id = await _backup(request, query), request.device.user_id
    keys = await store.keys_of_sessions(request.of(Database), user_id, found.version, room_id, [session_id])
    if not keys:
        raise Refused(Errcode.NOT_FOUND, "The backup has no key of this session.")
    return RawJSON(restore.key_json(keys[0]))


async def _backup(request: Request, query: OfVersion) -> Backup:
    return await backup.backup_of(request.of(Database), request.device.user_id, _number(query.version))


@routes.delete(KEYS, auth=DEVICE)
async def delete_keys(request: Request, query: OfVersion) -> Stored:
    """Delete all keys of a backup (spec: "DELETE /room_keys/keys")."""
    return await _delete(request, query, None, None)


@routes.delete(KEYS + "/{room_id}", auth=DEVICE)
async def delete_keys_of_room(request: Request, room_id: RoomID, query: OfVersion) -> Stored:
    """Delete the keys of one room (spec: "DELETE /room_keys/keys/{roomId}")."""
    return await _delete(request, query, room_id, None)


@routes.delete(KEYS + "/{room_id}/{session_id}", auth=DEVICE)
async def delete_key(request: Request, room_id: RoomID, session_id: str, query: OfVersion) -> Stored:
    """Delete the key of one session (spec: "DELETE /room_keys/keys/{roomId}/{sessionId}")."""
    return await _delete(request, query, room_id, session_id)


async def _delete(request: Request, query: OfVersion, room_id: RoomID | None, session_id: str | None) -> Stored:
    """Part by part, since one unit of work is not to last; who is cut off deletes the rest by repeating."""
    user_id: UserID = request.device.user_id
    while True:
        arguments = (_number(query.version), room_id, session_id)
        stored, is_all = await request.call(user_id, backup.delete_some_keys, *arguments)
        if is_all:
            return stored
