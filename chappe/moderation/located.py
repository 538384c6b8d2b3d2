"""Where an Art. 16 notice says that content is: links to messages, rooms and accounts, as people copy them.

Whoever knows the id of an event was shown it: ids are hashes that nobody guesses. So a notice from outside may be about
what is not public, too, and nothing of the content is told back.
"""

import re
from urllib.parse import unquote

from chappe.errors import Errcode, Refused
from chappe.ids import EventID, RoomAlias, RoomID, UserID, is_event_id, is_room_alias, is_room_id, is_user_id
from chappe.moderation.items import account_item, item_of, room_item
from chappe.moderation.records import Item
from chappe.rooms import reading, resolve
from chappe.storage import Database

MAX_ITEMS = 20
"""Items that one notice names."""
MAX_LINE_CHARS = 2_000

_SIGIL = {"r": "#", "u": "@", "roomid": "!", "e": "$"}
_PART = re.compile(r"[#!@$][^/?&\s]+")


def parts_of(line: str) -> list[str]:
    """The Matrix ids in a link or text: `https://matrix.to/#/…`, `matrix:…`, a client's own link, or the ids alone."""
    text = unquote(line.strip())[:MAX_LINE_CHARS]
    if text.startswith("matrix:"):
        words = text.removeprefix("matrix:").partition("?")[0].split("/")
        return [_SIGIL[kind] + id for kind, id in zip(words[::2], words[1::2], strict=False) if kind in _SIGIL]
    return [part for part in _PART.findall(text.replace("#/", "/")) if part[1:]]


async def located(database: Database, line: str) -> Item:
    """The item at a location. Refuses NOT_FOUND, and says what a location looks like."""
    parts = parts_of(line)
    event = next((part for part in parts if is_event_id(part)), None)
    room = next((part for part in parts if is_room_id(part) or is_room_alias(part)), None)
    person = next((part for part in parts if is_user_id(part)), None)
    try:
        if event is not None:
            found = await reading.event_by_id(database, EventID(event))
            if found is not None:
                return await item_of(database, found)
        elif room is not None:
            room_id = RoomID(room) if room.startswith("!") else await resolve(database, RoomAlias(room))
            return await room_item(database, room_id)
        elif person is not None:
            return await account_item(database, UserID(person))
    except Refused as no:
        if no.code is not Errcode.NOT_FOUND:
            raise
    raise Refused(
        Errcode.NOT_FOUND,
        f"Nothing of this server is at {line.strip()[:200]!r}. A location is a link to a message, room or account, "
        "such as https://matrix.to/#/!room/$event, or an id such as @name:server.",
    )
