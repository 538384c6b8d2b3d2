"""One room in the answer of /sync, for one person."""

from collections.abc import Callable, Iterable

import msgspec

from chappe.accounts.changes import room_account_data
from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent, UserRoom, reading
from chappe.rooms.room_token import encode_room_token
from chappe.rooms.shown import json_list
from chappe.stream import Place, place, shard_of
from chappe.sync.assembly import Assembly, account_event
from chappe.sync.counts import is_own, unread_members
from chappe.sync.delta import Delta, latest, render, state_place, untold_state
from chappe.timeline.aggregations import Bundling
from chappe.timeline.receipts import Receipt
from chappe.timeline.visible import Sight, sight_of, visible

_encode = msgspec.json.encode


class _Stripped(msgspec.Struct):
    type: str
    state_key: str
    sender: str


_decode_stripped = msgspec.json.Decoder(list[_Stripped]).decode

MAX_SCANNED_FOR_VIEWER = 200
"""Events looked at for the first timeline of someone who may not see all of them."""


async def joined_since(
    a: Assembly, room: UserRoom, after: Place, upto: Place, alters: Callable[[Delta], bool] | None = None
) -> bytes | None:
    """A room the person was in at `after` already: what is new. None if nothing is.

    `alters` says whether the person may be told something else than others, since it is restricted for them.
    """
    delta = await a.deltas.between(room.room_id, after, upto, a.view)
    departure = await _departure(a, delta, room.room_id)
    if departure is not None:
        # The person is not in the room any more, which their own stream will tell in a moment.
        upto = Place(departure - 1)
        delta = await a.deltas.between(room.room_id, after, upto, a.view)
    rendered = delta.rendered
    own = [event for event in delta.events if is_own(event, a.user_id, a.viewer.device_id)]
    a.note_own(own)
    sight: Sight | None = None
    may_differ = alters is not None and (a.full_state or delta.has_related or alters(delta))
    if may_differ or a.ignores_any(delta.events):
        sight = await sight_of(a.database, room.room_id, a.viewer, a.withholding)
        delta = await _as_seen(a, delta, sight)
        rendered = await _render(a, delta, sight)
    elif delta.has_related or own:
        rendered = await _render(a, delta, None)
    if a.full_state:
        delta = await _with_full_state(a, delta, room.room_id, sight)
        rendered = await _render(a, delta, sight)
    ephemeral = _receipts(a, delta.receipts) + a.typing_in(room.room_id)
    # Others' private receipts are no news: nobody is to notice that somebody has read.
    has_read = any(receipt.user_id == a.user_id for receipt in delta.receipts)
    has_news = delta.events or delta.state or delta.limited or has_read or room.room_id in a.recounted
    if not (has_news or ephemeral or room.room_id in a.account_data or a.full_state):
        return None
    people = b""
    if delta.summary_changed or a.full_state:
        found, _ = await a.deltas.summaries.of(room.room_id, a.user_id, upto)
        people = _encode(found)
    return await _joined(a, room.room_id, delta, rendered, ephemeral, people)


async def joined_anew(a: Assembly, room: UserRoom, upto: Place, *, again: bool = False, more: bytes = b"") -> bytes:
    """A room that is new to this client: its state, and the end of its timeline. `again`: the client has it already,
    and is to take this instead. `more` are further members of the room's object."""
    delta, sight = await _from_start(a, room, upto)
    if a.since is not None:
        a.account_data[room.room_id] = await _all_account_data(a, room.room_id)
        if again or await _was_in_before(a, room):
            # What is told begins again: clients must not put it behind what they know from then.
            delta.limited = True
    found, heroes = await a.deltas.summaries.of(room.room_id, a.user_id, upto)
    if a.view.lazy:
        have = {event.state_key for event in delta.state if event.type == "m.room.member"}
        at = state_place(delta, a.view)
        for user_id in heroes:
            if user_id not in have and (member := await reading.member_at(a.database, room.room_id, user_id, at)):
                delta.state.append(member if sight is None else sight.told(member, held_at=at))
    rendered = await _render(a, delta, sight)
    ephemeral = _receipts(a, delta.receipts) + a.typing_in(room.room_id, anew=True)
    return await _joined(a, room.room_id, delta, rendered, ephemeral, _encode(found), more)


def typing_only(a: Assembly, room_id: RoomID) -> bytes | None:
    """A room in which nothing happened but that somebody types, or stopped."""
    events = a.typing_in(room_id)
    if not events:
        return None
    shard = shard_of(room_id)
    token = encode_room_token(place(shard, a.heads[shard]))
    return (
        b'{"timeline":{"events":[],"limited":false,"prev_batch":"%s"},"%s":{"events":[]},"ephemeral":{"events":%s},'
        b'"account_data":{"events":[]}}' % (token.encode(), a.view.state_word.encode(), json_list(events))
    )


async def left(a: Assembly, room: UserRoom, after: Place) -> bytes | None:
    """A room the person has left or was removed from: what they may still see of it, up to then."""
    upto = room.room_place
    own_event = Place(upto - 1)
    # Someone who was never in, or has forgotten the room, is shown their own membership event only.
    has_past = room.joined_place and not room.forgotten
    delta = await a.deltas.between(room.room_id, min(after, own_event) if has_past else own_event, upto, a.view)
    sight = await sight_of(a.database, room.room_id, a.viewer, a.withholding)
    if has_past:
        delta = await _as_seen(a, delta, sight)
    else:
        delta = msgspec.structs.replace(delta, state=[])
    if a.since is not None and shard_of(room.room_id) not in a.since.positions:
        # The client was not in the room when it synced last: what is told begins anew.
        delta = msgspec.structs.replace(delta, limited=True)
    rendered = await _render(a, delta, sight)
    return b"{" + rendered + b',"account_data":{"events":' + json_list(a.account_data.get(room.room_id, [])) + b"}}"


async def _render(a: Assembly, delta: Delta, sight: Sight | None) -> bytes:
    """The timeline and state for this reader. What relates to events is told with them behind a gap, where the
    client was not told of it (spec: "Aggregations of child events")."""
    bundling = Bundling(a.withholding, delta.upto) if delta.limited else None
    return await render(a.database, delta, a.view, a.viewer, sight, a.now, bundling)


def is_invited_by(people: frozenset[UserID], room: UserRoom, user_id: UserID) -> bool:
    """Whether one of these people has invited the user."""
    if not people or room.stripped is None:
        return False
    return any(
        event.type == "m.room.member" and event.state_key == user_id and event.sender in people
        for event in _decode_stripped(room.stripped)
    )


def stripped(room: UserRoom, word: bytes, told: bytes | None = None) -> bytes:
    """An invite or a knock: what the person may know of the room; `told` instead of what was known when it came."""
    return b'{"' + word + b'":{"events":' + (told or room.stripped or b"[]") + b"}}"


async def _joined(
    a: Assembly,
    room_id: RoomID,
    delta: Delta,
    rendered: bytes,
    ephemeral: list[bytes],
    people: bytes,
    more: bytes = b"",
) -> bytes:
    return b"".join(
        (
            b"{",
            rendered,
            b',"ephemeral":{"events":',
            json_list(ephemeral),
            b'},"account_data":{"events":',
            json_list(a.account_data.get(room_id, [])),
            b"}",
            await unread_members(a, a.rooms[room_id], delta),
            b',"summary":' + people if people else b"",
            more,
            b"}",
        )
    )


async def _as_seen(a: Assembly, delta: Delta, sight: Sight) -> Delta:
    """A delta without what the person may not see."""
    events = await visible(a.database, delta.events, a.viewer, sight, a.withholding)
    state = [event for event in delta.state if sight.sees(event.place) or sight.membership_at(event.place) == "join"]
    if sight.alters:
        at = state_place(delta, a.view)
        state = [sight.told(event, held_at=at) for event in state]
    return msgspec.structs.replace(delta, events=events, state=state)


async def _from_start(a: Assembly, room: UserRoom, upto: Place) -> tuple[Delta, Sight | None]:
    """The end of the timeline, and all state before it (or, with `use_state_after`, behind it); and how the person
    sees the room's past, None for somebody who was in it all along."""
    view, room_id = a.view, room.room_id
    start = await a.deltas.read(room_id, Place(0), upto, view)
    sight = None if a.is_simple(room, start) else await sight_of(a.database, room_id, a.viewer, a.withholding)
    if sight is not None:
        start = await _last_visible(a, room_id, start, sight)
    return await _with_full_state(a, start, room_id, sight), sight


async def _last_visible(a: Assembly, room_id: RoomID, start: Delta, sight: Sight) -> Delta:
    """The end of the timeline for someone who may not see all of it.

    It begins behind the last piece of state that they may not see: clients take the state that is told as
    that of the start of the timeline, and would not learn of it.
    """
    found = await reading.events_before(a.database, room_id, Place(0), start.upto, MAX_SCANNED_FOR_VIEWER)
    seen = await visible(a.database, found, a.viewer, sight, a.withholding)
    seen_places = {event.place for event in seen}
    hidden = [event.place for event in found if event.state_key is not None and event.place not in seen_places]
    begin = max(hidden, default=Place(0))
    matching = [event for event in reversed(seen) if event.place > begin and a.view.timeline.matches(event)]
    shown = matching[-a.view.limit :] if a.view.limit else []
    is_cut = len(found) == MAX_SCANNED_FOR_VIEWER or any(event.place < begin for event in seen)
    return msgspec.structs.replace(start, events=shown, limited=is_cut or len(shown) < len(matching))


async def _with_full_state(a: Assembly, delta: Delta, room_id: RoomID, sight: Sight | None) -> Delta:
    """The delta with all state. `sight` is that of someone who was not in the room all along."""
    view, reads = a.view, a.database
    at = state_place(delta, view)
    state = await reading.state_without_members(reads, room_id, at)
    if view.lazy:
        people = {event.sender for event in delta.events} | {a.user_id}
        found = [await reading.member_at(reads, room_id, user_id, at) for user_id in people]
        state += sorted((one for one in found if one is not None), key=lambda one: one.place)
    else:
        state += await reading.members_at(reads, room_id, at)
    if untold := await untold_state(reads, room_id, delta, view):
        state = latest([*state, *untold])
    if sight is not None and sight.alters:
        state = [sight.told(event, held_at=at) for event in state]
    if not view.state.is_plain:
        state = [event for event in state if view.state.matches(event)]
    return msgspec.structs.replace(delta, state=state)


async def _departure(a: Assembly, delta: Delta, room_id: RoomID) -> Place | None:
    """The first event of a delta by which the person left a room that they were in before it; None if they stayed."""
    if delta.has_all_events and not any(_is_membership_of(event, a.user_id) for event in delta.all_events):
        return None
    for at, membership in await reading.member_history(a.database, room_id, a.user_id):
        if delta.after < at <= delta.upto and membership != "join":
            return at
    return None


async def _was_in_before(a: Assembly, room: UserRoom) -> bool:
    """Whether the person had been in the room before they last came in."""
    history = await reading.member_history(a.database, room.room_id, a.user_id)
    return any(membership == "join" and at < room.joined_place for at, membership in history)


async def _all_account_data(a: Assembly, room_id: RoomID) -> list[bytes]:
    shard = shard_of(a.user_id)
    entries = await room_account_data(a.database, a.user_id, room_id, place(shard, a.heads[shard]))
    return [account_event(type, content) for type, content in entries if a.filter.room_account_data.wants(type)]


def _is_membership_of(event: StoredEvent, user_id: UserID) -> bool:
    return event.type == "m.room.member" and event.state_key == user_id


def _receipts(a: Assembly, receipts: Iterable[Receipt]) -> list[bytes]:
    """The m.receipt event; private receipts are shown to their owner only."""
    if not a.filter.ephemeral.wants("m.receipt"):
        return []
    contents: list[dict[str, dict[str, dict[str, dict[str, object]]]]] = []
    for receipt in receipts:
        if receipt.type == "m.read.private" and receipt.user_id != a.user_id:
            continue
        told: dict[str, object] = {"ts": receipt.ts}
        if receipt.thread_id:
            told["thread_id"] = receipt.thread_id
        for content in contents:
            people = content.setdefault(receipt.event_id, {}).setdefault(receipt.type, {})
            if receipt.user_id not in people:
                break  # else there is one for another thread, at the same event, and no room for two in one content
        else:
            contents.append({receipt.event_id: {receipt.type: (people := {})}})
        people[receipt.user_id] = told
    return [_encode({"type": "m.receipt", "content": content}) for content in contents]
