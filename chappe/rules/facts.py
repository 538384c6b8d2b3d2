"""What an automatic rule can look at: a flat list of facts about one thing that happens. Pure.

Of messages only those in rooms that are open to everybody; of invitations and joins who and how often, and never what
is said (R107, R115). The table in docs/operating/rules.md is made of this one.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

Value = bool | int | str | list[str]
Facts = dict[str, Value]

MAX_TEXT_CHARS = 4_096
"""Of a text: rules see its beginning."""
MAX_ITEMS = 10
"""Of a list."""

_LINK = re.compile(r"(?:https?://|www\.)([^\s/?#\"'<>()\[\]]{1,253})", re.IGNORECASE)


class Happening(StrEnum):
    """What a rule is about."""

    MESSAGE = "message"
    """Something is said in an open room."""
    STATE = "state"
    """An open room gets a name, a topic, a picture or another setting."""
    JOIN = "join"
    """Somebody comes into an open room."""
    INVITE = "invite"
    """Somebody invites somebody, to any room."""
    REGISTRATION = "registration"
    """Somebody makes an account."""


class Fact(NamedTuple):
    """A fact: what it is called in expressions, what kind of value it has, and what it says."""

    name: str
    kind: type
    about: str


FACTS = (
    Fact("happening", str, "`message`, `state`, `join`, `invite` or `registration`"),
    Fact("event_type", str, "the type of the event, such as `m.room.message`"),
    Fact("msgtype", str, "the `msgtype` of a message, such as `m.image`"),
    Fact("sender", str, "who does it: a user ID"),
    Fact("sender_age_s", int, "how many seconds ago the account was made"),
    Fact("sender_power", int, "the sender's power level in the room"),
    Fact("is_guest", bool, "whether the sender is a guest"),
    Fact("name", str, "the display name of who joins; of a registration the user name"),
    Fact("target", str, "who is invited"),
    Fact("room", str, "the room's ID"),
    Fact("room_members", int, "how many people are in the room"),
    Fact("body", str, f"the first {MAX_TEXT_CHARS} characters of what is said"),
    Fact("body_length", int, "how many characters all of it has"),
    Fact("links", int, "how many links are in it"),
    Fact("domains", list, f"the first {MAX_ITEMS} host names that it links to, in small letters"),
    Fact("mentions", int, "how many people it mentions; 1,000 and more if the whole room"),
    Fact("has_media", bool, "whether it brings a file, or a picture"),
    Fact("is_edit", bool, "whether it takes the place of something said before"),
    Fact("repeats", int, "how often the same text was said in open rooms in the last ten minutes, this time included"),
    Fact("repeated_by", int, "by how many different people"),
    Fact("messages_last_minute", int, "messages of the sender in open rooms, this one included"),
    Fact("rooms_last_minute", int, "in how many different rooms those were"),
    Fact("joins_last_minute", int, "people who came into this room, this one included"),
    Fact("invites_last_hour", int, "people whom the sender has invited, this one included"),
    Fact("registrations_last_minute", int, "accounts made on this server, this one included"),
    Fact(
        "listed", list, "the names of the watched policy lists on which the sender, who is invited, or the room stands"
    ),
)
"""All of them. Each always has a value: 0, "" or an empty list where it says nothing."""

NOTHING: Facts = {
    fact.name: [] if fact.kind is list else "" if fact.kind is str else False if fact.kind is bool else 0
    for fact in FACTS
}


def said(content: dict[str, object]) -> Facts:
    """The facts about what is said, from an event's content."""
    edit = content.get("m.new_content")
    relation = content.get("m.relates_to")
    is_edit = isinstance(edit, dict) and isinstance(relation, dict) and relation.get("rel_type") == "m.replace"
    shown: dict[str, object] = edit if is_edit and isinstance(edit, dict) else content
    body = _text(shown.get("body")) or _text(shown.get("name")) or _text(shown.get("topic"))
    formatted = _text(shown.get("formatted_body"))
    domains = list(dict.fromkeys(_domains(body + "\n" + formatted if formatted else body)))
    return {
        "msgtype": _text(shown.get("msgtype")),
        "body": body[:MAX_TEXT_CHARS],
        "body_length": len(body),
        "links": len(_LINK.findall(body)),
        "domains": domains[:MAX_ITEMS],
        "mentions": _mentions(shown.get("m.mentions")),
        "has_media": isinstance(shown.get("url"), str) or isinstance(shown.get("file"), dict),
        "is_edit": is_edit,
    }


def folded(body: str) -> str:
    """A text for counting how often it was said: without regard to case, spaces and numbers that are put in."""
    return re.sub(r"[\W\d_]+", " ", body[:MAX_TEXT_CHARS].casefold()).strip()


def _domains(text: str) -> Iterator[str]:
    for host in _LINK.findall(text):
        name = host.rpartition("@")[2].partition(":")[0].lower().strip(".")
        if name:
            yield name.removeprefix("www.")


def _mentions(value: object) -> int:
    if not isinstance(value, dict):
        return 0
    people = value.get("user_ids")
    return (len(people) if isinstance(people, list) else 0) + 1_000 * (value.get("room") is True)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
