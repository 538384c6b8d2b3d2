"""Every way by which something that was said, set or uploaded can be read, as one person's requests."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from tests.house import Person, Said

SECRET = "Xylograph"
"""A word that is only where it was said."""

Read = Callable[[Person], Awaitable[Said]]

_VOLATILE = {"age", "last_active_ago", "next_batch", "prev_batch", "start", "end"}


class Asker:
    """The requests about one room, one event of it, and media."""

    def __init__(self, room_id: str, event_id: str, media_id: str) -> None:
        room, event = quote(room_id), quote(event_id)
        in_room = f"/rooms/{room}"
        relations = f"/_matrix/client/v1/rooms/{room}/relations"
        first = {"room": {"timeline": {"limit": 50}}}
        media = "/_matrix/client/v1/media"
        self.paths: dict[str, tuple[str, str, dict[str, Any], Any]] = {
            "sync": ("GET", "/sync", {"filter": json.dumps(first)}, None),
            "lazy sync": (
                "GET",
                "/sync",
                {"filter": json.dumps({"room": {"timeline": {"limit": 3}, "state": {"lazy_load_members": True}}})},
                None,
            ),
            "state after": (
                "GET",
                "/sync",
                {"filter": json.dumps(first), "org.matrix.msc4222.use_state_after": "true"},
                None,
            ),
            "messages": ("GET", f"{in_room}/messages", {"dir": "b", "limit": 100}, None),
            "messages forwards": ("GET", f"{in_room}/messages", {"dir": "f", "limit": 100}, None),
            "event": ("GET", f"{in_room}/event/{event}", {}, None),
            "context": ("GET", f"{in_room}/context/{event}", {"limit": 30}, None),
            "relations": ("GET", f"{relations}/{event}", {"limit": 50}, None),
            "threads": ("GET", f"/_matrix/client/v1/rooms/{room}/threads", {}, None),
            "peek": ("GET", f"{in_room}/initialSync", {}, None),
            "state": ("GET", f"{in_room}/state", {}, None),
            "topic": ("GET", f"{in_room}/state/m.room.topic/", {}, None),
            "topic event": ("GET", f"{in_room}/state/m.room.topic/", {"format": "event"}, None),
            "members": ("GET", f"{in_room}/members", {}, None),
            "search": (
                "POST",
                "/search",
                {},
                {"search_categories": {"room_events": {"search_term": SECRET, "event_context": {}}}},
            ),
            "directory": ("GET", "/publicRooms", {}, None),
            "directory search": ("POST", "/publicRooms", {}, {"filter": {"generic_search_term": SECRET}}),
            "summary": ("GET", f"/_matrix/client/v1/room_summary/{room}", {}, None),
            "hierarchy": ("GET", f"/_matrix/client/v1/rooms/{room}/hierarchy", {}, None),
            "download": ("GET", f"{media}/download/localhost/{media_id}", {}, None),
            "download as": ("GET", f"{media}/download/localhost/{media_id}/name.txt", {}, None),
            "thumbnail": ("GET", f"{media}/thumbnail/localhost/{media_id}", {"width": 32, "height": 32}, None),
        }

    async def read(self, person: Person, name: str) -> Said:
        method, path, query, body = self.paths[name]
        return await person.request(method, path, body, query=query)

    async def all(self, person: Person) -> dict[str, Said]:
        return {name: await self.read(person, name) for name in self.paths}


def steady(said: Said) -> object:
    """What is told, without what differs from one request to the next."""
    return _without(said.json) if said.json is not None else said.text


def _without(value: object) -> object:
    if isinstance(value, dict):
        kept = {key: _without(one) for key, one in value.items() if key not in _VOLATILE}
        # Of state from before its reader came, /sync does not look up what they were then, where it need not.
        return {key: one for key, one in kept.items() if key != "membership" or "content" in value}
    if isinstance(value, list):
        return [_without(one) for one in value]
    return value
