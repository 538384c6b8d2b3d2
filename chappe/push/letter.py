"""What a letter about unread messages says. Of an encrypted message nothing but that it is there. Pure."""

import msgspec

from chappe.mail import LANGUAGES, Letter, Section
from chappe.push.notice import ENCRYPTED
from chappe.push.ruleset import JSON

MAX_ROOMS = 10
MAX_LINES = 3
"""Messages of a room that are quoted: the newest."""
MAX_LINE_CHARS = 120
MAX_NAME_CHARS = 60
MAX_ROOMS_IN_SUBJECT = 3

_WORDS = {
    "en": {ENCRYPTED: "encrypted message", "m.room.member": "invitation", "": "message"},
    "fr": {ENCRYPTED: "message chiffré", "m.room.member": "invitation", "": "message"},
}


class Unread(msgspec.Struct, frozen=True):
    """What is unread in a room: its name, and sender's name, type and content of each event, in their order."""

    title: str
    events: list[tuple[str, str, JSON]]


def letter_about(rooms: list[Unread], language: str, server: str, user_id: str, unsubscribe: str) -> Letter:
    """The letter, in the language that the pusher asks for if we have it. Escaping is up to `mail`."""
    language = language[:2].lower()
    language = language if language in LANGUAGES else LANGUAGES[0]
    shown = rooms[:MAX_ROOMS]
    values = {
        "server": server,
        "user_id": user_id,
        "number": str(sum(len(room.events) for room in rooms)),
        "rooms": ", ".join(_cut(room.title, MAX_NAME_CHARS) for room in shown[:MAX_ROOMS_IN_SUBJECT]),
        "more": "more" if len(rooms) > MAX_ROOMS else "",
    }
    sections = [
        Section(_cut(room.title, MAX_NAME_CHARS), len(room.events), _lines(room, _WORDS[language])) for room in shown
    ]
    return Letter("digest", language, values, user_id, sections, unsubscribe)


def _lines(room: Unread, words: dict[str, str]) -> list[str]:
    """The newest messages, each with who said it; several that say the same are said once."""
    lines = [_line(*event, words) for event in room.events[-MAX_LINES:]]
    return list(dict.fromkeys(lines))


def _line(name: str, type: str, content: JSON, words: dict[str, str]) -> str:
    if type == ENCRYPTED:
        return words[ENCRYPTED]
    body = content.get("body") if type == "m.room.message" else None
    first = body.strip().partition("\n")[0] if isinstance(body, str) else ""
    return f"{_cut(name, MAX_NAME_CHARS)}: {_cut(first, MAX_LINE_CHARS) or words.get(type, words[''])}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
