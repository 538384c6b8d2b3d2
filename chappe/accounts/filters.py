"""Filters that clients store, to name them by an id later. v1.19, "Filtering".

What a filter means is the matter of whoever uses it; here only its shape is checked, so that a client hears of
a mistake when it makes it.
"""

from hashlib import blake2b

import msgspec

from chappe.accounts import store
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import decode, encode
from chappe.http import Request
from chappe.ids import UserID
from chappe.storage import Database
from chappe.stream import Device, Transaction

MAX_FILTERS = 200
"""Filters kept for an account; the oldest goes first, and a client that misses it uploads it again."""
MAX_FILTER_BYTES = 65_536


class _EventFilter(msgspec.Struct):
    limit: int | None = None
    types: list[str] | None = None
    not_types: list[str] | None = None
    senders: list[str] | None = None
    not_senders: list[str] | None = None


class _RoomEventFilter(_EventFilter):
    rooms: list[str] | None = None
    not_rooms: list[str] | None = None
    contains_url: bool | None = None
    lazy_load_members: bool | None = None
    include_redundant_members: bool | None = None
    unread_thread_notifications: bool | None = None


class _RoomFilter(msgspec.Struct):
    rooms: list[str] | None = None
    not_rooms: list[str] | None = None
    include_leave: bool | None = None
    account_data: _RoomEventFilter | None = None
    ephemeral: _RoomEventFilter | None = None
    state: _RoomEventFilter | None = None
    timeline: _RoomEventFilter | None = None


class _Filter(msgspec.Struct):
    event_fields: list[str] | None = None
    event_format: str | None = None
    presence: _EventFilter | None = None
    account_data: _EventFilter | None = None
    room: _RoomFilter | None = None


async def put_filter(tx: Transaction, device: Device, definition: dict[str, object]) -> str:
    """Store a filter of the account of `device` and return its id. Refuses (BAD_JSON) what has not its shape."""
    try:
        msgspec.convert(definition, _Filter)
    except msgspec.ValidationError as wrong:
        raise Refused(Errcode.BAD_JSON, f"This is no filter: {wrong}.") from None
    packed = encode(definition)
    if len(packed) > MAX_FILTER_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"A filter has at most {MAX_FILTER_BYTES} bytes.")
    filter_id = blake2b(packed, digest_size=8).hexdigest()
    store.add_filter(tx, device.user_id, filter_id, packed, MAX_FILTERS)
    return filter_id


async def filter_of(request: Request, user_id: UserID, filter_id: str) -> object:
    """A stored filter, decoded. Refuses with NOT_FOUND."""
    packed = None
    if "\0" not in filter_id:
        packed = await store.filter_definition(request.of(Database), user_id, filter_id)
    if packed is None:
        raise Refused(Errcode.NOT_FOUND, "There is no filter with this ID; it may be too long ago. Upload it again.")
    return decode(packed)
