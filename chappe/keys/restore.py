"""Reading a whole backup, which may be long: page by page out of the database, and piece by piece to the client."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import RawJSON, Streamed
from chappe.ids import RoomID, UserID
from chappe.keys import store_backup as store
from chappe.keys.store_backup import Key, Scans

PAGE_KEYS = 500
"""Keys read and written at a stretch, in about a millisecond."""
MAX_IN_MEMORY_BYTES = 1024 * 1024
"""A longer answer waits in a file: clients take it as slowly as they like."""
PIECE_BYTES = 256 * 1024

_encode = msgspec.json.encode


def key_json(key: Key) -> bytes:
    """A key as clients see it."""
    return b'{"first_message_index":%d,"forwarded_count":%d,"is_verified":%s,"session_data":%s}' % (
        key.first_message_index,
        key.forwarded_count,
        b"true" if key.is_verified else b"false",
        key.session_data,
    )


async def keys_of_room(
    scans: Scans, folder: Path, user_id: UserID, version: int, room_id: RoomID
) -> RawJSON | Streamed:
    """The answer with all keys of one room."""
    return await _answer(_sessions(scans, user_id, version, room_id), folder)


async def keys_of_all_rooms(scans: Scans, folder: Path, user_id: UserID, version: int) -> RawJSON | Streamed:
    """The answer with all keys of a backup."""
    return await _answer(_rooms(scans, user_id, version), folder)


async def _sessions(scans: Scans, user_id: UserID, version: int, room_id: RoomID) -> AsyncGenerator[bytes, None]:
    before = b'{"sessions":{'
    async for page in _pages(scans, user_id, version, room_id):
        yield before + b",".join([_encode(key.session_id) + b":" + key_json(key) for key in page])
        before = b","
    yield b"}}" if before == b"," else before + b"}}"


async def _rooms(scans: Scans, user_id: UserID, version: int) -> AsyncGenerator[bytes, None]:
    room_id, piece = None, bytearray(b'{"rooms":{')
    async for page in _pages(scans, user_id, version, None):
        for key in page:
            if key.room_id == room_id:
                piece += b","
            else:
                piece += (b"" if room_id is None else b"}},") + _encode(key.room_id) + b':{"sessions":{'
                room_id = key.room_id
            piece += _encode(key.session_id) + b":" + key_json(key)
        yield bytes(piece)
        piece.clear()
    yield bytes(piece) + (b"}}" if room_id is None else b"}}}}")


async def _pages(
    scans: Scans, user_id: UserID, version: int, room_id: RoomID | None
) -> AsyncGenerator[list[Key], None]:
    after = ("", "")
    while page := await store.keys_after(scans, user_id, version, room_id, after, PAGE_KEYS):
        yield page
        if len(page) < PAGE_KEYS:
            return
        after = (page[-1].room_id, page[-1].session_id)


async def _answer(pieces: AsyncGenerator[bytes, None], folder: Path) -> RawJSON | Streamed:
    spool = tempfile.SpooledTemporaryFile(max_size=MAX_IN_MEMORY_BYTES, dir=str(folder))  # noqa: SIM115  # closed by who reads it
    try:
        async for piece in pieces:
            await asyncio.to_thread(spool.write, piece)
    except OSError as error:
        spool.close()
        raise Refused(
            Errcode.UNAVAILABLE, "There is no space for the keys on their way to you.", retry_after_ms=60_000
        ) from error
    except BaseException:
        spool.close()
        raise
    length = spool.tell()
    spool.seek(0)
    if length > MAX_IN_MEMORY_BYTES:
        return Streamed(200, length=length, pieces=_read(spool))
    with spool:
        return RawJSON(spool.read())


async def _read(spool: "tempfile.SpooledTemporaryFile[bytes]") -> AsyncGenerator[bytes, None]:
    with spool:
        while piece := await asyncio.to_thread(spool.read, PIECE_BYTES):
            yield piece
