"""What /sync must come to, worked out slowly from every event that was ever stored.

Nothing of the server's own rules is used here: visibility, state and counts are replayed from the first
event of a room to its last.
"""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from chappe.storage import Database

_EVENTS = """
SELECT place, event_id, type, state_key, sender, client_json, redacted_by FROM event WHERE room_id = $1 ORDER BY place
"""
_RECEIPTS = "SELECT user_id, type, thread_id, event_id, event_place FROM receipt WHERE room_id = $1"
_ACCOUNT_DATA = "SELECT room_id, type, content FROM account_data WHERE user_id = $1"

MAIN = "main"
EVERYONE = ""
"""Who is mentioned by a mention of the room."""


class Event(NamedTuple):
    place: int
    id: str
    type: str
    state_key: str | None
    sender: str
    content: dict[str, Any]
    is_redacted: bool


class Truth:
    """One room with everything that happened in it."""

    def __init__(self, events: list[Event], receipts: list[tuple[Any, ...]]) -> None:
        self.events = events
        self._receipts = receipts

    def membership(self, user_id: str) -> str:
        member = self.state().get(("m.room.member", user_id))
        return str(member.content["membership"]) if member is not None else "leave"

    def state(self) -> dict[tuple[str, str], Event]:
        return {(event.type, event.state_key): event for event in self.events if event.state_key is not None}

    def power(self, user_id: str) -> float:
        """Somebody's power level now."""
        state = self.state()
        create = state["m.room.create", ""]
        if user_id in (create.sender, *create.content.get("additional_creators", ())):
            return float("inf")
        return float(state["m.room.power_levels", ""].content.get("users", {}).get(user_id, 0))

    def members(self, membership: str) -> int:
        found = (event for (type, _), event in self.state().items() if type == "m.room.member")
        return sum(event.content["membership"] == membership for event in found)

    def seen_by(self, user_id: str) -> list[Event]:
        """The events that somebody may see, by the table in the specification."""
        visibility, membership = "shared", "leave"
        around: list[set[tuple[str, str]]] = []
        last_join = -1
        for number, event in enumerate(self.events):
            visibilities, memberships = {visibility}, {membership}
            if (event.type, event.state_key) == ("m.room.history_visibility", ""):
                visibility = event.content.get("history_visibility", "shared")
            if (event.type, event.state_key) == ("m.room.member", user_id):
                membership = event.content["membership"]
                last_join = number if membership == "join" else last_join
            visibilities.add(visibility)
            memberships.add(membership)
            around.append({(one, other) for one in visibilities for other in memberships})
        return [
            event
            for number, event in enumerate(self.events)
            if any(_may_see(*pair, joined_later=last_join > number) for pair in around[number])
        ]

    def was_in_at_or_after(self, user_id: str, event_id: str) -> bool:
        """Whether the state that an event set could have been the state of a room somebody was in."""
        membership = "leave"
        inside_later = False
        passed = False
        for event in self.events:
            if (event.type, event.state_key) == ("m.room.member", user_id):
                membership = event.content["membership"]
            passed = passed or event.id == event_id
            inside_later = inside_later or (passed and membership == "join")
        return inside_later

    def receipts_for(self, user_id: str) -> dict[tuple[str, str, str], str]:
        """Event ids by person, type and thread, as far as somebody is shown them."""
        return {
            (who, type, thread): event_id
            for who, type, thread, event_id, _ in self._receipts
            if type == "m.read" or who == user_id
        }

    def unread(self, user_id: str, mentions: dict[str, set[str]], unheard: Collection[str] = ()) -> tuple[int, int]:
        """Notifications and highlights since somebody came in, last spoke, or last read.

        Who is `unheard` counts only where they mention the person.
        """
        read_place = max(
            (place for who, _, thread, _, place in self._receipts if who == user_id and thread in ("", "main")),
            default=0,
        )
        membership = "leave"
        for event in self.events:
            if event.sender == user_id:
                read_place = max(read_place, event.place)
            if (event.type, event.state_key) == ("m.room.member", user_id):
                if event.content["membership"] == "join" != membership:
                    read_place = max(read_place, event.place)
                membership = event.content["membership"]
        since = [event for event in self.events if event.place > read_place]
        return (
            sum(_notifies(event, user_id, mentions, unheard) for event in since),
            sum(bool({user_id, EVERYONE} & mentions.get(event.id, set())) for event in since if not event.is_redacted),
        )

    def unread_by_thread(
        self, user_id: str, mentions: dict[str, set[str]], threads: dict[str, str], unheard: Collection[str] = ()
    ) -> dict[str, tuple[int, int]]:
        """The same for each thread, and for the main timeline; those of `threads`, by event, are in no other."""
        own = [(thread, place) for who, _, thread, _, place in self._receipts if who == user_id]
        everywhere = max([place for thread, place in own if thread == ""], default=0)
        membership = "leave"
        for event in self.events:
            if (event.type, event.state_key) == ("m.room.member", user_id):
                if event.content["membership"] == "join" != membership:
                    everywhere = max(everywhere, event.place)
                membership = event.content["membership"]
        own += [(threads.get(event.id, MAIN), event.place) for event in self.events if event.sender == user_id]
        found: dict[str, tuple[int, int]] = {}
        for root in {MAIN, *threads.values()}:
            read_place = max([everywhere, *(place for thread, place in own if thread == root)])
            since = [e for e in self.events if e.place > read_place and threads.get(e.id, MAIN) == root]
            highlights = [e for e in since if {user_id, EVERYONE} & mentions.get(e.id, set()) and not e.is_redacted]
            notifying = [event for event in since if _notifies(event, user_id, mentions, unheard)]
            found[root] = (len(notifying), len(highlights))
        return {root: counts for root, counts in found.items() if root == MAIN or counts != (0, 0)}

    def thread_of(self, event_id: str) -> str | None:
        """The root of the thread that an event is in, by what is left of it and of the three it leads to."""
        events = {event.id: event for event in self.events}
        for _ in range(4):
            relation = events[event_id].content.get("m.relates_to", {}) if event_id in events else {}
            if relation.get("rel_type") == "m.thread":
                return str(relation["event_id"])
            event_id = relation.get("event_id", "")
        return None


def _notifies(event: Event, user_id: str, mentions: dict[str, set[str]], unheard: Collection[str]) -> bool:
    is_heard = event.sender not in unheard or bool({user_id, EVERYONE} & mentions.get(event.id, set()))
    return event.type == "m.room.message" and is_heard


def _may_see(visibility: str, membership: str, *, joined_later: bool) -> bool:
    match visibility:
        case "world_readable":
            return True
        case "joined":
            return membership == "join"
        case "invited":
            return membership in ("invite", "join")
        case _:
            return membership == "join" or joined_later


async def truth_of(database: Database, room_id: str) -> Truth:
    rows = await database.scan(_EVENTS, room_id)
    events = [
        Event(place, event_id, type, state_key, sender, json.loads(client)["content"], redacted_by is not None)
        for place, event_id, type, state_key, sender, client, redacted_by in rows
    ]
    return Truth(events, await database.scan(_RECEIPTS, room_id))


async def account_data_of(database: Database, user_id: str) -> dict[str, dict[str, Any]]:
    """Contents by type, by room; the account's own under an empty room id."""
    found: dict[str, dict[str, Any]] = {}
    for room_id, type, content in await database.scan(_ACCOUNT_DATA, user_id):
        found.setdefault(room_id, {})[type] = json.loads(content)
    return found
