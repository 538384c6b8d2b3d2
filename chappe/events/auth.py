"""The authorisation rules: whether an event may enter a room, from the room's state alone.

Matrix: "Room versions", "Authorisation rules" of versions 6 to 12. Comments give the rules' numbers of
version 11; version 12 has one more in front, so that its numbers from 2 on are one higher.

Rule 2 judges the `auth_events` that another server chose. Ours are chosen by `auth_types` from the very
state that is judged here, so they have no entry twice, none that is not asked for, and always a create event.
"""

from collections.abc import Container, Mapping

from chappe.errors import Errcode, Refused
from chappe.events.auth_member import authorise_member
from chappe.events.auth_power_levels import authorise_power_levels
from chappe.events.event import Event
from chappe.events.powers import membership_of, power_for, power_of, power_to_send
from chappe.events.state import AuthState, Candidate, Draft, StateEvent
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from chappe.ids import is_user_id, server_of

__all__ = [
    "AuthState",
    "Draft",
    "StateEvent",
    "auth_types",
    "authorise",
    "membership_of",
    "power_for",
    "power_of",
    "power_to_send",
]


def authorise(version: RoomVersion, event: Candidate, state: AuthState, *, signed_by: Container[str] = ()) -> None:
    """Refuse (FORBIDDEN, with the reason) an event that the room's rules do not allow.

    `state` is the state before the event. `signed_by` names servers other than the sender's whose signature
    on the event has been verified; a restricted join by way of another server needs one.
    """
    if event.type == "m.room.create":
        _authorise_create(version, event)
        return
    create = state.create
    if create is None:
        raise _no("The room has no m.room.create event.")  # rule 2.4; version 12: rule 2
    if version.room_id_is_hash and (event.room_id is None or event.room_id[1:] != create.event_id[1:]):
        raise _no("The room ID is not that of the room's m.room.create event.")  # version 12: rule 2
    if create.content.get("m.federate") is False and server_of(event.sender) != server_of(create.sender):
        raise _no("This room does not federate with other servers.")  # rule 3
    if event.type == "m.room.member":
        authorise_member(version, event, state, create, signed_by)
        return
    if membership_of(state, event.sender) != "join":
        raise _no("You are not in this room.")  # rule 5
    power = power_of(version, state, event.sender)
    if event.type == "m.room.third_party_invite":  # rule 6
        if power < power_for(state, "invite"):
            raise _no("You may not invite people to this room.")
        return
    needed = power_to_send(state, event.type, event.state_key is not None)
    if power < needed:
        raise _no(f"You may not send {event.type} here: it needs power level {needed}, you have {power}.")  # rule 7
    if event.state_key is not None and event.state_key.startswith("@") and event.state_key != event.sender:
        raise _no("A state key that begins with '@' must be your own user ID.")  # rule 8
    if event.type == "m.room.power_levels":
        authorise_power_levels(version, event, state, create, power)  # rule 9


def auth_types(
    version: RoomVersion,
    *,
    type: str,
    sender: str,
    state_key: str | None,
    content: Mapping[str, object],
) -> list[tuple[str, str]]:
    """Type and state key of the state events that `auth_events` name, as far as the room has them.

    Matrix: server-server API, "Auth events selection".
    """
    if type == "m.room.create":
        return []
    wanted = [("m.room.power_levels", ""), ("m.room.member", sender)]
    if not version.create_not_in_auth_events:
        wanted.insert(0, ("m.room.create", ""))
    if type != "m.room.member":
        return wanted
    if state_key is not None and state_key != sender:
        wanted.append(("m.room.member", state_key))
    membership = content.get("membership")
    if membership in ("join", "invite", "knock"):
        wanted.append(("m.room.join_rules", ""))
    invite = content.get("third_party_invite")
    if membership == "invite" and isinstance(invite, dict):
        signed = invite.get("signed")
        token = signed.get("token") if isinstance(signed, dict) else None
        if isinstance(token, str):
            wanted.append(("m.room.third_party_invite", token))
    via = content.get("join_authorised_via_users_server")
    let_in = membership == "join" and version.restricted and isinstance(via, str)
    if let_in and via not in (sender, state_key):
        wanted.append(("m.room.member", str(via)))
    return wanted


def _authorise_create(version: RoomVersion, event: Candidate) -> None:
    """Rule 1."""
    if event.prev_events:
        raise _no("A room has one m.room.create event, which comes first.")  # rule 1.1
    if version.room_id_is_hash:
        own_room = isinstance(event, Event) and event.room_id[1:] == event.event_id[1:]
        if event.room_id is not None and not own_room:
            raise _no("In this room version the m.room.create event has no room_id.")  # version 12: rule 1.2
    elif event.room_id is None or server_of(event.room_id) != server_of(event.sender):
        raise _no("The server in the room ID is not the server of the room's creator.")  # rule 1.2
    named = event.content.get("room_version", version.id)
    if not isinstance(named, str) or named not in ROOM_VERSIONS:
        raise _no("The room_version is none that this server knows.")  # rule 1.3
    if not version.creator_is_sender and "creator" not in event.content:
        raise _no("In this room version m.room.create needs a creator.")  # versions before 11: rule 1.4
    more = event.content.get("additional_creators", [])
    if version.privileged_creators and not (isinstance(more, list) and all(map(is_user_id, more))):
        raise _no("additional_creators is not a list of user IDs.")  # version 12: rule 1.4


def _no(reason: str) -> Refused:
    return Refused(Errcode.FORBIDDEN, reason)
