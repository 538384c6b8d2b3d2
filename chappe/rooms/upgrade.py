"""Replacing a room by one of another version (Client-Server API v1.19, "Room upgrades").

1. `plan_upgrade`, in the old room's shard, looks at who asks and at what is to be copied.
2. `make_replacement` makes the new room, in its own shard, as one unit of work. Its effect `retire` closes the old
   room: so whenever the new one exists, the old one will point to it, also after a crash.
3. `retire` sets the tombstone. Its effect `hand_over` moves names and directory entry, in the register. If the
   tombstone may not be set any more, or another upgrade came first, the new room is left instead.
4. `replacement_of` tells what the old room points to then: whoever repeats, or comes second, is told the same room.
"""

import logging
import secrets

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.state import Draft
from chappe.events.versions import room_version
from chappe.identity import Identity
from chappe.ids import EventID, RoomID, UserID, is_room_id, new_room_id
from chappe.restrictions import Restrictions
from chappe.rooms import register_store, upgrade_store
from chappe.rooms.append import append, begin_room, create_event
from chappe.rooms.committed import committed_state
from chappe.rooms.directory import list_room
from chappe.rooms.inherit import inherit
from chappe.rooms.membership import set_member
from chappe.rooms.presets import Content, InitialState, NewRoom, create_content
from chappe.rooms.room import Room
from chappe.rooms.rooms import Rooms
from chappe.rooms.rules import CANONICAL_ALIAS
from chappe.rooms.upgrade_rules import (
    POWER_LEVELS,
    TOMBSTONE,
    creation_content,
    moved_levels,
    moved_state,
    quiet_levels,
    require_may_upgrade,
)
from chappe.stream import REGISTER, Device, Transaction

logger = logging.getLogger(__name__)

MAX_BANS = 500
"""People who stay banned in the new room: those banned last. Others have to be banned there again."""
BODY = "This room has been replaced. The conversation goes on in the new one."


class UpgradePlan(msgspec.Struct, frozen=True):
    """A replacement before it is made. `tombstone` is that of the old room so far, if it has one."""

    old: RoomID
    new: RoomID
    version: str
    created_at: int
    create: Content
    state: list[InitialState]
    levels: Content
    banned: list[UserID]
    tombstone: EventID | None


async def plan_upgrade(
    tx: Transaction, device: Device, old: RoomID, new_version: str, more: list[str] | None
) -> UpgradePlan | RoomID:
    """What the replacement will be, or its id if there is one of that version already.

    `more`: further creators, in versions that have them. Refuses whoever may not set the tombstone.
    """
    room = await tx.of(Rooms).enter_as_member(tx, old, device.user_id)
    require_may_upgrade(room, device.user_id)
    version = room_version(new_version)
    if room.pending:
        tx.after_all_queued()
    if found := await _replacement(tx, room, version.id):
        return found
    assert room.create is not None
    assert room.last_event_id is not None
    named = more if version.privileged_creators else None
    wishes = NewRoom(creation_content=creation_content(room.create, old, room.last_event_id, named))
    create = create_content(wishes, version, device.user_id, secrets.token_hex(8))
    identity = tx.of(Identity)
    draft = Draft("m.room.create", device.user_id, "", create, _named(identity, version.room_id_is_hash), ())
    tombstone = room.get(TOMBSTONE, "")
    creators = create.get("additional_creators")
    view = await tx.of(Restrictions).view(old, None)  # as for a stranger: what is withheld anywhere stays behind
    state = [one for one in room.state.values() if view is None or view.on_event(one.event_id) is None]
    return UpgradePlan(
        old=old,
        new=draft.room_id or create_event(identity, version, draft, tx.now).room_id,
        version=version.id,
        created_at=tx.now,
        create=create,
        state=moved_state(state, version, is_space=room.create.content.get("type") == "m.space"),
        levels=moved_levels(room, version, device.user_id, creators if isinstance(creators, list) else ()),
        banned=await upgrade_store.banned(tx.database, old, MAX_BANS),
        tombstone=tombstone.event_id if tombstone is not None else None,
    )


async def make_replacement(tx: Transaction, device: Device, plan: UpgradePlan) -> None:
    """Make the new room. Power levels come last, so that who upgrades may set all that comes before."""
    me, version = device.user_id, room_version(plan.version)
    draft = Draft("m.room.create", me, "", plan.create, None if version.room_id_is_hash else plan.new, ())
    room = await begin_room(tx, version, draft, plan.created_at)
    assert room.room_id == plan.new
    await set_member(tx, room, me, me, "join")
    inherit(tx, room, me)
    for one in plan.state:
        await append(tx, room, sender=me, type=one.type, state_key=one.state_key, content=one.content)
    for user_id in plan.banned:
        await set_member(tx, room, me, user_id, "ban")
    await append(tx, room, sender=me, type=POWER_LEVELS, state_key="", content=plan.levels)
    tx.effect(plan.old, "rooms.retire", plan.old, plan.new, me, plan.tombstone, awaited=True)


async def retire(tx: Transaction, device: Device | None, old: str, new: str, by: str, tombstone: str | None) -> None:
    """The effect in the old room's shard: it points to its replacement, unless another upgrade came first."""
    upgrader = UserID(by)
    room = await tx.of(Rooms).enter(tx, RoomID(old), upgrader)
    current = room.get(TOMBSTONE, "")
    if current is not None and current.content.get("replacement_room") == new:
        return
    try:
        if (current.event_id if current is not None else None) != tombstone:
            raise Refused(Errcode.FORBIDDEN, "This room was replaced meanwhile.")
        content: Content = {"body": BODY, "replacement_room": new}
        await append(tx, room, sender=upgrader, type=TOMBSTONE, state_key="", content=content)
    except Refused as refused:
        if refused.status >= 500:
            raise
        logger.info("An upgrade is not allowed any more: %s", refused.code.code)
        tx.effect(new, "rooms.depart", new, by)
        return
    if room.get(CANONICAL_ALIAS, "") is not None:
        await _if_allowed(tx, room, upgrader, CANONICAL_ALIAS, {})
    if (quiet := quiet_levels(room)) is not None:
        await _if_allowed(tx, room, upgrader, POWER_LEVELS, quiet)
    tx.effect(REGISTER, "rooms.hand_over", old, new, by, awaited=True)


async def hand_over(tx: Transaction, device: Device | None, old: str, new: str, by: str) -> None:
    """The effect in the register: names and directory entry are those of the new room. What a decision has taken out
    of the directory does not come back so."""
    upgrade_store.move_aliases(tx, RoomID(old), RoomID(new))
    if await register_store.is_listed(tx, RoomID(old)):
        if await tx.of(Restrictions).is_listed(old, None):
            await list_room(tx, None, new, by)
        register_store.erase_listing(tx, RoomID(old))


async def replacement_of(tx: Transaction, device: Device, old: RoomID, version: str) -> RoomID:
    """The room of that version that the old room points to; refused if it does not."""
    room = await tx.of(Rooms).enter_as_member(tx, old, device.user_id)
    found = await _replacement(tx, room, version)
    if found is None:
        raise Refused(Errcode.FORBIDDEN, "This room could not be upgraded: you may not set its tombstone any more.")
    return found


async def _replacement(tx: Transaction, room: Room, version: str) -> RoomID | None:
    """What the tombstone points to, if that is a room of this version that says it replaces this one."""
    tombstone = room.get(TOMBSTONE, "")
    new = tombstone.content.get("replacement_room") if tombstone is not None else None
    if not is_room_id(new):
        return None
    state = await committed_state(tx, RoomID(str(new)), ("m.room.create",))
    if state is None or state.create is None or state.version.id != version:
        return None
    predecessor = state.create.content.get("predecessor")
    replaces = predecessor.get("room_id") if isinstance(predecessor, dict) else None
    return RoomID(str(new)) if replaces == room.room_id else None


async def _if_allowed(tx: Transaction, room: Room, sender: UserID, event_type: str, content: Content) -> None:
    """Set a piece of state; without it the room is retired all the same."""
    try:
        await append(tx, room, sender=sender, type=event_type, state_key="", content=content)
    except Refused as refused:
        if refused.status >= 500:
            raise


def _named(identity: Identity, is_hash: bool) -> RoomID | None:
    return None if is_hash else new_room_id(identity.server_name)
