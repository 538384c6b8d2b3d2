"""A membership, as the person's own stream learns of it.

The membership event commits in the room's shard. Its effect sets the person's own row of the room, in
the person's shard, from which /sync knows which rooms to show.
"""

from collections.abc import Awaitable, Callable

import msgspec

from chappe.errors import Refused
from chappe.events.event import Event
from chappe.events.state import StateEvent
from chappe.ids import RoomID, UserID
from chappe.rooms.room import Room
from chappe.rooms.store import Reads
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Transaction

STRIPPED_TYPES = (
    "m.room.create",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.join_rules",
    "m.room.canonical_alias",
    "m.room.encryption",
)
"""What someone invited or knocking may know of a room (spec: "Stripped state")."""
MAX_STRIPPED_BYTES = 32 * 1024
"""All of it together as JSON, for each room and person it is shown to. The membership itself always stays."""
LEFT_OUT_FIRST = (
    "m.room.topic",
    "m.room.avatar",
    "m.room.name",
    "m.room.canonical_alias",
    "m.room.member",
    "m.room.join_rules",
    "m.room.encryption",
    "m.room.create",
)
"""What is given up, one after the other, until the rest is small enough; m.room.member is the sender's."""

_SET = """
INSERT INTO user_room (user_id, room_id, membership, place, room_place, joined_place, forgotten, stripped)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
ON CONFLICT (user_id, room_id) DO UPDATE SET
    membership = excluded.membership,
    place = excluded.place,
    room_place = excluded.room_place,
    joined_place = CASE WHEN excluded.membership = 'join' THEN excluded.room_place ELSE user_room.joined_place END,
    forgotten = 0,
    stripped = excluded.stripped
WHERE user_room.room_place < excluded.room_place
"""
_COLUMNS = "room_id, membership, place, room_place, joined_place, forgotten, stripped"
_ALL = f"SELECT {_COLUMNS} FROM user_room WHERE user_id = $1"
_SINCE = f"SELECT {_COLUMNS} FROM user_room WHERE user_id = $1 AND (place > $2 OR forgotten > $2)"
_ONE = f"SELECT {_COLUMNS} FROM user_room WHERE user_id = $1 AND room_id = $2"
_JOINED = "SELECT room_id FROM user_room WHERE user_id = $1 AND membership = 'join'"
_FORGET = """
UPDATE user_room SET forgotten = $3
WHERE user_id = $1 AND room_id = $2 AND membership IN ('leave', 'ban') RETURNING room_id
"""


OnJoined = Callable[[Transaction, UserID, RoomID, int], Awaitable[None]]
"""`on_joined(tx, user_id, room_id, joined_at)`, called in the person's shard; the time is in milliseconds."""


class Joined(list[OnJoined]):
    """What higher slices do when a person's own stream learns that they came into a room."""


class UserRoom(msgspec.Struct, frozen=True):
    """A room as one person has it.

    `joined_place` is where they last came in, `forgotten` the place of their own stream at which they forgot
    the room, or 0.
    """

    room_id: RoomID
    membership: str
    place: Place
    room_place: Place
    joined_place: Place
    forgotten: Place
    stripped: bytes | None


def spread_membership(tx: Transaction, room: Room, event: Event, place: FuturePlace, before: str) -> None:
    """Queue the effect of a membership event. A join that only changes the profile has none."""
    membership = event.content["membership"]
    if membership == before == "join":
        return
    user_id = UserID(str(event.state_key))
    stripped = _stripped_state(room, event) if membership in ("invite", "knock") else None
    at = event.origin_server_ts
    tx.effect(user_id, "rooms.membership", user_id, room.room_id, membership, place, stripped, at, awaited=True)


async def set_membership(
    tx: Transaction,
    device: Device | None,
    user_id: UserID,
    room_id: RoomID,
    membership: str,
    room_place: int,
    stripped: list[object] | None,
    at: int = 0,
) -> None:
    """The effect, in the person's shard. `at` is when the membership changed, in milliseconds."""
    packed = msgspec.json.encode(stripped) if stripped is not None else None
    joined_place = room_place if membership == "join" else 0
    tx.append(_SET, user_id, room_id, membership, tx.place(user_id), room_place, joined_place, packed)
    if membership == "join":
        for on_joined in tx.of(Joined):
            await on_joined(tx, user_id, room_id, at)


async def rooms_of(reads: Reads, user_id: UserID) -> list[UserRoom]:
    """All rooms a person ever had to do with."""
    return [UserRoom(*row) for row in await reads.fetch(_ALL, user_id)]


async def rooms_changed(reads: Reads, user_id: UserID, after: Place) -> list[UserRoom]:
    """The rooms in which a person's membership changed, or which they forgot, after a place of their stream."""
    return [UserRoom(*row) for row in await reads.fetch(_SINCE, user_id, after)]


async def room_of(reads: Reads, user_id: UserID, room_id: RoomID) -> UserRoom | None:
    """One room as one person has it."""
    row = await reads.fetch_one(_ONE, user_id, room_id)
    return UserRoom(*row) if row else None


async def joined_rooms(reads: Reads, user_id: UserID) -> list[RoomID]:
    """The rooms a person is in."""
    return [row[0] for row in await reads.fetch(_JOINED, user_id)]


def forget_room(tx: Transaction, user_id: UserID, room_id: RoomID, *, otherwise: Refused) -> None:
    """Queue that a person has forgotten a room; refused with `otherwise` unless they are out of it by then."""
    tx.conditional(_FORGET, user_id, room_id, tx.place(user_id), otherwise=otherwise)


def _stripped_state(room: Room, event: Event) -> list[dict[str, object]]:
    shown = [room.state[type, ""] for type in STRIPPED_TYPES if (type, "") in room.state]
    sender = room.members.get(event.sender)
    if sender is not None and event.sender != event.state_key:
        shown.append(sender)
    return [*_fitting([_strip(one) for one in shown], _strip(event)), _strip(event)]


def _fitting(shown: list[dict[str, object]], always: dict[str, object]) -> list[dict[str, object]]:
    """What may be shown beside `always`."""
    for type in LEFT_OUT_FIRST:
        if len(msgspec.json.encode([*shown, always])) <= MAX_STRIPPED_BYTES:
            break
        shown = [one for one in shown if one["type"] != type]
    return shown


def _strip(event: Event | StateEvent) -> dict[str, object]:
    return {"type": event.type, "state_key": event.state_key, "sender": event.sender, "content": event.content}
