"""To which thread an event belongs.

Client-Server API v1.19, "Threaded read receipts": by its own relation of type m.thread, or by that of an event it
relates to, over at most three steps. Everything else, the roots of threads included, is in the main timeline.
"""

from chappe.ids import EventID, is_event_id
from chappe.rooms import StoredEvent, reading
from chappe.rooms.reading import Reads

MAX_STEPS = 3
MAIN = "main"


async def belongs_to_thread(reads: Reads, event: StoredEvent, thread_id: str) -> bool:
    """Whether a receipt on `event` may be for the thread. The root itself counts for its thread, too."""
    passed: list[str] = []
    found: StoredEvent | None = event
    for _ in range(MAX_STEPS + 1):
        if found is None or found.room_id != event.room_id:
            break
        passed.append(found.event_id)
        rel_type, parent = relation_of(found.content)
        if rel_type == "m.thread":
            return thread_id == parent
        found = await reading.event_by_id(reads, parent) if parent is not None else None
    return thread_id == MAIN or thread_id in passed


def relation_of(content: dict[str, object]) -> tuple[str, EventID | None]:
    """The type of an event's relation and the event it relates to; a mere reply is no relation here."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, dict):
        return "", None
    rel_type, parent = relation.get("rel_type"), relation.get("event_id")
    if not isinstance(rel_type, str) or not is_event_id(parent):
        return "", None
    return rel_type, EventID(str(parent))
