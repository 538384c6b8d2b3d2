"""One room in the answer of /sync, for one person."""

from collections.abc import Iterable

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent, UserRoom, reading
from chappe.rooms.shown import json_list
from chappe.stream import Place
from chappe.sync.assembly import Assembly
from chappe.sync.counts import is_own, unread
from chappe.sync.delta import Delta, render, state_place
from chappe.sync.summary import summary
from chappe.timeline.receipts import Receipt
from chappe.timeline.visible import sight_of, visible

_encode = msgspec.json.encode
MAX_SCANNED_FOR_VIEWER = 200
"""Events looked at for the first timeline of someone who may not see all of them."""


async def joined_since(a: Assembly, room: UserRoom, after: Place, upto: Place) -> bytes | None:
    """A room the person was in at `after` already: what is new. None if nothing is."""
    delta = await a.deltas.between(room.room_id, after, upto, a.view)
    rendered = delta.rendered
    if a.withholding.filters or any(_is_membership_of(event, a.user_id) for event in delta.all_events):
        # Where the person's own membership changed on the way, their stream will tell what it means.
        delta = await _as_seen(a, delta, room.room_id)
        rendered = await render(a.database, delta, a.view, a.viewer, None, a.now)
    elif any(is_own(event, a.user_id, a.viewer.device_id) for event in delta.events):
        rendered = await render(a.database, delta, a.view, a.viewer, None, a.now)
    if a.full_state:
        delta = await _with_full_state(a, delta, room.room_id)
        rendered = await render(a.database, delta, a.view, a.viewer, None, a.now)
    ephemeral = _receipts(a, delta.receipts) + a.typing_in(room.room_id)
    has_news = delta.events or delta.state or delta.receipts or delta.limited
    if not (has_news or ephemeral or room.room_id in a.account_data or a.full_state):
        return None
    people = b""
    if delta.members_changed or a.full_state:
        found, _ = await summary(a.database, room.room_id, a.user_id, upto)
        people = _encode(found)
    return await _joined(a, room.room_id, delta, rendered, ephemeral, people)


async def joined_anew(a: Assembly, room: UserRoom, upto: Place) -> bytes:
    """A room that is new to this client: its state, and the end of its timeline."""
    delta = await _from_start(a, room, upto)
    found, heroes = await summary(a.database, room.room_id, a.user_id, upto)
    if a.view.lazy:
        have = {event.state_key for event in delta.state if event.type == "m.room.member"}
        at = state_place(delta, a.view)
        for user_id in heroes:
            if user_id not in have and (member := await reading.member_at(a.database, room.room_id, user_id, at)):
                delta.state.append(member)
    sight = None if a.is_simple(room, delta) else await sight_of(a.database, room.room_id, a.viewer)
    rendered = await render(a.database, delta, a.view, a.viewer, sight, a.now)
    ephemeral = _receipts(a, delta.receipts) + a.typing_in(room.room_id)
    return await _joined(a, room.room_id, delta, rendered, ephemeral, _encode(found))


async def left(a: Assembly, room: UserRoom, after: Place) -> bytes | None:
    """A room the person has left or was removed from: what they may still see of it, up to then."""
    upto = room.room_place
    own_event = Place(upto - 1)
    # Someone who was never in, or has forgotten the room, is shown their own membership event only.
    has_past = room.joined_place and not room.forgotten
    delta = await a.deltas.between(room.room_id, min(after, own_event) if has_past else own_event, upto, a.view)
    if has_past:
        delta = await _as_seen(a, delta, room.room_id)
    else:
        delta = msgspec.structs.replace(delta, state=[])
    sight = await sight_of(a.database, room.room_id, a.viewer)
    rendered = await render(a.database, delta, a.view, a.viewer, sight, a.now)
    return b"{" + rendered + b',"account_data":{"events":' + json_list(a.account_data.get(room.room_id, [])) + b"}}"


def stripped(room: UserRoom, word: bytes) -> bytes:
    """An invite or a knock: what the person may know of the room."""
    return b'{"' + word + b'":{"events":' + (room.stripped or b"[]") + b"}}"


async def _joined(
    a: Assembly, room_id: RoomID, delta: Delta, rendered: bytes, ephemeral: list[bytes], people: bytes
) -> bytes:
    unread_count, highlights = await unread(a.database, a.tails, a.follower, a.rooms[room_id], delta)
    return b"".join(
        (
            b"{",
            rendered,
            b',"ephemeral":{"events":',
            json_list(ephemeral),
            b'},"account_data":{"events":',
            json_list(a.account_data.get(room_id, [])),
            b'},"unread_notifications":{"highlight_count":%d,"notification_count":%d}' % (highlights, unread_count),
            b',"summary":' + people if people else b"",
            b"}",
        )
    )


async def _as_seen(a: Assembly, delta: Delta, room_id: RoomID) -> Delta:
    """A delta without what the person may not see."""
    sight = await sight_of(a.database, room_id, a.viewer)
    events = await visible(a.database, delta.events, a.viewer, sight, a.withholding)
    state = [event for event in delta.state if sight.sees(event.place) or sight.membership_at(event.place) == "join"]
    return msgspec.structs.replace(delta, events=events, state=state)


async def _from_start(a: Assembly, room: UserRoom, upto: Place) -> Delta:
    """The end of the timeline, and all state before it (or, with `use_state_after`, behind it)."""
    view, room_id = a.view, room.room_id
    start = await a.deltas.read(room_id, Place(0), upto, view)
    if not a.is_simple(room, start):
        start = await _last_visible(a, room_id, start)
    return await _with_full_state(a, start, room_id)


async def _last_visible(a: Assembly, room_id: RoomID, start: Delta) -> Delta:
    sight = await sight_of(a.database, room_id, a.viewer)
    found = await reading.events_before(a.database, room_id, Place(0), start.upto, MAX_SCANNED_FOR_VIEWER)
    matching = [event for event in reversed(found) if a.view.timeline.matches(event)]
    seen = await visible(a.database, matching, a.viewer, sight, a.withholding)
    shown = seen[-a.view.limit :] if a.view.limit else []
    limited = len(shown) < len(seen) or len(found) == MAX_SCANNED_FOR_VIEWER
    return msgspec.structs.replace(start, events=shown, limited=limited)


async def _with_full_state(a: Assembly, delta: Delta, room_id: RoomID) -> Delta:
    view, reads = a.view, a.database
    at = state_place(delta, view)
    state = await reading.state_without_members(reads, room_id, at)
    if view.lazy:
        people = {event.sender for event in delta.events} | {a.user_id}
        found = [await reading.member_at(reads, room_id, user_id, at) for user_id in people]
        state += sorted((one for one in found if one is not None), key=lambda one: one.place)
    else:
        state += await reading.members_at(reads, room_id, at)
    if not view.state.is_plain:
        state = [event for event in state if view.state.matches(event)]
    return msgspec.structs.replace(delta, state=state)


def _is_membership_of(event: StoredEvent, user_id: UserID) -> bool:
    return event.type == "m.room.member" and event.state_key == user_id


def _receipts(a: Assembly, receipts: Iterable[Receipt]) -> list[bytes]:
    """The m.receipt event; private receipts are shown to their owner only."""
    if not a.filter.ephemeral.wants("m.receipt"):
        return []
    content: dict[str, dict[str, dict[str, dict[str, object]]]] = {}
    for receipt in receipts:
        if receipt.type == "m.read.private" and receipt.user_id != a.user_id:
            continue
        told: dict[str, object] = {"ts": receipt.ts}
        if receipt.thread_id:
            told["thread_id"] = receipt.thread_id
        content.setdefault(receipt.event_id, {}).setdefault(receipt.type, {})[receipt.user_id] = told
    return [_encode({"type": "m.receipt", "content": content})] if content else []
