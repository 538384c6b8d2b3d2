"""To which thread an event belongs.

Client-Server API v1.19, "Threaded read receipts": by its own relation of type m.thread, or by that of an event it
relates to, over at most three steps. Everything else, the roots of threads included, is in the main timeline.
"""

from chappe.rooms import StoredEvent, reading
from chappe.rooms.reading import Reads
from chappe.rooms.relations import MAX_STEPS, THREAD, relation_in
from chappe.timeline import store_threads as store

MAIN = "main"


async def belongs_to_thread(reads: Reads, event: StoredEvent, thread_id: str) -> bool:
    """Whether a receipt on `event` may be for the thread. The root itself counts for its thread, too.

    What was redacted says no more where it belongs: it is in the main timeline, and where it was sent.
    """
    if thread_id != MAIN and await store.is_in_thread(reads, event.room_id, event.place, thread_id):
        return True
    passed: list[str] = []
    found: StoredEvent | None = event
    for _ in range(MAX_STEPS + 1):
        if found is None or found.room_id != event.room_id:
            break
        passed.append(found.event_id)
        named = relation_in(found.content)
        if named is not None and named[0] == THREAD:
            return thread_id == named[1]
        found = await reading.event_by_id(reads, named[1]) if named is not None else None
    return thread_id == MAIN or thread_id in passed
