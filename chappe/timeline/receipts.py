"""How far people have read a room: receipts, public and private, for the room or for one thread.

Client-Server API v1.19, "Receipts".
"""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import EventID, RoomID, UserID, is_event_id
from chappe.rooms import StoredEvent, not_in_room
from chappe.rooms.reading import Reads
from chappe.stream import Device, Place, Transaction
from chappe.timeline import store
from chappe.timeline.threads import belongs_to_thread
from chappe.timeline.visible import Viewer, Withholding, require_visible, sight_of

READ = "m.read"
READ_PRIVATELY = "m.read.private"
UNTHREADED = ""
MAIN = "main"

MAX_RECEIPTS = 5_000
"""Receipts of a room that one answer tells: the newest. Who reads seldom is missed first."""


class Receipt(msgspec.Struct, frozen=True):
    """One person has read up to an event. `counted` is how many events notify up to there."""

    user_id: UserID
    type: str
    thread_id: str
    """Empty for an unthreaded receipt; `main`, or the event id of a thread's root."""
    event_id: EventID
    event_place: Place
    counted: int
    ts: int
    """When it was sent, in milliseconds since 1970."""
    place: Place

    @property
    def is_unthreaded(self) -> bool:
        """Whether it moves the person's place in the room as a whole.

        Clients that know threads send `main` and never an unthreaded receipt; without it, their unread
        count of the room would never go down.
        """
        return self.thread_id in (UNTHREADED, MAIN)


async def set_receipt(
    tx: Transaction, device: Device, room_id: RoomID, receipt_type: str, event_id: EventID, thread_id: str | None
) -> None:
    """Move the reader's receipt forward to an event they may see. One further on already stays.

    Refuses with FORBIDDEN who is not in the room, with NOT_FOUND an event they may not see, and with
    INVALID_PARAM a thread the event is not in.
    """
    user_id = device.user_id
    event = await seen_by_member(tx, tx.of(Withholding), room_id, user_id, event_id)
    if thread_id is not None:
        await _require_thread(tx, event, thread_id)
    thread_id = thread_id or UNTHREADED
    if await store.receipt_at(tx, room_id, user_id, receipt_type, thread_id) < event.place:
        store.set_receipt(tx, room_id, user_id, receipt_type, thread_id, event)


async def seen_by_member(
    reads: Reads, withholding: Withholding, room_id: RoomID, user_id: UserID, event_id: EventID
) -> StoredEvent:
    """An event of the room that someone who is in it may see; refused otherwise."""
    viewer = Viewer(user_id)
    sight = await sight_of(reads, room_id, viewer, withholding)
    if sight.membership_now() != "join":
        raise not_in_room()
    return await require_visible(reads, room_id, event_id, viewer, sight, withholding.but_ignored())


async def receipts_between(reads: Reads, room_id: RoomID, after: Place, upto: Place) -> list[Receipt]:
    """The receipts that were set in (after, upto], in that order; of very many the newest."""
    rows = await store.receipts_between(reads, room_id, after, upto, MAX_RECEIPTS)
    return [Receipt(*row) for row in reversed(rows)]


async def read_upto(reads: Reads, room_id: RoomID, user_id: UserID) -> tuple[Place, int]:
    """The furthest place in the room that the person has read, publicly or privately, and its count; 0 without."""
    return await store.read_upto(reads, room_id, user_id)


async def _require_thread(tx: Transaction, event: StoredEvent, thread_id: str) -> None:
    if thread_id != MAIN and not is_event_id(thread_id):
        raise Refused(Errcode.INVALID_PARAM, 'thread_id is neither "main" nor the event ID of a thread\'s root.')
    if not await belongs_to_thread(tx, event, thread_id):
        raise Refused(Errcode.INVALID_PARAM, "The event is not in the thread that thread_id names.")
