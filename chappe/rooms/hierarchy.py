"""Walking through a space: its rooms, the rooms of spaces in it, and so on (Client-Server API v1.19, "Spaces").

A page is found by walking from the beginning and leaving out what former pages had: nothing is kept between them.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID, UserID, is_room_id
from chappe.restrictions import Restrictions
from chappe.rooms import spaces_store
from chappe.rooms.placeholders import Placeholders, placeholders_in
from chappe.rooms.room_summary import Summary, accessible_state, summary_of
from chappe.rooms.store import Reads
from chappe.rooms.stored import StoredEvent

DEFAULT_ROOMS = 50
MAX_ROOMS = 200
"""Rooms in one page."""
DEFAULT_DEPTH = 10
MAX_DEPTH = 20
MAX_WALKED = 1_000
"""Rooms looked at for one page, those of former pages included: further ones of a space are not found."""
MAX_CHILDREN = 1_000
"""Rooms of one space that are looked at."""
MAX_PAGE_BYTES = 1024 * 1024
"""A page ends when what it tells of rooms in its spaces has more."""
MAX_ORDER_CHARS = 50


class Walk(msgspec.Struct, frozen=True):
    """What of a space is wanted: how deep, and whether only the rooms that are suggested."""

    max_depth: int
    suggested_only: bool


class HierarchyPage(msgspec.Struct, omit_defaults=True):
    """A part of a space."""

    rooms: list[Summary]
    next_batch: str | None = None


class Child(msgspec.Struct, frozen=True):
    """A room in a space, as its m.space.child event tells."""

    room_id: RoomID
    sort_key: tuple[bool, str, int, str]
    shown: msgspec.Raw
    """The stripped event."""


class _Told(msgspec.Struct):
    content: msgspec.Raw


class _Content(msgspec.Struct):
    via: object = None
    order: object = None
    suggested: object = None


_decode_event = msgspec.json.Decoder(_Told).decode
_decode_content = msgspec.json.Decoder(_Content).decode


async def page_of(
    reads: Reads,
    restrictions: Restrictions,
    user_id: UserID,
    root: RoomID,
    walk: Walk,
    limit: int | None,
    token: str | None,
) -> HierarchyPage:
    """A part of a space, from its beginning or from where a former page ended.

    Refuses with FORBIDDEN who may not know of the space, with INVALID_PARAM a token of another walk.
    """
    limit = min(limit or DEFAULT_ROOMS, MAX_ROOMS)
    seen = _read_token(token, walk) if token else 0
    found: list[Summary] = []
    size = number = 0
    async for summary, children in _walk(reads, restrictions, user_id, root, walk):
        number += 1
        if number <= seen:
            continue
        if len(found) == limit or size > MAX_PAGE_BYTES:
            return HierarchyPage(found, _write_token(number - 1, walk))
        summary["children_state"] = [child.shown for child in children]
        size += sum(len(bytes(child.shown)) for child in children)
        found.append(summary)
    if number == 0:
        raise Refused(Errcode.FORBIDDEN, "There is no such space here, or you may not look into it.")
    return HierarchyPage(found)


async def _walk(
    reads: Reads, restrictions: Restrictions, user_id: UserID, root: RoomID, walk: Walk
) -> AsyncIterator[tuple[Summary, list[Child]]]:
    """The rooms that the person may know of, each once, a space before the rooms in it."""
    await restrictions.require_open(root, user_id)
    waiting = [(root, 0)]
    walked: set[RoomID] = set()
    while waiting and len(walked) < MAX_WALKED:
        room_id, depth = waiting.pop()
        if room_id in walked:
            continue
        walked.add(room_id)
        state = await accessible_state(reads, restrictions, room_id, user_id)
        if state is None or not (room_id == root or await restrictions.is_listed(room_id, user_id)):
            continue
        summary = summary_of(room_id, state)
        children: list[Child] = []
        if summary.get("room_type") == "m.space":
            placeholders = await placeholders_in(reads, restrictions, room_id, user_id)
            children = await children_of(reads, room_id, placeholders, suggested_only=walk.suggested_only)
        yield summary, children
        if depth < walk.max_depth:
            waiting += [(child.room_id, depth + 1) for child in reversed(children)]


async def children_of(
    reads: Reads, space: RoomID, placeholders: Placeholders | None, *, suggested_only: bool
) -> list[Child]:
    """The rooms of a space, in the order of the specification ("Ordering of children within a space"). What is
    restricted says of no room that it is one of them."""
    events = await spaces_store.children(reads, space, MAX_CHILDREN)
    if placeholders is not None:
        events = [placeholders.told(event) for event in events]
    children = [child for event in events if (child := _child(event, suggested_only=suggested_only)) is not None]
    return sorted(children, key=lambda child: child.sort_key)


def _child(event: StoredEvent, *, suggested_only: bool) -> Child | None:
    content = _decode_event(event.client_json).content
    said = _decode_content(content)
    if not isinstance(said.via, list) or not is_room_id(event.state_key):
        return None  # without `via` the room was taken out of the space
    if suggested_only and said.suggested is not True:
        return None
    shown = {
        "type": event.type,
        "state_key": event.state_key,
        "sender": event.sender,
        "content": content,
        "origin_server_ts": event.origin_server_ts,
    }
    order = said.order if _is_order(said.order) else None
    key = (order is None, str(order or ""), event.origin_server_ts, str(event.state_key))
    return Child(RoomID(str(event.state_key)), key, msgspec.Raw(msgspec.json.encode(shown)))


def _is_order(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_ORDER_CHARS and all("\x20" <= sign <= "\x7e" for sign in value)


def _write_token(seen: int, walk: Walk) -> str:
    text = f"{seen} {walk.max_depth} {int(walk.suggested_only)}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str, walk: Walk) -> int:
    try:
        text = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        seen, max_depth, suggested_only = (int(part) for part in text.split(" ") if part.isdecimal() and len(part) < 9)
    except ValueError:
        raise Refused(Errcode.INVALID_PARAM, "from is no token of this space. Leave it out to begin anew.") from None
    if Walk(max_depth, bool(suggested_only)) != walk:
        raise Refused(
            Errcode.INVALID_PARAM, "max_depth and suggested_only must be those of the request that gave the token."
        )
    return seen
