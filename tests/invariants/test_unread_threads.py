"""What is unread in every thread of a room where much is said, for devices that follow it: right after every step."""

import json
import random
from typing import Any

import pytest

from tests.house import House, Person
from tests.invariants.model_client import RoomView
from tests.invariants.truth import MAIN, truth_of

THREADED = json.dumps({"room": {"timeline": {"limit": 5, "unread_thread_notifications": True}}})
STEPS = 120


class Story:
    """Three people in a room, and what one of them has not read of it."""

    def __init__(self, house: House, people: list[Person], room_id: str, chance: random.Random) -> None:
        self.house, self.people, self.room_id, self.chance = house, people, room_id, chance
        self.threads: dict[str, str] = {}
        self.mentions: dict[str, set[str]] = {}
        self.sent: list[str] = []

    async def step(self, number: int) -> None:
        person = self.chance.choice([*self.people, *self.people[1:]])
        act = self.chance.choice(["say", "say", "thread", "thread", "thread", "refer", "read", "redact"])
        event_id = self.chance.choice(self.sent[-15:]) if self.sent else ""
        if act == "read" and event_id:
            thread = self.chance.choice([None, "main", self.threads.get(event_id, MAIN)])
            body = {} if thread is None else {"thread_id": thread}
            await person.post(f"/rooms/{self.room_id}/receipt/m.read/{event_id}", body)  # refused: not of that thread
        elif act == "redact" and event_id:
            await self.people[0].put(f"/rooms/{self.room_id}/redact/{event_id}/r{number}", {})
        else:
            await self._say(person, act, event_id, number)

    async def _say(self, person: Person, act: str, parent: str, number: int) -> None:
        content: dict[str, Any] = {"msgtype": "m.text", "body": act}
        if act in ("thread", "refer") and parent:
            content["m.relates_to"] = {"rel_type": f"m.{act}".replace("refer", "reference"), "event_id": parent}
        whom = self.chance.choice([None, None, None, *self.people])
        if whom is not None:
            content["m.mentions"] = {"user_ids": [whom.user_id]}
        truth = await truth_of(self.house.chappe.database, self.room_id)
        said = await person.put(f"/rooms/{self.room_id}/send/m.room.message/s{number}", content)
        if said.status == 400:
            return  # a thread on an event that is in a relation
        event_id = said.ok()["event_id"]
        self.sent.append(event_id)
        root = parent if act == "thread" and parent else truth.thread_of(parent) if act == "refer" else None
        if root is not None:
            self.threads[event_id] = root
        if whom is not None:
            self.mentions[event_id] = {whom.user_id} - {person.user_id}


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(3))
async def test_every_thread_is_counted_right_after_every_step(house: House, seed: int) -> None:
    people = [await house.person(name) for name in ("alice", "bob", "carol")]
    room_id = await people[0].create_room(preset="public_chat")
    for person in people[1:]:
        (await person.join(room_id)).ok()
    story, views = Story(house, people, room_id, random.Random(seed)), [RoomView() for _ in people]
    for number in range(STEPS):
        await story.step(number)
        truth = await truth_of(house.chappe.database, room_id)
        for person, view in zip(people[:2], views, strict=False):
            if story.chance.random() < 0.7:
                section = (await person.sync(filter=THREADED)).get("rooms", {}).get("join", {}).get(room_id)
                view.take(section or {})
                expected = truth.unread_by_thread(person.user_id, story.mentions, story.threads)
                assert {MAIN: view.unread, **view.unread_threads} == expected, f"step {number} of seed {seed}"
