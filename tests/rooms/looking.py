"""What tests look at in a room, over HTTP."""

from typing import Any
from urllib.parse import parse_qsl, quote

from tests.house import Person, Said


async def state(person: Person, room_id: str) -> dict[tuple[str, str], Any]:
    """All state, by type and state key."""
    events = (await person.get(f"/rooms/{quote(room_id)}/state")).ok()
    return {(event["type"], event["state_key"]): event for event in events}


async def content(person: Person, room_id: str, event_type: str, state_key: str = "") -> Any:
    """The content of one piece of state."""
    path = f"/rooms/{quote(room_id)}/state/{quote(event_type)}/{quote(state_key, safe='')}"
    return (await person.get(path)).ok()


async def membership(person: Person, room_id: str, user_id: str) -> Any:
    """Somebody's membership event, its content."""
    return await content(person, room_id, "m.room.member", user_id)


async def act(person: Person, room_id: str, name: str, **body: Any) -> Any:
    """POST /rooms/{room_id}/{name}."""
    return await person.post(f"/rooms/{quote(room_id)}/{name}", body)


async def event_types(person: Person, room_id: str) -> list[str]:
    """The types of all events of a room, oldest first."""
    answer = (await person.get(f"/rooms/{quote(room_id)}/messages", dir="f", limit=100)).ok()
    return [event["type"] for event in answer["chunk"]]


async def ask(person: Person, path: str, method: str = "GET", body: Any = None) -> Said:
    """A request whose path may have a query string."""
    bare, _, query = path.partition("?")
    return await person.request(method, bare, body, query=dict(parse_qsl(query, keep_blank_values=True)))
