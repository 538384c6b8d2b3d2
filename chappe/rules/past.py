"""Trying a rule on what was said before: what it would have found. R138.

The newest messages of open rooms are gone through in the order in which they were said, and counted anew. What is asked
of the present (how many people are in a room, what power somebody has) is what it is now.
"""

import asyncio

import msgspec

from chappe.events.powers import power_of
from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent
from chappe.rooms.committed import CommittedState, committed_state
from chappe.rooms.listing import LISTED_TYPES, is_open
from chappe.rules import store
from chappe.rules.expression import Expression, Seen
from chappe.rules.facts import NOTHING, Facts, Happening, said
from chappe.rules.gate import Counting
from chappe.rules.policy_lists import PolicyLists
from chappe.storage import Database
from chappe.stream import SHARDS, Log, Place, Shard, place

MAX_OF_SHARD = 100
MAX_LOOKED_AT = 5_000
MAX_SHOWN = 100
AT_ONCE = 50
"""Looked at in one go: about a millisecond."""
_TYPES = (*LISTED_TYPES, "m.room.power_levels")


class Found(msgspec.Struct, frozen=True):
    """A message that a rule would have found."""

    at: int
    room_id: str
    sender: str
    event_id: str
    facts: Facts


class Tried(msgspec.Struct, frozen=True):
    """What a rule would have found: how many of how many, and the newest of them."""

    looked_at: int
    held: int
    failed: int
    shown: list[Found]


async def try_on_past(database: Database, log: Log, lists: PolicyLists, expression: Expression) -> Tried:
    """Try an expression on the newest messages of open rooms."""
    events = await _newest(database, log)
    counting, states = Counting(), dict[RoomID, CommittedState | None]()
    found: list[Found] = []
    looked_at = failed = 0
    for number, event in enumerate(events):
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        if event.room_id not in states:
            states[event.room_id] = await committed_state(database, event.room_id, _TYPES)
        state = states[event.room_id]
        if state is None or not is_open(state):
            continue
        looked_at += 1
        facts = await _facts_of(database, counting, lists, state, event)
        try:
            if expression.holds(Seen({**NOTHING, **facts})):
                found.append(Found(event.origin_server_ts, event.room_id, event.sender, event.event_id, facts))
        except RuntimeError:
            failed += 1
    return Tried(looked_at, len(found), failed, found[::-1][:MAX_SHOWN])


async def _newest(database: Database, log: Log) -> list[StoredEvent]:
    events: list[StoredEvent] = []
    for number, head in enumerate(log.heads[:SHARDS]):
        if head:
            shard = Shard(number)
            upto = place(shard, head)
            events += await store.newest_events(database, Place(place(shard, 0)), upto, MAX_OF_SHARD)
    said_events = [one for one in events if one.state_key is None and one.type != "m.room.encrypted"]
    said_events.sort(key=lambda one: (one.origin_server_ts, one.place))
    return said_events[-MAX_LOOKED_AT:]


async def _facts_of(
    database: Database, counting: Counting, lists: PolicyLists, state: CommittedState, event: StoredEvent
) -> Facts:
    sender, now = UserID(event.sender), event.origin_server_ts
    made_at, is_guest = await counting.account(database, sender)
    facts: Facts = {
        "happening": Happening.MESSAGE.value,
        "event_type": event.type,
        "sender": sender,
        "sender_age_s": max(0, now - made_at) // 1_000,
        "sender_power": min(power_of(state.version, state, sender), 2**53),
        "is_guest": is_guest,
        "room": event.room_id,
        "room_members": state.joined,
        "listed": lists.naming((sender,), event.room_id)[:10],
        **said(event.content),
    }
    return facts | counting.message(sender, event.room_id, str(facts["body"]), now)
