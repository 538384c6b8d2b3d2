"""What of an event can be searched. Pure.

Client-Server API v1.19, "Search Categories: room_events": messages, and the names and topics of rooms.
"""

from chappe.ids import EventID
from chappe.rooms import StoredEvent
from chappe.rooms.relations import REPLACE, relation_in

KEYS = {"content.body": "m.room.message", "content.name": "m.room.name", "content.topic": "m.room.topic"}
"""What a search may name, and the type of event in which it stands."""

_TYPES = frozenset(KEYS.values())


def is_searched(event: StoredEvent) -> bool:
    """Whether an event is of a type in which words are found."""
    return event.type in _TYPES and (event.state_key is None) == (event.type == "m.room.message")


def replaced_by(event: StoredEvent) -> EventID | None:
    """Which message an event edits, if it is an edit."""
    if event.type != "m.room.message" or b'"m.replace"' not in event.client_json:
        return None
    relation = relation_in(event.content)
    return relation[1] if relation is not None and relation[0] == REPLACE else None


def text_of(event: StoredEvent) -> str:
    """The text of an event; of an edit the new one."""
    content = event.content
    match event.type:
        case "m.room.name":
            return _text(content.get("name"))
        case "m.room.topic":
            return f"{_text(content.get('topic'))}\n{_plain_topic(content.get('m.topic'))}"
    new = content.get("m.new_content")
    if isinstance(new, dict) and replaced_by(event) is not None:
        return _text(new.get("body"))
    return _text(content.get("body"))


def _plain_topic(topic: object) -> str:
    """The `text/plain` representation in `m.topic` (spec: "m.room.topic")."""
    given = topic.get("m.text") if isinstance(topic, dict) else None
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and one.get("mimetype", "text/plain") == "text/plain":
            return _text(one.get("body"))
    return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
