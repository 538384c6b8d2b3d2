"""Somebody ends their account and erases what they said: who was there still sees it, on every way, and nobody else.

Client-Server API v1.19, "POST /account/deactivate", `erase`.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person

pytestmark = pytest.mark.anyio

SECRET = "Xylophone"
"""What Xenia says, and nobody else."""
NAME = "Zither"
"""What she calls herself."""


class Scene:
    """Xenia spoke in a public room. Ann was there all along; Ben was out when Xenia spoke; Cleo comes afterwards."""

    def __init__(self, house: House, version: str) -> None:
        self.house = house
        self.version = version
        self.events: dict[str, str] = {}

    async def play(self, *, erase: bool = True) -> None:
        house = self.house
        self.ann, self.ben, self.cleo = [await house.person(name) for name in ("ann", "ben", "cleo")]
        xenia = self.xenia = await house.person("xenia")
        self.room_id = room_id = await self.ann.create_room(preset="public_chat", room_version=self.version)
        await self.ben.join(room_id)
        await self.ben.leave(room_id)
        await xenia.put(f"/profile/{xenia.user_id}/displayname", {"displayname": NAME})
        (await xenia.join(room_id)).ok()
        (await self.ann.set_state(room_id, "m.room.power_levels", await self._levels())).ok()
        (await xenia.set_state(room_id, "m.room.name", {"name": "Hall"})).ok()
        events = self.events
        events["said"] = await xenia.send(room_id, f"{SECRET} 1", url="mxc://chappe/x")
        events["edit"] = await self._relate(xenia, "m.replace", events["said"])
        events["asked"] = await self.ann.send(room_id, "And?")
        events["answer"] = await self._relate(xenia, "m.thread", events["asked"])
        events["heard"] = await self._relate(self.ann, "m.thread", events["said"], "Yes")
        events["gone"] = await self.ann.send(room_id, "No")
        path = f"/rooms/{quote(room_id)}/redact/{events['gone']}/r1"
        events["redaction"] = (await xenia.put(path, {"reason": SECRET})).ok()["event_id"]
        events["last"] = await self.ann.send(room_id, "Bye")
        self.then = (await self.ann.get(f"/rooms/{room_id}/messages", dir="b", limit=1)).ok()["start"]
        await self.ben.join(room_id)
        auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "xenia"}}
        body = {"auth": {**auth, "password": house.PASSWORD}, "erase": erase}
        (await xenia.post("/account/deactivate", body)).ok()
        await house.settle()
        (await self.cleo.join(room_id)).ok()

    async def _levels(self) -> dict[str, Any]:
        levels: dict[str, Any] = (await self.ann.get(f"/rooms/{self.room_id}/state/m.room.power_levels/")).ok()
        return {**levels, "users": {**levels["users"], self.xenia.user_id: 50}}

    async def _relate(self, who: Person, rel_type: str, parent: str, text: str = SECRET) -> str:
        more: dict[str, Any] = {"m.relates_to": {"rel_type": rel_type, "event_id": parent}}
        if rel_type == "m.replace":
            more["m.new_content"] = {"msgtype": "m.text", "body": f"{SECRET} 2"}
        return await who.send(self.room_id, text, **more)

    async def read_everything(self, who: Person) -> dict[str, Any]:
        """What somebody is told on each way of reading."""
        room, events = f"/rooms/{quote(self.room_id)}", self.events
        v1 = f"/_matrix/client/v1{room}"
        ways: dict[str, Any] = {}
        for lazy in ("true", "false"):
            told = json.dumps({"lazy_load_members": lazy == "true"})
            long = {"timeline": {"limit": 100}, "state": {"lazy_load_members": lazy == "true"}}
            short = {"timeline": {"limit": 12}, "state": {"lazy_load_members": lazy == "true"}}
            for name, rooms in {"long": long, "short": short}.items():
                answer = (await who.get("/sync", filter=json.dumps({"room": rooms}))).ok()
                ways[f"sync {name} {lazy}"] = answer["rooms"]["join"][self.room_id]
            for way in ("b", "f"):
                answer = await who.get(f"{room}/messages", dir=way, limit=100, filter=told)
                ways[f"messages {way} {lazy}"] = answer.ok()
            for name, event_id in events.items():
                answer = await who.get(f"{room}/context/{event_id}", limit=4, filter=told)
                ways[f"context {name} {lazy}"] = answer.ok()
        for name, event_id in events.items():
            ways[f"event {name}"] = (await who.get(f"{room}/event/{event_id}")).ok()
        for name in ("said", "asked"):
            ways[f"relations {name}"] = (await who.get(f"{v1}/relations/{events[name]}", recurse="true")).ok()
        ways["threads"] = (await who.get(f"{v1}/threads")).ok()
        ways["members then"] = (await who.get(f"{room}/members", at=self.then)).ok()
        ways["initial sync"] = (await who.get(f"{room}/initialSync", limit=100)).ok()
        ways["state"] = (await who.get(f"{room}/state")).ok()
        ways["members"] = (await who.get(f"{room}/members")).ok()
        return ways


NOW = {"state", "members"}
"""Ways that tell how the room is: of Xenia no more than that she left."""


@pytest.mark.parametrize("version", ["10", "12"])
async def test_who_was_not_there_is_told_nothing_of_it_on_any_way(house: House, version: str) -> None:
    scene = Scene(house, version)
    await scene.play()
    for who in (scene.ben, scene.cleo):
        for way, told in (await scene.read_everything(who)).items():
            assert SECRET not in json.dumps(told), (who.user_id, way)
            assert NAME not in json.dumps(told) or who is scene.ben, way  # who was in before she left
            assert "mxc://chappe/x" not in json.dumps(told), (who.user_id, way)


@pytest.mark.parametrize("version", ["10", "12"])
async def test_who_was_there_sees_everything_as_it_was(house: House, version: str) -> None:
    scene = Scene(house, version)
    await scene.play()
    for way, told in (await scene.read_everything(scene.ann)).items():
        if way not in NOW | {"event last", "event heard"}:
            assert SECRET in json.dumps(told) or NAME in json.dumps(told), way


async def test_a_redacted_copy_is_an_event_without_its_content(house: House) -> None:
    """It stands where the event stood. What others said in the thread on it is told; the room keeps its name."""
    scene = Scene(house, "12")
    await scene.play()
    ways = await scene.read_everything(scene.cleo)
    said = ways["event said"]
    assert (said["content"], said["sender"], said["type"]) == ({}, scene.xenia.user_id, "m.room.message")
    bundled = said["unsigned"]["m.relations"]
    assert "m.replace" not in bundled
    assert bundled["m.thread"]["latest_event"]["content"]["body"] == "Yes"
    assert ways["event asked"]["unsigned"]["m.relations"]["m.thread"]["latest_event"]["content"] == {}
    assert ways["event gone"]["unsigned"]["redacted_because"]["content"] == {"redacts": scene.events["gone"]}
    order = {name: [event["event_id"] for event in ways[name]["chunk"]] for name in ("messages b false",)}
    assert [one for one in reversed(order["messages b false"]) if one in scene.events.values()] == [
        *scene.events.values()
    ]
    assert [e["content"] for e in ways["state"] if e["type"] == "m.room.name"] == [{"name": "Hall"}]
    named = [e for e in ways["members then"]["chunk"] if e["state_key"] == scene.xenia.user_id]
    assert [event["content"] for event in named] == [{"membership": "join"}]
    # What was in it cannot be found out by asking for it.
    has_url = json.dumps({"contains_url": True})
    answer = await scene.cleo.get(f"/rooms/{scene.room_id}/messages", dir="b", limit=100, filter=has_url)
    assert answer.ok()["chunk"] == []


async def test_without_the_wish_nothing_is_erased(house: House) -> None:
    scene = Scene(house, "12")
    await scene.play(erase=False)
    ways = await scene.read_everything(scene.cleo)
    assert ways["event said"]["content"]["body"] == f"{SECRET} 1"
    assert house.chappe.database is not None
    assert await house.chappe.database.fetch("SELECT * FROM erased_sender") == []


async def test_it_holds_when_the_answer_is_given_and_in_rooms_that_were_left_before(house: House) -> None:
    """Nobody may read it between the answer and its effect, however many rooms there are."""
    ann, xenia = await house.person("ann"), await house.person("xenia")
    rooms = [await ann.create_room(preset="public_chat") for _ in range(5)]
    said = []
    for room_id in rooms:
        await xenia.join(room_id)
        said.append(await xenia.send(room_id, SECRET))
    await xenia.leave(rooms[0])
    await xenia.post(f"/rooms/{rooms[0]}/forget")
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "xenia"}}
    (await xenia.post("/account/deactivate", {"auth": {**auth, "password": house.PASSWORD}, "erase": True})).ok()
    cleo = await house.person("cleo")
    for room_id, event_id in zip(rooms, said, strict=True):
        await cleo.join(room_id)
        assert (await cleo.get(f"/rooms/{room_id}/event/{event_id}")).ok()["content"] == {}


async def test_who_only_looks_in_is_a_stranger(house: House) -> None:
    """In a room that everybody may read; and who has left sees what was said while they were in."""
    ann, ben, dora = [await house.person(name) for name in ("ann", "ben", "dora")]
    xenia = await house.person("xenia")
    visibility = {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}
    room_id = await ann.create_room(preset="public_chat", initial_state=[visibility])
    await ben.join(room_id)
    await xenia.join(room_id)
    event_id = await xenia.send(room_id, SECRET)
    await ben.leave(room_id)
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "xenia"}}
    (await xenia.post("/account/deactivate", {"auth": {**auth, "password": house.PASSWORD}, "erase": True})).ok()
    for who, content in ((ben, {"msgtype": "m.text", "body": SECRET}), (dora, {})):
        assert (await who.get(f"/rooms/{room_id}/event/{event_id}")).ok()["content"] == content
    include_left = json.dumps({"room": {"include_leave": True}})
    left = (await ben.get("/sync", filter=include_left)).ok()["rooms"]["leave"][room_id]
    assert SECRET in json.dumps(left["timeline"])
