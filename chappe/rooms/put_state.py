"""Setting a piece of a room's state: what clients may set, and what is looked at more closely."""

from chappe.errors import Errcode, Refused
from chappe.ids import EventID, RoomID, UserID, is_user_id
from chappe.rooms import register_store
from chappe.rooms.append import append
from chappe.rooms.guests import remove_guests_if_shut_out
from chappe.rooms.invite import invite_entered
from chappe.rooms.join import join_entered
from chappe.rooms.membership import already, enter_knowing, set_member
from chappe.rooms.room import MEMBER, Room
from chappe.rooms.rooms import Rooms, not_in_room
from chappe.rooms.rules import (
    added_aliases,
    require_same_encryption,
    require_sound_member,
    require_sound_power_levels,
    same_json,
)
from chappe.stream import Device, Transaction

Content = dict[str, object]


async def put_state(
    tx: Transaction, device: Device, room_id: RoomID, event_type: str, state_key: str, content: Content
) -> EventID:
    """Set a piece of state, and answer with its event. The same by the same person again is the same event."""
    room = await enter_knowing(tx, room_id, device.user_id, None)
    return await put_state_entered(tx, device, room, event_type, state_key, content)


async def put_state_entered(
    tx: Transaction, device: Device, room: Room, event_type: str, state_key: str, content: Content
) -> EventID:
    """The same, in a room that was entered with the sender's membership."""
    if event_type == "m.room.redaction":
        raise Refused(Errcode.FORBIDDEN, "A redaction is not state. Use /redact with the event's ID.")
    if event_type == MEMBER:
        if not is_user_id(state_key):  # before it is looked up: it may be what no database takes
            raise Refused(Errcode.FORBIDDEN, "The state_key of a membership event is the user ID of the member.")
        return await _put_member(tx, device, room, UserID(state_key), content)
    if room.membership(device.user_id) != "join":
        raise not_in_room()
    before = room.get(event_type, state_key)
    if before is not None and before.sender == device.user_id and same_json(before.content, content):
        if room.pending:
            tx.after_all_queued()
        return before.event_id
    if state_key == "":
        await _look_closer(tx, room, event_type, content)
    event = await append(tx, room, sender=device.user_id, type=event_type, state_key=state_key, content=content)
    if event_type == "m.room.guest_access":
        remove_guests_if_shut_out(tx, room)
    return event.event_id


async def _look_closer(tx: Transaction, room: Room, event_type: str, content: Content) -> None:
    """What the authorisation rules leave to the server at which an event is made."""
    match event_type:
        case "m.room.power_levels":
            require_sound_power_levels(content)
        case "m.room.encryption":
            require_same_encryption(room, content)
        case "m.room.canonical_alias":
            for alias in added_aliases(room, content):
                if await register_store.room_of_alias(tx, alias, even_reserved=True) != room.room_id:
                    raise Refused(Errcode.BAD_ALIAS, f"The alias {alias} does not point to this room.")


_OURS = frozenset({"membership", "join_authorised_via_users_server"})
"""Keys of a membership event that are not taken from the client: who lets somebody in is found out here."""


async def _put_member(tx: Transaction, device: Device, room: Room, target: UserID, content: Content) -> EventID:
    """A membership set as state goes the way of the act that it stands for."""
    require_sound_member(content)
    given = {key: value for key, value in content.items() if key not in _OURS}
    sender, membership = device.user_id, content.get("membership")
    if not isinstance(membership, str):
        raise Refused(Errcode.BAD_JSON, "m.room.member needs a membership.")
    if membership in ("invite", "knock") and device.is_guest:  # as /invite and /knock do (spec: "Guest Access")
        raise Refused(Errcode.GUEST_ACCESS_FORBIDDEN, "Guests cannot do this. Register an account first.")
    if target == sender:
        return await _put_own(tx, device, room, membership, given)
    if room.membership(sender) != "join":
        raise not_in_room()
    if membership == "invite":
        return await invite_entered(tx, room, sender, target, **given)
    await tx.of(Rooms).know(tx, room, target)
    if membership == "leave" and room.membership(target) == "leave":
        raise Refused(Errcode.FORBIDDEN, f"{target} is not in this room.")
    return (await set_member(tx, room, sender, target, membership, **given)).event_id


async def _put_own(tx: Transaction, device: Device, room: Room, membership: str, given: Content) -> EventID:
    sender, member = device.user_id, room.members[device.user_id]
    if member is not None and same_json(member.content, {**given, "membership": membership}):
        return already(tx, room, sender)
    if membership == "join" and room.membership(sender) == "join":
        content = {**given, "membership": membership}  # as it is: without a name, they want none here
        return (await append(tx, room, sender=sender, type=MEMBER, state_key=sender, content=content)).event_id
    if membership == "join":
        return await join_entered(tx, device, room, **given)
    return (await set_member(tx, room, sender, sender, membership, **given)).event_id
