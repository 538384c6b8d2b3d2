"""Telling people that someone's keys changed: everybody in the rooms of that person, and the person's own devices.

A change is noted in the person's stream. Once that is durable, an effect reads which rooms the person is in, and
notes the change in each. Somebody who is just coming into a room might fall between the two: the room shows the
join already, and the person's own stream does not have it yet. So whoever comes in while their keys change, or
has come in before and is only now known to have, is named in that room once more.
"""

from collections.abc import Iterable

from chappe.ids import RoomID, UserID
from chappe.keys import store
from chappe.keys.news import KeyNews
from chappe.keys.told import ToldKeys
from chappe.rooms import joined_rooms
from chappe.stream import Device, Place, Shard, Transaction, shard_of

SLACK_MS = 60_000
"""How much longer than this no act takes, between reading the clock and being durable."""


def keys_changed(tx: Transaction, user_id: UserID) -> None:
    """Queue that a person's device keys or cross-signing keys changed."""
    note_for_own(tx, user_id, user_id)
    tx.of(KeyNews).begin(user_id, tx.now)
    tx.after_commit(lambda: tx.of(ToldKeys).forget(user_id))
    tx.effect(user_id, "keys.spread", user_id)


def note_for_own(tx: Transaction, user_id: UserID, about: UserID) -> None:
    """Queue that a person's own devices have to look at someone's keys."""
    at = tx.place(user_id)
    store.note_own(tx, user_id, about, at)
    news = tx.of(KeyNews)
    tx.after_commit(lambda: news.told(user_id, Place(at.value)))


async def spread(tx: Transaction, device: Device | None, user_id: str) -> None:
    """The effect in the person's own shard: their rooms are told, each shard of them by one effect."""
    by_shard: dict[Shard, list[RoomID]] = {}
    for room_id in await joined_rooms(tx, UserID(user_id)):
        by_shard.setdefault(shard_of(room_id), []).append(room_id)
    for shard, room_ids in by_shard.items():
        tx.effect(shard, "keys.note_changes", user_id, room_ids)


async def note_changes(tx: Transaction, device: Device | None, user_id: str, room_ids: Iterable[str]) -> None:
    """The effect in the shard of some rooms."""
    for room_id in room_ids:
        _note(tx, RoomID(room_id), UserID(user_id))


def _note(tx: Transaction, room_id: RoomID, user_id: UserID) -> None:
    at = tx.place(room_id)
    store.note_in_room(tx, room_id, user_id, at)
    news = tx.of(KeyNews)
    tx.after_commit(lambda: news.told(room_id, Place(at.value)))


async def on_joined(tx: Transaction, user_id: UserID, room_id: RoomID, joined_at: int) -> None:
    """Called in the person's shard when they are known to be in a room since `joined_at`, in milliseconds."""
    changed_at = await store.changed_at(tx, user_id)
    is_changing = tx.of(KeyNews).is_changing(user_id, tx.now)  # asked last: what begins after this is queued after it
    if is_changing or (changed_at is not None and changed_at >= joined_at - SLACK_MS):
        tx.effect(room_id, "keys.note_changes", user_id, [room_id])
