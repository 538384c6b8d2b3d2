"""The room in which the server tells one person something, and what it says there: effects in the room's shard.

The server makes the room, invites the person, and joins them in their name: somebody who is suspended could not accept.
No other function does that for anybody (law 3, `tests/keys/test_law_3.py`).
"""

import secrets

from chappe.events.state import Draft
from chappe.events.versions import RoomVersion, room_version
from chappe.identity import Identity
from chappe.ids import RoomID, UserID, new_room_id, server_user
from chappe.rooms import Rooms, append, begin_room
from chappe.rooms.append import create_event
from chappe.rooms.membership import set_member
from chappe.rooms.presets import NONCE
from chappe.rooms.room import MEMBER, Room
from chappe.server_notices.words import NAMES, TOPICS
from chappe.stream import Device, Transaction, shard_of

ROOM_TYPE = "org.chappe.server_notices"
"""The type of such a room, by which clients of ours know it; others know it by its tag `m.server_notice`."""

Content = dict[str, object]


def plan_notice_room(identity: Identity, version_id: str, person: UserID, at: int) -> tuple[RoomID, Content]:
    """The id of a room that is to be made, and the content of its create event.

    It lies in another shard than the person's: what its effects there wait for must not stand behind them.
    """
    while True:
        room_id, content = _plan(identity, version_id, secrets.token_hex(8), at)
        if shard_of(room_id) != shard_of(person):
            return room_id, content


def _plan(identity: Identity, version_id: str, nonce: str, at: int) -> tuple[RoomID, Content]:
    version, me = room_version(version_id), server_user(identity.server_name)
    content: Content = {"room_version": version.id, "type": ROOM_TYPE}
    if not version.creator_is_sender:
        content["creator"] = me
    if version.room_id_is_hash:
        content[NONCE] = nonce
        return create_event(identity, version, _draft(None, me, content), at).room_id, content
    return new_room_id(identity.server_name), content


async def make_notice_room(
    tx: Transaction, device: Device | None, room_id: str, user_id: str, content: Content, at: int, language: str
) -> None:
    """The effect that makes the room, with the person in it."""
    identity, person = tx.of(Identity), UserID(user_id)
    me, version = server_user(identity.server_name), room_version(str(content["room_version"]))
    draft = _draft(None if version.room_id_is_hash else RoomID(room_id), me, content)
    room = await begin_room(tx, version, draft, at)
    assert room.room_id == room_id
    await set_member(tx, room, me, me, "join", displayname=identity.server_name)
    state: dict[str, Content] = {
        "m.room.power_levels": _power_levels(version, me),
        "m.room.join_rules": {"join_rule": "invite"},
        "m.room.history_visibility": {"history_visibility": "shared"},
        "m.room.guest_access": {"guest_access": "forbidden"},
        "m.room.name": {"name": NAMES[language].format(server=identity.server_name)},
        "m.room.topic": {"topic": TOPICS[language]},
    }
    for type, held in state.items():
        await append(tx, room, sender=me, type=type, state_key="", content=held)
    await set_member(tx, room, me, person, "invite")
    await _join_in_their_name(tx, room, person)


async def say(tx: Transaction, device: Device | None, room_id: str, content: Content) -> None:
    """The effect that says something in the room."""
    room = await tx.of(Rooms).enter(tx, RoomID(room_id))
    me = server_user(tx.of(Identity).server_name)
    await append(tx, room, sender=me, type="m.room.message", content=content)


async def _join_in_their_name(tx: Transaction, room: Room, person: UserID) -> None:
    member = room.members[person]
    assert member is not None, "they were just invited"
    await append(
        tx, room, sender=person, type=MEMBER, state_key=person, content={**member.content, "membership": "join"}
    )


def _draft(room_id: RoomID | None, me: UserID, content: Content) -> Draft:
    return Draft("m.room.create", me, "", content, room_id, ())


def _power_levels(version: RoomVersion, me: UserID) -> Content:
    """Only the server writes there, and nobody else changes anything."""
    return {
        "users": {} if version.privileged_creators else {me: 100},
        "users_default": 0,
        "events_default": 100,
        "state_default": 100,
        "invite": 100,
        "kick": 100,
        "ban": 100,
        "redact": 100,
        "events": {},
        "notifications": {"room": 100},
    }
