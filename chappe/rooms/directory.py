"""The directory of rooms that everybody may find (Client-Server API v1.19, "Published room directory")."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Literal

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.powers import power_of, power_to_send
from chappe.ids import RoomID, UserID, is_room_id
from chappe.restrictions import Restrictions
from chappe.rooms import register_store
from chappe.rooms.committed import CommittedState, committed_state
from chappe.rooms.listing import LISTED_TYPES, entry_of, fold, search_text
from chappe.rooms.placeholders import placeholders_in
from chappe.rooms.register_store import Listing
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import CANONICAL_ALIAS
from chappe.rooms.store import Reads
from chappe.storage import Row
from chappe.stream import REGISTER, Device, Log, Place, Transaction

DEFAULT_ROOMS = 100
MAX_ROOMS = 500
"""Entries of one answer."""
MAX_LOOKED_AT = 5_000
"""Entries that one search goes through; what stands behind them is found with `next_batch`."""
READ_AT_ONCE = 200
MAX_TERM_CHARS = 200
MOST = 2**53

Visibility = Literal["public", "private"]


class Filter(msgspec.Struct):
    """What of the directory is wanted."""

    generic_search_term: str | None = None
    room_types: list[str | None] | None = None


class Page(msgspec.Struct, omit_defaults=True):
    """A part of the directory."""

    chunk: list[msgspec.Raw]
    total_room_count_estimate: int
    next_batch: str | None = None
    prev_batch: str | None = None


# Listing a room, and taking it off the list


async def set_visibility(tx: Transaction, device: Device, room_id: RoomID, visibility: Visibility) -> None:
    """List a room, or take it off the list: for members who may also set its canonical alias."""
    room = await tx.of(Rooms).enter_as_member(tx, room_id, device.user_id)
    if power_of(room.version, room, device.user_id) < power_to_send(room, CANONICAL_ALIAS, is_state=True):
        raise Refused(Errcode.FORBIDDEN, f"Who may set {CANONICAL_ALIAS} in this room may list it, and you may not.")
    if visibility == "public":
        list_now(tx, room, device.user_id)
    else:
        tx.effect(REGISTER, "rooms.unlist", room_id, awaited=True)


def list_now(tx: Transaction, room: Room, by: UserID) -> None:
    """Have the room listed; the answer waits until it is."""
    tx.effect(REGISTER, "rooms.list", room.room_id, by, awaited=True)


async def list_room(tx: Transaction, device: Device | None, room_id: str, by: str) -> None:
    """The effect in the register."""
    place = tx.of(Log).head_of(room_id)
    state = await committed_state(tx, RoomID(room_id), LISTED_TYPES, at=place)
    assert state is not None, "a room that is listed exists"
    register_store.list_room(tx, RoomID(room_id), UserID(by), listing_of(RoomID(room_id), state, place))


async def unlist_room(tx: Transaction, device: Device | None, room_id: str) -> None:
    """The effect in the register."""
    register_store.erase_listing(tx, RoomID(room_id))


def listing_of(room_id: RoomID, state: CommittedState, place: Place) -> Listing:
    """A room's entry, as of a place."""
    entry = entry_of(room_id, state, state.joined)
    room_type = entry.get("room_type")
    return Listing(
        place=place,
        joined=state.joined,
        room_type=room_type if isinstance(room_type, str) else None,
        search=search_text(entry),
        summary=msgspec.json.encode(entry),
    )


# Reading the list


async def page(
    reads: Reads,
    restrictions: Restrictions,
    viewer: UserID | None,
    limit: int | None,
    since: str | None,
    wanted: Filter,
) -> Page:
    """A part of the directory, the rooms with most people first. `since` is a token of a former answer; a `viewer` of
    None has no account."""
    limit = max(1, min(DEFAULT_ROOMS if limit is None else limit, MAX_ROOMS))
    backwards, joined, room_id = _read_since(since)
    matches = _matcher(wanted)
    found: list[Row] = []
    at, looked_at, ended = (joined, room_id), 0, False
    while len(found) <= limit and looked_at < MAX_LOOKED_AT and not ended:
        rows = await register_store.listings(reads, at[0], at[1], READ_AT_ONCE, backwards=backwards)
        looked_at += len(rows)
        ended = len(rows) < READ_AT_ONCE
        listed = [await _as_told(reads, restrictions, viewer, row) for row in rows]
        found += [row for row in listed if row is not None and matches(row)]
        at = (rows[-1][0], rows[-1][1]) if rows else at
    more = len(found) > limit or not ended
    last = found[limit - 1] if len(found) > limit else (*at, None)
    found = found[:limit]
    onwards = _write_since(backwards, last) if more else None
    back = _write_since(not backwards, found[0]) if found and since else None
    if backwards:
        found.reverse()
        onwards, back = back, onwards
    return Page(
        chunk=[msgspec.Raw(row[4]) for row in found],
        total_room_count_estimate=await register_store.count_listed(reads),
        next_batch=onwards,
        prev_batch=back,
    )


async def _as_told(reads: Reads, restrictions: Restrictions, viewer: UserID | None, row: Row) -> Row | None:
    """An entry as the viewer is told it; None of a room that is not listed for them."""
    room_id = RoomID(row[1])
    if not restrictions.concerns(room_id):
        return row
    placeholders = await placeholders_in(reads, restrictions, room_id, viewer)
    state = await committed_state(reads, room_id, LISTED_TYPES, placeholders=placeholders)
    if state is None or not await restrictions.is_listed(room_id, viewer):
        return None
    entry = listing_of(room_id, state, Place(0))
    return (row[0], row[1], entry.room_type, entry.search, entry.summary)


def _matcher(wanted: Filter) -> Callable[[Row], bool]:
    term = fold((wanted.generic_search_term or "")[:MAX_TERM_CHARS]).strip()
    types = None if wanted.room_types is None else set(wanted.room_types)

    def matches(row: Row) -> bool:
        return (types is None or row[2] in types) and (not term or term in row[3])

    return matches


def _write_since(backwards: bool, row: Row) -> str:
    text = f"{'b' if backwards else 'f'}{row[0]} {row[1]}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_since(since: str | None) -> tuple[bool, int, str]:
    """Direction and place of a token; the beginning of the list without one."""
    if not since:
        return False, MOST, ""
    try:
        text = urlsafe_b64decode(since + "=" * (-len(since) % 4)).decode()
        joined, _, room_id = text[1:].partition(" ")
        if text[0] not in "fb" or not joined.isdecimal() or len(joined) > 15 or not (is_room_id(room_id)):
            raise ValueError
        return text[0] == "b", int(joined), room_id
    except (ValueError, IndexError):
        raise Refused(Errcode.INVALID_PARAM, "since is not a token of this directory. Leave it out.") from None
