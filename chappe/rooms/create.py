"""Making a room (Client-Server API v1.19, "POST /createRoom").

Two acts, since a room commits in its own shard and its alias in the register:

1. `plan_room` decides the room's id, and reserves the alias for it. In version 12 the id is the hash of the
   create event, so that event is built once here, and again, the same, in the second act. A reservation
   points nowhere: nobody can follow the alias yet, and nobody else can take it.
2. `make_room` puts all events of the room into one unit of work. Its effects in the register confirm the
   alias and put the room into the directory; the caller is answered after they were applied.

A crash between the two leaves a reservation that runs out and is then taken over by whoever asks next. A
crash after the second loses nothing: the effect stands in the outbox of the same commit. A room is not made
any more once its reservation is about to run out, and a reservation whose room exists is never taken over,
however late its confirmation comes. When the second act refuses, `drop_plan` gives the alias back at once.
"""

import secrets

import msgspec

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.events.state import Draft
from chappe.events.versions import RoomVersion, room_version
from chappe.identity import Identity
from chappe.ids import RoomAlias, RoomID, UserID, new_room_id
from chappe.rooms import register_store
from chappe.rooms.append import append, begin_room, create_event
from chappe.rooms.direct import note_direct
from chappe.rooms.directory import list_now
from chappe.rooms.invite import invite_entered
from chappe.rooms.membership import set_member
from chappe.rooms.presets import NewRoom, create_content, further_state, power_levels
from chappe.rooms.put_state import put_state_entered
from chappe.rooms.room import Room
from chappe.stream import REGISTER, Device, Transaction

RESERVED_MS = 60_000
"""How long an alias waits for its room."""
MARGIN_MS = 30_000
"""A room is made only this long before its reservation runs out, so that its commit cannot come too late."""


class Plan(msgspec.Struct, frozen=True):
    """What is settled about a room before it is made."""

    room_id: RoomID
    version: str
    created_at: int
    content: dict[str, object]
    alias: RoomAlias | None
    invited: list[UserID]


async def plan_room(tx: Transaction, device: Device, wishes: NewRoom) -> Plan:
    """Check the wishes, settle the room's id, and reserve its alias (then in the register)."""
    identity = tx.of(Identity)
    version = room_version(tx.of(Settings).room_version if wishes.room_version is None else wishes.room_version)
    alias = wishes.alias(identity.server_name)
    invited = wishes.invited(identity.server_name)
    content = create_content(wishes, version, device.user_id, secrets.token_hex(8))
    draft = _draft(version, None if version.room_id_is_hash else new_room_id(identity.server_name), device, content)
    room_id = draft.room_id or create_event(identity, version, draft, tx.now).room_id
    if alias is not None:
        taken = Refused(Errcode.ROOM_IN_USE, f"There is a room called {alias} already. Choose another name.")
        register_store.take_alias(tx, alias, room_id, device.user_id, tx.now + RESERVED_MS, otherwise=taken)
    return Plan(room_id, version.id, tx.now, content, alias, invited)


async def make_room(tx: Transaction, device: Device, wishes: NewRoom, plan: Plan) -> RoomID:
    """Make the room: all its events are one unit of work, in the specification's order."""
    if tx.now > plan.created_at + RESERVED_MS - MARGIN_MS:
        raise Refused(Errcode.UNAVAILABLE, "Making the room took too long; please try again.")
    version = room_version(plan.version)
    draft = _draft(version, None if version.room_id_is_hash else plan.room_id, device, plan.content)
    try:
        room = await begin_room(tx, version, draft, plan.created_at)
        assert room.room_id == plan.room_id
        await _furnish(tx, device, room, wishes, plan)
    except Refused as refused:
        if refused.code is not Errcode.FORBIDDEN:
            raise
        raise Refused(Errcode.INVALID_ROOM_STATE, f"A room cannot begin like this. {refused.reason}") from refused
    if plan.alias is not None:
        tx.effect(REGISTER, "rooms.confirm_alias", plan.alias, room.room_id, awaited=True)
    if wishes.visibility == "public":
        list_now(tx, room, device.user_id)
    return room.room_id


async def drop_plan(tx: Transaction, device: Device, plan: Plan) -> None:
    """The room was not made: give its alias back."""
    assert plan.alias is not None
    register_store.release_reserved(tx, plan.alias, plan.room_id)


async def confirm_alias(tx: Transaction, device: Device | None, alias: str, room_id: str) -> None:
    """The effect in the register: the room exists, and the alias points to it."""
    register_store.confirm_reserved(tx, RoomAlias(alias), RoomID(room_id))


async def _furnish(tx: Transaction, device: Device, room: Room, wishes: NewRoom, plan: Plan) -> None:
    me = device.user_id
    if wishes.is_direct:
        note_direct(tx, me, plan.invited, room.room_id)
    await set_member(tx, room, me, me, "join")
    levels = power_levels(wishes, room.version, me)
    await append(tx, room, sender=me, type="m.room.power_levels", state_key="", content=levels)
    for wanted in further_state(wishes, plan.alias):
        await put_state_entered(tx, device, room, wanted.type, wanted.state_key, wanted.content)
    for user_id in plan.invited:
        await invite_entered(tx, room, me, user_id, is_direct=True if wishes.is_direct else None)


def _draft(version: RoomVersion, room_id: RoomID | None, device: Device, content: dict[str, object]) -> Draft:
    return Draft("m.room.create", device.user_id, "", content, room_id, ())
