"""People come, talk and go, and some erase what they said: everybody sees of that what they were there for."""

import random
from typing import Any

import pytest

from tests.house import House, Person
from tests.invariants.truth import Truth, truth_of

STEPS = 60


class Story:
    """A room that everybody may read, and people who come and go."""

    def __init__(self, house: House, people: list[Person], room_id: str, chance: random.Random) -> None:
        self.house, self.people, self.room_id, self.chance = house, people, room_id, chance
        self.readers = people[:3]
        self.erased: set[str] = set()

    async def step(self, number: int) -> None:
        """Somebody does something; who has ended their account is refused."""
        person = self.chance.choice(self.people)
        act = self.chance.choice(["say", "say", "join", "join", "leave", "end"])
        room = f"/rooms/{self.room_id}"
        if act == "say":
            content = {"msgtype": "m.text", "body": f"{person.user_id} {number}"}
            await person.put(f"{room}/send/m.room.message/s{number}", content)
        elif act in ("join", "leave"):
            await person.post(f"{room}/{act}")
        elif person not in self.readers and number > STEPS // 2:
            auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": person.user_id}}
            body = {"auth": {**auth, "password": self.house.PASSWORD}, "erase": True}
            if (await person.post("/account/deactivate", body)).status == 200:
                self.erased.add(person.user_id)

    async def check(self) -> None:
        """What everybody is told of every message, on three ways, is what they were there for."""
        await self.house.settle()
        truth = await truth_of(self.house.chappe.database, self.room_id)
        for reader in self.readers:
            expected = self._expected(truth, reader.user_id)
            page = (await reader.get(f"/rooms/{self.room_id}/messages", dir="f", limit=500)).ok()["chunk"]
            assert _bodies(page) == expected
            joined = (await reader.get("/sync")).ok().get("rooms", {}).get("join", {})
            if self.room_id in joined:
                timeline = _bodies(joined[self.room_id]["timeline"]["events"])
                assert timeline.items() <= expected.items()
            for event_id in self.chance.sample(sorted(expected), min(5, len(expected))):
                event = (await reader.get(f"/rooms/{self.room_id}/event/{event_id}")).ok()
                assert _bodies([event]) == {event_id: expected[event_id]}

    def _expected(self, truth: Truth, user_id: str) -> dict[str, str | None]:
        """The text of each message by its id; None where a redacted copy is told."""
        is_in, found = False, dict[str, str | None]()
        for event in truth.events:
            if (event.type, event.state_key) == ("m.room.member", user_id):
                is_in = event.content["membership"] == "join"
            if event.type == "m.room.message":
                found[event.id] = event.content["body"] if is_in or event.sender not in self.erased else None
        return found


def _bodies(events: list[dict[str, Any]]) -> dict[str, str | None]:
    return {event["event_id"]: event["content"].get("body") for event in events if event["type"] == "m.room.message"}


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(3))
async def test_everybody_sees_what_they_were_there_for(house: House, seed: int) -> None:
    chance = random.Random(seed)
    people = [await house.person(f"p{number}") for number in range(7)]
    visibility = {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}
    room_id = await people[0].create_room(preset="public_chat", initial_state=[visibility])
    story = Story(house, people, room_id, chance)
    for number in range(STEPS):
        await story.step(number)
        if number % 10 == 9:
            await story.check()
    assert story.erased
