"""Who reads which state: each role at each endpoint, over HTTP, on both engines."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person
from tests.rooms.looking import act, ask, content, state

pytestmark = pytest.mark.anyio

NewGuest = Callable[[], Awaitable[Person]]

NOW, THEN, NOTHING = "the state now", "the state when they left", "nothing"


class Cast:
    """A room whose name was "Then" while some were in it, and is "Now"; and people of every role in it."""

    def __init__(self) -> None:
        self.room = ""
        self.people: dict[str, Person] = {}
        self.then = ""
        """A token of /sync from before the name changed."""


async def cast(house: House, new_guest: NewGuest, visibility: str) -> Cast:
    """Everybody takes their role."""
    it = Cast()
    host = await house.person("host")
    names = ("joined", "left", "kicked", "banned", "forgot", "declined", "reinvited", "invited", "knocking", "shunned")
    it.people = {name: await house.person(name) for name in (*names, "stranger")}
    it.people["guest"] = await new_guest()
    people = it.people
    room = it.room = await host.create_room(
        name="Then",
        initial_state=[
            {"type": "m.room.history_visibility", "content": {"history_visibility": visibility}},
            {"type": "m.room.join_rules", "content": {"join_rule": "knock"}},
        ],
    )
    for name in ("joined", "left", "kicked", "banned", "forgot", "declined", "reinvited"):
        await host.invite(room, people[name].user_id)
        if name != "declined":
            assert (await people[name].join(room)).status == 200
    for name in ("left", "forgot", "reinvited", "declined"):
        assert (await people[name].leave(room)).status == 200
    await act(host, room, "kick", user_id=people["kicked"].user_id)
    await act(host, room, "ban", user_id=people["banned"].user_id)
    await act(host, room, "ban", user_id=people["shunned"].user_id)
    await act(people["forgot"], room, "forget")
    await people["joined"].sync()
    it.then = str(people["joined"].since)
    await host.set_state(room, "m.room.name", {"name": "Now"})
    await host.invite(room, people["invited"].user_id)
    await host.invite(room, people["reinvited"].user_id)
    await people["knocking"].post(f"/knock/{quote(room)}")
    people["host"] = host
    return it


SECRET = {
    "host": NOW,
    "joined": NOW,
    "left": THEN,
    "kicked": THEN,
    "banned": THEN,
    "reinvited": THEN,
    "forgot": NOTHING,
    "declined": NOTHING,
    "invited": NOTHING,
    "knocking": NOTHING,
    "shunned": NOTHING,
    "stranger": NOTHING,
    "guest": NOTHING,
}


@pytest.mark.parametrize("visibility", ["shared", "invited", "joined", "world_readable"])
async def test_each_role_at_each_endpoint(house: House, new_guest: NewGuest, visibility: str) -> None:
    """getRoomState, getRoomStateWithKey, getMembersByRoom."""
    it = await cast(house, new_guest, visibility)
    for name, person in it.people.items():
        sees = NOW if visibility == "world_readable" else SECRET[name]
        base = f"/rooms/{quote(it.room)}"
        answers = {
            path: await ask(person, base + path)
            for path in (
                "/state",
                "/state/m.room.name",
                "/state/m.room.name/",
                "/state/m.room.name/?format=event",
                f"/state/m.room.member/{quote(it.people['host'].user_id)}",
                "/members",
                f"/members?at={it.then}",
            )
        }
        for path, said in answers.items():
            if sees is NOTHING:
                assert (said.status, said.errcode) == (403, "M_FORBIDDEN"), (name, path)
            else:
                assert said.status == 200, (name, path, said.text)
        said = await person.get(base + "/joined_members")
        if name == "guest":
            assert said.errcode == "M_GUEST_ACCESS_FORBIDDEN"
        else:
            assert said.status == (200 if name in ("host", "joined") else 403), name
        if name != "guest":
            said = await person.get(base + "/aliases")
            open_to_them = name in ("host", "joined") or visibility == "world_readable"
            assert said.status == (200 if open_to_them else 403), name
        if sees is not NOTHING:
            expected = "Then" if sees is THEN else "Now"
            _check_what_is_seen(name, it, answers, expected)


def _check_what_is_seen(name: str, it: Cast, answers: dict[str, Any], expected: str) -> None:
    events = {(one["type"], one["state_key"]): one for one in answers["/state"].json}
    assert events["m.room.name", ""]["content"]["name"] == expected, name
    assert {one["room_id"] for one in events.values()} == {it.room}
    assert answers["/state/m.room.name"].json == {"name": expected}
    assert answers["/state/m.room.name/"].json == {"name": expected}
    event = answers["/state/m.room.name/?format=event"].json
    assert event == events["m.room.name", ""]
    assert {"event_id", "sender", "origin_server_ts", "type", "state_key", "room_id"} <= set(event)
    members = {one["state_key"]: one["content"]["membership"] for one in answers["/members"].json["chunk"]}
    in_state = {key: one["content"]["membership"] for (kind, key), one in events.items() if kind == "m.room.member"}
    assert members == in_state
    invited = it.people["invited"].user_id
    assert (invited in members) == (expected == "Now"), name
    past = {one["state_key"] for one in answers[f"/members?at={it.then}"].json["chunk"]}
    assert invited not in past, name
    if expected == "Then":
        ended = {"left": "leave", "kicked": "leave", "banned": "ban", "reinvited": "leave"}[name]
        assert members[it.people[name].user_id] == ended


WANTED: list[tuple[dict[str, str], set[str]]] = [
    ({}, {"host", "joined", "left", "banned", "invited"}),
    ({"membership": "join"}, {"host", "joined"}),
    ({"not_membership": "leave"}, {"host", "joined", "banned", "invited"}),
    ({"membership": "leave"}, {"left"}),
    ({"membership": "invite", "not_membership": "ban"}, {"host", "joined", "left", "invited"}),
    ({"membership": "knock"}, set()),
]


async def test_members_by_membership(house: House) -> None:
    host = await house.person("host")
    room = await host.create_room(preset="public_chat")
    joined, left = await house.person("joined"), await house.person("left")
    await joined.join(room)
    await left.join(room)
    await left.leave(room)
    await act(host, room, "ban", user_id="@banned:localhost")
    await host.invite(room, "@invited:localhost")
    for query, expected in WANTED:
        chunk = (await host.get(f"/rooms/{room}/members", **query)).ok()["chunk"]
        assert {one["state_key"] for one in chunk} == {f"@{name}:localhost" for name in expected}, query


async def test_joined_members_by_name(anna: Person, bob: Person) -> None:
    room = await anna.create_room(preset="public_chat")
    await bob.join(room)
    odd = {"membership": "join", "displayname": "Bob", "avatar_url": "mxc://a/b", "org.example.x": 1}
    assert (await bob.set_state(room, "m.room.member", odd, bob.user_id)).status == 200
    joined = (await anna.get(f"/rooms/{room}/joined_members")).ok()["joined"]
    bobs = {"display_name": "Bob", "avatar_url": "mxc://a/b"}
    assert joined == {anna.user_id: {"display_name": "anna"}, bob.user_id: bobs}


REFUSED: list[tuple[str, int, str]] = [
    ("/state/m.room.topic", 404, "M_NOT_FOUND"),
    ("/state/m.room.name/other", 404, "M_NOT_FOUND"),
    ("/state/m.room.member/@nobody:localhost", 404, "M_NOT_FOUND"),
    ("/state/m.room.member/nonsense", 404, "M_NOT_FOUND"),
    ("/state/m.room.member", 404, "M_NOT_FOUND"),
    ("/state/m.room.name/?format=xml", 400, "M_INVALID_PARAM"),
    ("/members?membership=owner", 400, "M_INVALID_PARAM"),
    ("/members?not_membership=", 400, "M_INVALID_PARAM"),
    ("/members?at=nonsense", 400, "M_INVALID_PARAM"),
]


async def test_refusals(anna: Person) -> None:
    room = await anna.create_room(name="N")
    for path, status, errcode in REFUSED:
        said = await ask(anna, f"/rooms/{quote(room)}{path}")
        assert (said.status, said.errcode) == (status, errcode), f"{path}: {said.text}"


async def test_visibility_opened_and_closed_again(anna: Person, bob: Person) -> None:
    room = await anna.create_room(name="N")
    assert (await bob.get(f"/rooms/{room}/state")).status == 403
    await anna.set_state(room, "m.room.history_visibility", {"history_visibility": "world_readable"})
    assert len(await state(bob, room)) == 7
    await anna.set_state(room, "m.room.history_visibility", {"history_visibility": "shared"})
    assert (await bob.get(f"/rooms/{room}/state")).status == 403


async def test_keys_with_odd_characters(anna: Person) -> None:
    room = await anna.create_room()
    for key in ("a/b", "a%2Fb", "ü", " ", "?", "#", "a+b"):
        path = f"/rooms/{quote(room)}/state/{quote('org.example/x', safe='')}/{quote(key, safe='')}"
        assert (await anna.put(path, {"key": key})).status == 200
        assert (await anna.get(path)).ok() == {"key": key}
    assert await content(anna, room, "m.room.join_rules") == {"join_rule": "invite"}
