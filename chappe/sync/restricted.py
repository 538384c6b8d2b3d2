"""Rooms in which something is restricted, as /sync tells them.

Single events are placeholders, like everywhere (`timeline/visible.py`). A room that is closed to the person has nothing
but its create event and their own membership, so that clients can leave it. Where clients hold what is no longer true,
since a room was closed, opened, or something in it was restored, they are told the room anew.
"""

import msgspec

from chappe.ids import RoomID
from chappe.restrictions import KEY, View, placeholder_of
from chappe.rooms import StoredEvent, UserRoom, is_local, reading
from chappe.rooms.room_token import encode_room_token
from chappe.rooms.shown import json_list
from chappe.stream import Place
from chappe.sync.assembly import Assembly
from chappe.sync.delta import Delta
from chappe.sync.section import joined_anew, joined_since
from chappe.timeline.unsigned import present

_MEMBER = "m.room.member"
_KEPT_OF_MEMBER = ("membership", "is_direct")
"""What a membership says without the names and reasons that people wrote into it."""
_TEXTUAL = frozenset({"m.room.name", "m.room.topic", "m.room.avatar", "m.room.canonical_alias"})


class _Typed(msgspec.Struct):
    type: str
    state_key: str


_decode_all = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_typed = msgspec.json.Decoder(_Typed).decode


async def view_of(a: Assembly, room_id: RoomID) -> View | None:
    """What the person is kept from in a room; None where nothing ever was restricted."""
    if not a.withholding.concerns(room_id):
        return None
    restrictions = a.withholding.restrictions
    assert restrictions is not None, "they are concerned"
    return await restrictions.view(room_id, a.user_id)


async def is_open(a: Assembly, room_id: RoomID) -> bool:
    """Whether the person may be told of what happens in a room."""
    view = await view_of(a, room_id)
    return view is None or view.closed_by is None


async def joined(a: Assembly, room: UserRoom, view: View, after: Place, upto: Place, *, is_new: bool) -> bytes | None:
    """A room the person is in, and where something is restricted or was."""
    is_other = not is_new and after < view.anew <= upto
    if view.closed_by is not None:
        if is_new or is_other or a.full_state or room.room_id in a.account_data:
            return await _closed(a, room, view, upto)
        return None
    if is_new or is_other:
        return await joined_anew(a, room, upto, again=is_other, more=_restricted(view, is_other=is_other))
    return await joined_since(a, room, after, upto, lambda delta: _touches(view, delta))


def _touches(view: View, delta: Delta) -> bool:
    """Whether something that the delta tells may look different to the person; else they share it with others."""
    return any(
        event.replaces is not None
        or event.redacted_by is not None
        or b'"m.replace"' in event.client_json
        or is_local(event)
        or view.on_event(event.event_id) is not None
        for event in (*delta.events, *delta.state)
    )


def stripped_in(room: UserRoom, view: View) -> bytes | None:
    """What may be told of a room to who is invited: where anything in it is hidden, nothing that somebody wrote."""
    if not view.hides_any or room.stripped is None:
        return None
    events = [(_decode_typed(one).type, one) for one in _decode_all(room.stripped)]
    return json_list([_unsaid(one) if type == _MEMBER else bytes(one) for type, one in events if type not in _TEXTUAL])


def _unsaid(member: msgspec.Raw) -> bytes:
    event = msgspec.json.decode(member)
    event["content"] = {key: value for key, value in event["content"].items() if key in _KEPT_OF_MEMBER}
    return msgspec.json.encode(event)


async def _closed(a: Assembly, room: UserRoom, view: View, upto: Place) -> bytes:
    found = [
        await reading.state_event_at(a.database, room.room_id, "m.room.create", "", upto),
        await reading.member_at(a.database, room.room_id, a.user_id, upto),
    ]
    state: list[StoredEvent] = [event for event in found if event is not None]
    events = await present(a.database, state, a.viewer, None, a.now, with_room_id=False)
    return b"".join(
        (
            b'{"timeline":{"events":[],"limited":true,"prev_batch":"',
            encode_room_token(upto).encode(),
            b'"},"%s":{"events":' % a.view.state_word.encode(),
            json_list(events),
            b'},"ephemeral":{"events":[]},"account_data":{"events":',
            json_list(a.account_data.get(room.room_id, [])),
            b'},"unread_notifications":{"highlight_count":0,"notification_count":0}',
            _restricted(view, is_other=False),
            b"}",
        )
    )


def _restricted(view: View, *, is_other: bool) -> bytes:
    """What the whole room is restricted by; null once it is no more."""
    if (shown := view.shown) is not None:
        return b',"%b":%b' % (KEY.encode(), placeholder_of(shown))
    return b',"%b":null' % KEY.encode() if is_other else b""
