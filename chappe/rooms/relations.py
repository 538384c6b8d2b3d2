"""How an event relates to another one: found out when it is sent, and stored beside it.

Client-Server API v1.19, "Forming relationships between events", "Event replacements", "Threading" and "Event
annotations and reactions". An event's id is told only once the event is durable, so whoever relates to one
relates to what is committed. A relation that breaks its rules is none.
"""

from hashlib import blake2b

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.auth import Draft
from chappe.events.event import Event
from chappe.ids import EventID, RoomID, is_event_id
from chappe.rooms import store
from chappe.rooms.room import Room
from chappe.rooms.stored import StoredEvent
from chappe.storage import FuturePlace
from chappe.stream import Place, Transaction

THREAD = "m.thread"
REPLACE = "m.replace"
ANNOTATION = "m.annotation"
REFERENCE = "m.reference"

MAX_STEPS = 3
"""How many relations are followed to find the thread that an event is in."""
MAX_NAME_BYTES = 255
"""The length of a `rel_type`, as of a type. A longer one is no relation."""

_ADD = "INSERT INTO relation (parent, place, rel_type, type, sender) VALUES ($1, $2, $3, $4, $5)"
_ERASE = """
DELETE FROM relation WHERE parent = (SELECT place FROM event WHERE event_id = $1) AND place = $2
"""
_ANNOTATED = "SELECT place FROM annotation WHERE digest = $1"
_ANNOTATE = """
INSERT INTO annotation (digest, place) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING RETURNING place
"""
_ERASE_ANNOTATION = "DELETE FROM annotation WHERE digest = $1 AND place = $2"
_CONTINUE_THREAD = """
INSERT INTO thread (room_id, root, root_place, latest) VALUES ($1, $2, $3, $4)
ON CONFLICT (room_id, root) DO UPDATE SET latest = excluded.latest
"""
# Where a later event of the thread is queued, `latest` has moved on already, and neither of these does anything.
_SHORTEN_THREAD = """
UPDATE thread SET latest = COALESCE((
    SELECT MAX(place) FROM relation WHERE parent = thread.root_place AND rel_type = 'm.thread'
), 0) WHERE room_id = $1 AND root = $2 AND latest = $3
"""
_END_THREAD = "DELETE FROM thread WHERE room_id = $1 AND root = $2 AND latest = 0"
_ADD_TO_THREAD = """
INSERT INTO thread_event (room_id, place, root, sender, counted, threaded) VALUES ($1, $2, $3, $4, $5, $6)
"""
_THREADED = "SELECT threaded FROM thread_event WHERE room_id = $1 AND place <= $2 ORDER BY place DESC LIMIT 1"


class Relation(msgspec.Struct, frozen=True):
    """What a new event relates to. `root` is that of the thread it is in, if it is in one."""

    rel_type: str
    parent: StoredEvent
    root: StoredEvent | None
    annotation: bytes | None
    """What no other annotation may be the same as."""


def relation_in(content: dict[str, object]) -> tuple[str, EventID] | None:
    """The type of a relation, and the event related to. A mere reply is no relation."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, dict):
        return None
    rel_type, parent = relation.get("rel_type"), relation.get("event_id")
    if not isinstance(rel_type, str) or not is_event_id(parent):
        return None
    if not 0 < len(rel_type.encode(errors="replace")) <= MAX_NAME_BYTES or "\0" in rel_type:
        return None
    return rel_type, EventID(str(parent))


async def find(tx: Transaction, room: Room, draft: Draft) -> Relation | None:
    """The relation of an event that is to be sent, or None.

    Refuses a thread on an event that is itself related to one (UNKNOWN, 400), and an annotation that the sender
    has made before (DUPLICATE_ANNOTATION).
    """
    named = relation_in(draft.content) if "m.relates_to" in draft.content else None
    if named is None:
        return None
    rel_type, parent_id = named
    parent = await _in_room(tx, room.room_id, parent_id)
    if parent is None or (rel_type == REPLACE and not _is_edit(draft, parent)):
        return None
    if rel_type == THREAD and relation_in(parent.content) is not None:
        raise Refused(Errcode.UNKNOWN, "A thread hangs on an event that is in no relation itself.", status=400)
    annotation = None
    if rel_type == ANNOTATION:
        annotation = _digest(parent_id, draft.sender, draft.type, draft.content)
        if await tx.fetch_one(_ANNOTATED, annotation):
            raise _annotated_before()
    return Relation(rel_type, parent, await _root(tx, rel_type, parent), annotation)


def add(tx: Transaction, room: Room, event: Event, place: FuturePlace, relation: Relation, *, counted: bool) -> None:
    """Queue an event's relation. `counted` says whether the event notifies."""
    tx.append(_ADD, relation.parent.place, place, relation.rel_type, event.type, event.sender)
    if relation.annotation is not None:
        tx.conditional(_ANNOTATE, relation.annotation, place, otherwise=_annotated_before())
    root = relation.root
    if root is not None:
        room.count_threaded(int(counted))
        tx.append(_ADD_TO_THREAD, room.room_id, place, root.event_id, event.sender, int(counted), room.threaded)
    if relation.rel_type == THREAD:
        tx.execute(_CONTINUE_THREAD, room.room_id, relation.parent.event_id, relation.parent.place, place)


def erase(tx: Transaction, event: StoredEvent) -> None:
    """Queue that an event, which is being redacted, relates to nothing. Its place in a thread stays counted."""
    named = relation_in(event.content)
    if named is None:
        return
    rel_type, parent_id = named
    tx.execute(_ERASE, parent_id, event.place)
    if rel_type == ANNOTATION:
        tx.execute(_ERASE_ANNOTATION, _digest(parent_id, event.sender, event.type, event.content), event.place)
    if rel_type == THREAD:
        tx.execute(_SHORTEN_THREAD, event.room_id, parent_id, event.place)
        tx.execute(_END_THREAD, event.room_id, parent_id)


async def threaded_upto(reads: store.Reads, room_id: RoomID, upto: Place = store.EVERYTHING) -> int:
    """How many events in threads of the room notify, up to a place."""
    row = await reads.fetch_one(_THREADED, room_id, upto)
    return int(row[0]) if row else 0


async def _root(reads: store.Reads, rel_type: str, parent: StoredEvent) -> StoredEvent | None:
    """The root of the thread that an event is in which relates to `parent` like this."""
    if rel_type == THREAD:
        return parent
    for _ in range(MAX_STEPS):
        named = relation_in(parent.content)
        found = await _in_room(reads, parent.room_id, named[1]) if named is not None else None
        if named is None or found is None or named[0] == THREAD:
            return found
        parent = found
    return None


async def _in_room(reads: store.Reads, room_id: RoomID, event_id: EventID) -> StoredEvent | None:
    event = await store.event_by_id(reads, event_id)
    return event if event is not None and event.room_id == room_id else None


def _is_edit(draft: Draft, original: StoredEvent) -> bool:
    """Whether the event may replace the other one (spec: "Validity of replacement events")."""
    named = relation_in(original.content)
    return (
        (draft.sender, draft.type) == (original.sender, original.type)
        and draft.state_key is None
        and original.state_key is None
        and (named is None or named[0] != REPLACE)
        and (draft.type == "m.room.encrypted" or isinstance(draft.content.get("m.new_content"), dict))
    )


def _digest(parent_id: EventID, sender: str, type: str, content: dict[str, object]) -> bytes:
    relation = content["m.relates_to"]
    assert isinstance(relation, dict), "it was found to be one"
    told = msgspec.json.encode([parent_id, sender, type, relation.get("key")])
    return blake2b(told, digest_size=16).digest()


def _annotated_before() -> Refused:
    return Refused(Errcode.DUPLICATE_ANNOTATION, "You have annotated this event in the same way before.")
