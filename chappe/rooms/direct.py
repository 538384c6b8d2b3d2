"""Direct chats: the room stands in `m.direct` of both people before either is shown it.

Clients keep `m.direct` themselves, and write it once they have made or joined the room (v1.19, "Direct Messaging").
Until then a person's other devices would show a direct chat as a room. So it is noted here as well, by an effect
ahead of the one by which the person's own stream learns of the room; what a client then writes is the same.
"""

from collections.abc import Iterable

import msgspec

from chappe.accounts import change_account_data
from chappe.events.canonical_json import encode
from chappe.ids import RoomID, UserID
from chappe.rooms.room import Room
from chappe.stream import Device, Transaction

DIRECT = "m.direct"


def note_direct(tx: Transaction, user_id: UserID, others: Iterable[UserID], room_id: RoomID) -> None:
    """Queue the note for a user who makes a direct chat with others. Called before they are made a member."""
    if people := list(others):
        tx.effect(user_id, "rooms.direct", user_id, people, room_id)


def note_if_invited_directly(tx: Transaction, room: Room, user_id: UserID) -> None:
    """The same for somebody who is about to join, if the invitation says that it is for a direct chat."""
    member = room.members.get(user_id)
    if member is not None and member.content.get("membership") == "invite" and member.content.get("is_direct") is True:
        note_direct(tx, user_id, [UserID(member.sender)], room.room_id)


async def set_direct(tx: Transaction, device: Device | None, user_id: str, others: list[str], room_id: str) -> None:
    """The effect in the person's shard. What they have noted already stays."""
    await change_account_data(tx, UserID(user_id), None, DIRECT, lambda direct: with_room(direct, others, room_id))


def with_room(direct: bytes | None, others: Iterable[str], room_id: str) -> bytes | None:
    """The content of m.direct with the room among those shared with each of the others."""
    content: dict[str, object] = msgspec.json.decode(direct) if direct is not None else {}
    for person in others:
        rooms = content.get(person, [])
        if isinstance(rooms, list) and room_id not in rooms:
            content[person] = [*rooms, room_id]
    return encode(content)
