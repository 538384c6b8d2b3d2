"""Putting an event into a room: the one way by which a room's history grows.

The rules judge it on the room's tip, it is built and signed once, its rows join the unit of work, and
the tip moves on. Nothing here is proportional to the room's members.
"""

from collections.abc import Awaitable, Callable
from hashlib import blake2b

from chappe.errors import Errcode, Refused
from chappe.events.auth import Draft, auth_types, authorise
from chappe.events.build import build
from chappe.events.event import Event
from chappe.events.versions import RoomVersion
from chappe.identity import Identity
from chappe.ids import EventID, UserID
from chappe.rooms import highlights, relations, store
from chappe.rooms.counting import is_counted
from chappe.rooms.membership_effect import spread_membership
from chappe.rooms.room import MEMBER, Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import require_state_fits
from chappe.rooms.stored import Head, StoredEvent
from chappe.rooms.tails import Tails
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Transaction


class SendGates:
    """What higher slices have to say before an event enters a room: each may refuse. Filled by `app.py`.

    `built` are asked last, about the event as it would enter, with its id; the room is still as before it.
    """

    def __init__(self, gates: "list[Callable[[Transaction, Room, Draft], Awaitable[None]]] | None" = None) -> None:
        self.gates = gates or []
        self.built: list[Callable[[Transaction, Room, Event], Awaitable[None]]] = []


class Sending:
    """The request that sends an event, so that its repeat finds the same event."""

    __slots__ = ("device", "repeat_key", "txn_id")

    def __init__(self, device: Device, endpoint: str, txn_id: str) -> None:
        """`endpoint`: the request's method and path, without its transaction ID (spec: "Transaction identifiers")."""
        self.device = device
        self.txn_id = txn_id
        parts = "\0".join((device.user_id, device.device_id or "", endpoint, txn_id))
        self.repeat_key = blake2b(parts.encode(), digest_size=16).digest()


async def sent_before(tx: Transaction, room: Room, sending: Sending) -> EventID | None:
    """The event of a former request with the same device, endpoint and transaction ID.

    If that one is queued and not yet durable, this act's answer waits until it is.
    """
    if queued := room.sent_and_queued(sending.repeat_key):
        event_id, durable = queued
        tx.after(durable)
        return event_id
    return await store.event_of_repeat(tx, sending.repeat_key)


async def append(
    tx: Transaction,
    room: Room,
    *,
    sender: UserID,
    type: str,
    content: dict[str, object],
    state_key: str | None = None,
    redacts: str | None = None,
    sending: Sending | None = None,
) -> Event:
    """Append an event to a room that was entered, if the room's rules allow it. Refused otherwise."""
    rooms = tx.of(Rooms)
    wanted = auth_types(room.version, type=type, sender=sender, state_key=state_key, content=content)
    for kind, key in wanted:
        if kind == MEMBER:
            await rooms.know(tx, room, UserID(key))
    assert room.last_event_id is not None
    draft = Draft(type, sender, state_key, content, room.room_id, (room.last_event_id,))
    authorise(room.version, draft, room)
    for gate in tx.of(SendGates).gates:
        await gate(tx, room, draft)
    relation = await relations.find(tx, room, draft)
    found = [room.get(*key) for key in wanted]
    event = _build(
        tx.of(Identity),
        room.version,
        draft,
        tx.now,
        redacts=redacts,
        depth=room.depth + 1,
        auth_events=[state_event.event_id for state_event in found if state_event is not None],
    )
    if state_key is not None and type != MEMBER:
        _require_space(room, event, state_key)
    for ask in tx.of(SendGates).built:
        await ask(tx, room, event)
    _queue(tx, room, event, sending, relation)
    return event


def create_event(identity: Identity, version: RoomVersion, draft: Draft, at: int) -> Event:
    """The create event, built at time `at` (milliseconds since 1970).

    The same arguments make the same event, so that a room's id is known before its shard is asked for.
    """
    return _build(identity, version, draft, at, redacts=None, depth=1, auth_events=[])


async def begin_room(tx: Transaction, version: RoomVersion, draft: Draft, at: int) -> Room:
    """Make a room with its create event. `draft.room_id` is None in version 12, where it is the event's hash."""
    event = create_event(tx.of(Identity), version, draft, at)
    room = Room(event.room_id, version)
    authorise(version, draft, room)
    tx.of(Rooms).begin(tx, room)
    store.add_room(tx, room.room_id, version.id)
    _queue(tx, room, event, None, None)
    return room


def _build(
    identity: Identity,
    version: RoomVersion,
    draft: Draft,
    at: int,
    *,
    redacts: str | None,
    depth: int,
    auth_events: list[EventID],
) -> Event:
    _refuse_nul(draft.type, "type")
    _refuse_nul(draft.state_key or "", "state_key")
    return build(
        version,
        room_id=draft.room_id,
        sender=draft.sender,
        type=draft.type,
        content=draft.content,
        state_key=draft.state_key,
        redacts=redacts,
        origin_server_ts=at,
        depth=depth,
        prev_events=draft.prev_events,
        auth_events=auth_events,
        server_name=identity.server_name,
        key=identity.key,
    )


def _require_space(room: Room, event: Event, state_key: str) -> None:
    before, after = room.size_of(event.type, state_key), len(event.client_json)
    if after > before:  # what makes the state smaller is always welcome
        number = len(room.state) + ((event.type, state_key) not in room.state)
        require_state_fits(event.type, state_key, number, room.state_bytes - before + after)


def _queue(
    tx: Transaction, room: Room, event: Event, sending: Sending | None, relation: relations.Relation | None
) -> None:
    """Queue the event's rows and make it the room's tip."""
    place = tx.place(room.room_id)
    counted = room.counted + (event.state_key is None and is_counted(event.type, event.content))
    replaces = room.state_places.get((event.type, event.state_key)) if event.state_key is not None else None
    device_id = sending.device.device_id if sending else None
    txn_id = sending.txn_id if sending else None
    repeat_key = sending.repeat_key if sending else None
    store.add_event(tx, event, place, counted, replaces, device_id, txn_id, repeat_key)
    if event.state_key is None:
        highlights.add(tx, room, event, place)
    elif event.type == MEMBER:
        before = room.membership(UserID(event.state_key)) if event.state_key in room.members else "leave"
        store.add_member_change(tx, event, place)
        spread_membership(tx, room, event, place, before)
    else:
        store.add_state_change(tx, event, place)
    if relation is not None:
        relations.add(tx, room, event, place, relation, counted=counted > room.counted)
    joined, invited = room.joined, room.invited
    room.apply(event, place, counted)
    if (room.joined, room.invited) != (joined, invited):
        store.count_members(tx, room.room_id, room.joined, room.invited)
    _follow(tx, room, event, place, counted, replaces, sending)


def _follow(
    tx: Transaction,
    room: Room,
    event: Event,
    place: FuturePlace,
    counted: int,
    replaces: FuturePlace | int | None,
    sending: Sending | None,
) -> None:
    """What happens in memory when the unit is durable, or has failed."""
    tails, rooms = tx.of(Tails), tx.of(Rooms)
    settled = room.remember_sent(sending.repeat_key, event.event_id) if sending else None

    def durable() -> None:
        room.pending -= 1
        if settled is not None:
            settled()
        tails.add(
            StoredEvent(
                place=Place(place.value),
                room_id=event.room_id,
                origin_server_ts=event.origin_server_ts,
                counted=counted,
                replaces=Place(replaces.value) if isinstance(replaces, FuturePlace) else _as_place(replaces),
                redacted_by=None,
                device_id=sending.device.device_id if sending else None,
                txn_id=sending.txn_id if sending else None,
                client_json=event.client_json,
                _head=Head(event.event_id, event.type, event.sender, event.state_key),
            )
        )

    def failed() -> None:
        room.pending -= 1
        rooms.forget(room)

    tx.after_commit(durable)
    tx.after_failure(failed)


def _as_place(value: int | None) -> Place | None:
    return Place(value) if value is not None else None


def _refuse_nul(text: str, where: str) -> None:
    if "\0" in text:
        raise Refused(Errcode.INVALID_PARAM, f"{where} contains the character U+0000, which no event may have there.")
