"""The token of a place in a room's history: `prev_batch`, `start` and `end`. Versioned, opaque to clients. Pure.

It stands behind the event at its place: backwards from it comes that event, forwards the one after. Where a client
may also give a token of /sync, that one means the place up to which the room's shard was told.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID
from chappe.stream import Place, place, shard_at, shard_of
from chappe.stream.token import VERSIONS as SYNC_VERSIONS
from chappe.stream.token import decode_token

VERSION = "r1_"
_PLACE_BYTES = 7
_PLACE_CHARS = 10


def encode_room_token(at: Place) -> str:
    """The token of a place."""
    return VERSION + urlsafe_b64encode(at.to_bytes(_PLACE_BYTES, "big")).rstrip(b"=").decode()


def decode_room_token(text: str, room_id: RoomID, where: str) -> Place:
    """The place of a token, ours or one of /sync. Refuses (INVALID_PARAM) what is none of this room."""
    shard = shard_of(room_id)
    if text.startswith(SYNC_VERSIONS):
        return place(shard, decode_token(text, where).positions.get(shard, 0))
    at = _unpack(text)
    if at is None or shard_at(at) != shard:
        raise Refused(Errcode.INVALID_PARAM, f"{where} is not a token for this room. Leave it out to start at an end.")
    return at


def _unpack(text: str) -> Place | None:
    body = text[len(VERSION) :]
    if not text.startswith(VERSION) or len(body) != _PLACE_CHARS:
        return None
    try:
        packed = urlsafe_b64decode(body + "==")
    except ValueError:
        return None
    at = Place(int.from_bytes(packed, "big"))
    # Base64 reads several texts as the same bytes; only the one we write counts.
    return at if len(packed) == _PLACE_BYTES and encode_room_token(at) == text else None
