"""What push puts into /sync between two positions."""

from chappe.ids import UserID
from chappe.push import store
from chappe.push.whole import content_of
from chappe.rooms.reading import Reads
from chappe.stream import Place

PUSH_RULES = "m.push_rules"


async def push_rules(reads: Reads, user_id: UserID) -> bytes:
    """The content of a person's `m.push_rules`, as JSON."""
    _, changes = await store.rules(reads, user_id)
    return content_of(user_id, changes)


async def push_rules_between(reads: Reads, user_id: UserID, after: Place, upto: Place) -> bytes | None:
    """The same, if the rules were changed in (after, upto], places of the person's shard; else None."""
    place, changes = await store.rules(reads, user_id)
    return content_of(user_id, changes) if after < place <= upto else None
