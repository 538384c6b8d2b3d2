"""What people ask for while the server is killed: messages mostly; state, redactions, receipts, coming and going."""

import asyncio
from collections import deque

from tests.chaos.findings import Wrong
from tests.chaos.record import Kind, Write
from tests.chaos.world import JSON, Person, path_of

STATE_TYPE = "org.example.mark"
DATA_TYPES = ("org.example.mark0", "org.example.mark1")
GIVES_UP = 0.2
"""How often somebody who got no answer, or was told to come again, leaves it at that."""
REPEATABLE = 200
"""Messages among which one is chosen to be sent again: more than are sent between two kills."""
MAKING_SECONDS = 0.05
"""Between one new room and the next: each is some ten events."""


class Writing:
    """One person's requests, one after the other. Each `step` is one."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._world = person.world
        self._own: dict[str, list[str]] = {room_id: [] for room_id in person.world.rooms}
        self._sent: deque[tuple[Write, str, JSON]] = deque(maxlen=REPEATABLE)

    async def step(self) -> None:
        """One request, of a kind and to a room chosen at random."""
        rng = self._world.rng
        room_id = rng.choice(self._world.rooms)
        acts = (self._message, self._repeat, self._state, self._redaction, self._account_data, self._receipt)
        (act,) = rng.choices(acts, (75, 5, 5, 5, 5, 5))
        if act in (self._redaction, self._receipt) and len(self._own[room_id]) < 2:
            act = self._message
        await act(room_id)

    async def _message(self, room_id: str) -> None:
        write = self._world.new_write(Kind.MESSAGE, self._person, room_id=room_id)
        body: JSON = {"msgtype": "m.text", "body": "Line is open.", "mark": write.mark}
        path = path_of("rooms", room_id, "send", "m.room.message", write.mark)
        await self._person.write(write, "PUT", path, body, gives_up=GIVES_UP)
        if write.event_ids:
            self._own[room_id] += write.event_ids
            self._sent.append((write, path, body))

    async def _repeat(self, room_id: str) -> None:
        """One of their last messages once more, wherever it was: its answer may have come from a former life."""
        if self._sent:
            write, path, body = self._world.rng.choice(self._sent)
            await self._person.send(write, "PUT", path, body, gives_up=GIVES_UP)

    async def _state(self, room_id: str) -> None:
        state_key = self._person.name
        key = ("state", room_id, STATE_TYPE, state_key)
        write = self._world.new_write(Kind.STATE, self._person, room_id=room_id, key=key)
        path = path_of("rooms", room_id, "state", STATE_TYPE, state_key)
        await self._person.write(write, "PUT", path, {"mark": write.mark}, gives_up=GIVES_UP)

    async def _redaction(self, room_id: str) -> None:
        own = self._own[room_id]
        target = own.pop(self._world.rng.randrange(len(own) - 1))  # not the last: a receipt may stand there
        write = self._world.new_write(Kind.REDACTION, self._person, room_id=room_id, target=target)
        path = path_of("rooms", room_id, "redact", target, write.mark)
        await self._person.write(write, "PUT", path, {"reason": write.mark}, gives_up=GIVES_UP)

    async def _account_data(self, room_id: str) -> None:
        rng, user_id = self._world.rng, self._person.user_id
        data_type = rng.choice(DATA_TYPES)
        of_room = rng.random() < 0.5
        key = ("account data", user_id, room_id if of_room else "", data_type)
        write = self._world.new_write(Kind.ACCOUNT_DATA, self._person, key=key)
        path = path_of("user", user_id, *(("rooms", room_id) if of_room else ()), "account_data", data_type)
        await self._person.write(write, "PUT", path, {"mark": write.mark}, gives_up=GIVES_UP)

    async def _receipt(self, room_id: str) -> None:
        """Receipts move forwards only, and one's own events come later and later."""
        event_id = self._own[room_id][-1]
        key = ("receipt", room_id, self._person.user_id)
        write = self._world.new_write(Kind.RECEIPT, self._person, key=key, value=event_id)
        path = path_of("rooms", room_id, "receipt", "m.read", event_id)
        await self._person.write(write, "POST", path, {}, gives_up=GIVES_UP)


class Moving:
    """One person who leaves rooms and joins them again, and looks whether their own list of rooms says so."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._world = person.world
        self._inside = set(person.world.rooms)

    async def step(self) -> None:
        """Leave a room, or join it again."""
        room_id = self._world.rng.choice(self._world.rooms)
        act = "leave" if room_id in self._inside else "join"
        key = ("member", room_id, self._person.user_id)
        write = self._world.new_write(Kind.MEMBERSHIP, self._person, room_id=room_id, key=key)
        write.value = f"{act} {write.mark}"
        # Nobody here gives up: the next step must know what this one did.
        answer = await self._person.write(write, "POST", path_of("rooms", room_id, act), {"reason": write.mark})
        if answer is not None and answer.status == 200:
            self._inside ^= {room_id}
            await self._look(write, room_id)

    async def _look(self, write: Write, room_id: str) -> None:
        rooms = (await self._person.line.get(path_of("joined_rooms")))["joined_rooms"]
        assert isinstance(rooms, list)
        if (room_id in rooms) != (room_id in self._inside):
            sentence = f"After the {write.value} of {write.sender} was acknowledged, joined_rooms says otherwise."
            self._world.record.remark(Wrong.LATE, sentence)


class Making:
    """One person who makes rooms with aliases, and never asks twice for the same."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._world = person.world

    async def step(self) -> None:
        """Make a room whose name, state and alias say by which request."""
        write = self._world.new_write(Kind.ROOM, self._person)
        body: JSON = {
            "name": write.mark,
            "room_alias_name": write.mark,
            "initial_state": [{"type": STATE_TYPE, "state_key": "", "content": {"mark": write.mark}}],
        }
        answer = await self._person.write(write, "POST", path_of("createRoom"), body, gives_up=1.0)
        if answer is not None and answer.status == 200:
            write.value = answer.read(dict[str, str])["room_id"]
        await asyncio.sleep(MAKING_SECONDS)
