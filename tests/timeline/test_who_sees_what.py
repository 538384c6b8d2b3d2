"""History visibility: every setting, every kind of person, on every way to read an event.

The table is written out by hand from the specification, "Room History Visibility", and not computed.
"""

from pathlib import Path
from typing import Any

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.house import House, Person

BOTH, FIRST, SECOND, NONE = "12", "1", "2", ""

SEEN = {
    #                   world_readable shared invited joined
    "there all along": (BOTH, BOTH, BOTH, BOTH),
    "joined between": (BOTH, BOTH, SECOND, SECOND),
    "invited before, joined between": (BOTH, BOTH, BOTH, SECOND),
    "left between": (BOTH, FIRST, FIRST, FIRST),
    "banned between": (BOTH, FIRST, FIRST, FIRST),
    "joined, left, joined": (BOTH, BOTH, SECOND, SECOND),
    "invited between": (BOTH, NONE, SECOND, NONE),
    "invited before, declined between": (BOTH, NONE, FIRST, NONE),
    "knocking": (BOTH, NONE, NONE, NONE),
    "banned without joining": (BOTH, NONE, NONE, NONE),
    "stranger": (BOTH, NONE, NONE, NONE),
    "guest": (BOTH, NONE, NONE, NONE),
}
VISIBILITIES = ("world_readable", "shared", "invited", "joined")
JOINED = {"there all along", "joined between", "invited before, joined between", "joined, left, joined"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With guests."""
    return make_settings(tmp_path, guest_access="true")


class Scene:
    """A room with two messages, and people who came and went before and between them."""

    room_id: str
    messages: dict[str, str]
    people: dict[str, Person]

    async def play(self, house: House, visibility: str) -> None:
        names = {role: f"p{number}" for number, role in enumerate(SEEN) if role != "guest"}
        self.people = people = {role: await house.person(name) for role, name in names.items()}
        people["guest"] = await guest(house)
        host = await house.person("host")
        self.room_id = room_id = await host.create_room(
            preset="private_chat",
            initial_state=[
                {"type": "m.room.history_visibility", "content": {"history_visibility": visibility}},
                {"type": "m.room.join_rules", "content": {"join_rule": "knock"}},
            ],
        )

        async def invite(*roles: str) -> None:
            for role in roles:
                (await host.invite(room_id, people[role].user_id)).ok()

        async def join(*roles: str) -> None:
            for role in roles:
                (await people[role].join(room_id)).ok()

        async def leave(*roles: str) -> None:
            for role in roles:
                (await people[role].leave(room_id)).ok()

        await invite("there all along", "left between", "banned between", "joined, left, joined")
        await join("there all along", "left between", "banned between", "joined, left, joined")
        await leave("joined, left, joined")
        await invite("invited before, joined between", "invited before, declined between")
        self.messages = {FIRST: await host.send(room_id, "first")}
        await leave("left between", "invited before, declined between")
        for role in ("banned between", "banned without joining"):
            (await host.post(f"/rooms/{room_id}/ban", {"user_id": people[role].user_id})).ok()
        await invite("joined between", "joined, left, joined", "invited between")
        await join("joined between", "joined, left, joined", "invited before, joined between")
        (await people["knocking"].post(f"/knock/{room_id}")).ok()
        self.messages[SECOND] = await host.send(room_id, "second")


async def guest(house: House) -> Person:
    said = (await house.request("POST", "/register", {}, query={"kind": "guest"})).ok()
    return Person(house, said["user_id"], said["access_token"], said["device_id"])


def numbers(scene: Scene, events: list[dict[str, Any]]) -> str:
    """Which of the two messages are among the events."""
    ids = {event["event_id"] for event in events}
    return "".join(number for number, event_id in scene.messages.items() if event_id in ids)


@pytest.mark.anyio
@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_each_sees_what_the_table_says(house: House, visibility: str) -> None:
    scene = Scene()
    await scene.play(house, visibility)
    for role, row in SEEN.items():
        expected = row[VISIBILITIES.index(visibility)]
        where = f"{role}, {visibility}"
        person = scene.people[role]
        assert await by_messages(scene, person, "b") == expected, where
        assert await by_messages(scene, person, "f") == expected, where
        assert await one_by_one(scene, person) == expected, where
        assert await by_event(scene, person) == expected, where
        assert await by_context(scene, person, expected) == expected, where
        readable = expected if role in JOINED else NONE
        assert await by_receipt(scene, person) == readable, where
        assert await by_sync(scene, person) <= set(expected), where


async def by_messages(scene: Scene, person: Person, direction: str) -> str:
    said = await person.get(f"/rooms/{scene.room_id}/messages", dir=direction, limit=100)
    if said.status != 200:
        assert (said.status, said.errcode) == (403, "M_FORBIDDEN")
        return NONE
    assert "end" not in said.json
    return numbers(scene, said.json["chunk"])


async def one_by_one(scene: Scene, person: Person) -> str:
    """Pages of one event: every stretch's edge is the edge of a page once."""
    seen: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    for _ in range(100):
        said = await person.get(f"/rooms/{scene.room_id}/messages", dir="b", limit=1, **token)
        if said.status == 403:
            return NONE
        page = said.ok()
        seen += page["chunk"]
        if "end" not in page:
            whole = (await person.get(f"/rooms/{scene.room_id}/messages", dir="b", limit=100)).ok()["chunk"]
            assert [event["event_id"] for event in seen] == [event["event_id"] for event in whole]
            return numbers(scene, seen)
        token = {"from": page["end"]}
    raise AssertionError("paging does not end")


async def by_event(scene: Scene, person: Person) -> str:
    found = ""
    for number, event_id in scene.messages.items():
        said = await person.get(f"/rooms/{scene.room_id}/event/{event_id}")
        if said.status == 200:
            found += number
        else:
            assert (said.status, said.errcode) == (404, "M_NOT_FOUND")
    return found


async def by_context(scene: Scene, person: Person, expected: str) -> str:
    found = ""
    for number, event_id in scene.messages.items():
        said = await person.get(f"/rooms/{scene.room_id}/context/{event_id}", limit=100)
        if said.status != 200:
            assert said.status in (403, 404)
            continue
        found += number
        around = [*said.json["events_before"], said.json["event"], *said.json["events_after"]]
        assert numbers(scene, around) == expected
    return found


async def by_receipt(scene: Scene, person: Person) -> str:
    """A receipt tells whether an event is there: it must not tell more than reading does."""
    found = ""
    for number, event_id in scene.messages.items():
        paths = [f"/rooms/{scene.room_id}/receipt/{kind}/{event_id}" for kind in ("m.read", "m.fully_read")]
        statuses = {(await person.post(path)).status for path in paths}
        assert statuses < {200, 403, 404}
        assert len(statuses) == 1, "both kinds say the same"
        found += number if statuses == {200} else ""
    return found


async def by_sync(scene: Scene, person: Person) -> set[str]:
    told = str((await person.sync(filter='{"room":{"include_leave":true}}')).get("rooms", {}))
    return {number for number, event_id in scene.messages.items() if event_id in told}


@pytest.mark.anyio
async def test_a_room_that_is_not_there_looks_like_one_that_is_closed(house: House) -> None:
    host, stranger = await house.person("host"), await house.person("stranger")
    closed = await host.create_room(preset="private_chat")
    event_id = await host.send(closed, "hello")
    nowhere = "!nowhere:" + house.chappe.settings.server_name
    for path in (f"messages?{event_id}", f"context/{event_id}", f"event/{event_id}"):
        there = await stranger.get(f"/rooms/{closed}/{path}", dir="b")
        not_there = await stranger.get(f"/rooms/{nowhere}/{path}", dir="b")
        assert (there.status, there.text) == (not_there.status, not_there.text)
        assert there.status in (403, 404)


@pytest.mark.anyio
async def test_what_was_open_once_stays_open_and_the_rest_closed(house: House) -> None:
    """The setting counts that held when the event was sent."""
    host, stranger = await house.person("host"), await house.person("stranger")
    room_id = await host.create_room(preset="private_chat")
    for visibility, text in (("joined", "closed"), ("world_readable", "open"), ("shared", "closed again")):
        (await host.set_state(room_id, "m.room.history_visibility", {"history_visibility": visibility})).ok()
        await host.send(room_id, text)
    page = (await stranger.get(f"/rooms/{room_id}/messages", dir="f")).ok()
    assert [event["content"].get("body", event["type"]) for event in page["chunk"]] == [
        "m.room.history_visibility",
        "open",
        "m.room.history_visibility",
    ]
    assert "end" not in page
