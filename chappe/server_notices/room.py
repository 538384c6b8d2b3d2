"""The room in which the server tells somebody things."""

import secrets

import msgspec

from chappe.config import Settings
from chappe.events.state import Draft
from chappe.events.versions import RoomVersion, room_version
from chappe.identity import Identity
from chappe.ids import RoomID, UserID, new_room_id, server_user
from chappe.rooms import Room, append, begin_room, create_event, set_member
from chappe.stream import Transaction

NOTICE_TAG = "m.server_notice"
NONCE = "org.chappe.nonce"
MARK = "org.chappe.server_notices"
"""In the content of m.room.create: by which the room is known for what it is."""

_SPEAK = 50
"""The power that it takes to say anything; whom it is for has none."""


class Plan(msgspec.Struct, frozen=True):
    """What the room is made from, so that it is the same room whenever it is made."""

    room_id: RoomID
    version: str
    nonce: str
    made_at: int


def plan_room(tx: Transaction) -> Plan:
    """Settle the id of a new room."""
    version = room_version(tx.of(Settings).room_version)
    nonce = secrets.token_hex(8)
    identity = tx.of(Identity)
    if not version.room_id_is_hash:
        return Plan(new_room_id(identity.server_name), version.id, nonce, tx.now)
    made = create_event(identity, version, _draft(tx, version, None, nonce), tx.now)
    return Plan(made.room_id, version.id, nonce, tx.now)


async def make_room(tx: Transaction, plan: Plan, user_id: UserID) -> Room:
    """Make the room, with the person in it."""
    version = room_version(plan.version)
    server = server_user(tx.of(Identity).server_name)
    wanted = None if version.room_id_is_hash else plan.room_id
    room = await begin_room(tx, version, _draft(tx, version, wanted, plan.nonce), plan.made_at)
    assert room.room_id == plan.room_id
    name = tx.of(Settings).server_name
    await set_member(tx, room, server, server, "join", displayname=name)
    levels: dict[str, object] = {
        "users": {} if version.privileged_creators else {server: 100},
        "users_default": 0, "events_default": _SPEAK, "state_default": 100, "invite": 100, "kick": 100, "ban": 100,
        "redact": 100, "events": {"m.reaction": _SPEAK},
    }  # fmt: skip
    furniture: tuple[tuple[str, dict[str, object]], ...] = (
        ("m.room.power_levels", levels),
        ("m.room.join_rules", {"join_rule": "invite"}),
        ("m.room.history_visibility", {"history_visibility": "shared"}),
        ("m.room.guest_access", {"guest_access": "forbidden"}),
        ("m.room.name", {"name": name}),
    )
    for type, content in furniture:
        await append(tx, room, sender=server, type=type, state_key="", content=content)
    await set_member(tx, room, server, user_id, "invite")
    await set_member(tx, room, user_id, user_id, "join")
    return room


def _draft(tx: Transaction, version: RoomVersion, room_id: RoomID | None, nonce: str) -> Draft:
    server = server_user(tx.of(Identity).server_name)
    content: dict[str, object] = {"room_version": version.id, MARK: True, NONCE: nonce, "m.federate": False}
    if not version.creator_is_sender:
        content["creator"] = server
    return Draft("m.room.create", server, "", content, room_id, ())
