"""The people and rooms of a run, and their way to a server that comes and goes."""

import asyncio
import itertools
import random
import time
from urllib.parse import quote, urlencode

import msgspec

from benchmarks.client import Answer, Connection, Unexpected, connect
from tests.chaos.record import Attempt, Kind, Record, Write
from tests.chaos.server import ServerProcess

V3 = "/_matrix/client/v3"
ANSWER_SECONDS = 60.0
BUSY_SECONDS = 0.02
"""How long somebody waits who was told 503."""
JSON = dict[str, object]


def path_of(*segments: str) -> str:
    """A path below /_matrix/client/v3, each segment encoded."""
    return "/".join((V3, *(quote(segment, safe="") for segment in segments)))


def query_of(*segments: str, **query: object) -> str:
    """The same with a query; what is None is left out."""
    return f"{path_of(*segments)}?{urlencode({key: value for key, value in query.items() if value is not None})}"


class Line:
    """One person's connection, one request at a time; opened anew after each crash."""

    def __init__(self, world: "World", token: str = "") -> None:
        self._world = world
        self._token = token
        self._connection: Connection | None = None

    async def ask(self, method: str, path: str, body: object = None) -> Answer | None:
        """One request; None if no answer came, so that nobody knows whether it was done."""
        await self._world.up.wait()
        encoded = b"" if method == "GET" else msgspec.json.encode({} if body is None else body)
        try:
            if self._connection is None:
                self._connection = await connect(self._world.server.port)
            return await asyncio.wait_for(self._connection.send(method, path, self._token, encoded), ANSWER_SECONDS)
        except (OSError, Unexpected):
            self.close()
            await asyncio.sleep(0)
            return None

    async def read(self, path: str) -> Answer:
        """A GET, repeated until it is answered and the server is not busy."""
        deadline = self._world.now() + ANSWER_SECONDS
        while self._world.now() < deadline:
            answer = await self.ask("GET", path)
            if answer is not None and answer.status != 503:
                return answer
            await asyncio.sleep(BUSY_SECONDS)
        raise AssertionError(f"No answer to {path}:\n{self._world.server.last_log()}")

    async def get(self, path: str) -> JSON:
        """The JSON of a GET that must succeed."""
        return (await self.read(path)).read(JSON)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Person:
    """An account, logged in on one device."""

    def __init__(self, world: "World", name: str, user_id: str, token: str) -> None:
        self.world = world
        self.name = name
        self.user_id = user_id
        self.token = token
        self.line = Line(world, token)

    async def write(
        self, write: Write, method: str, path: str, body: object, *, gives_up: float = 0.0
    ) -> Answer | None:
        """Record a write and send it."""
        self.world.record.writes.append(write)
        return await self.send(write, method, path, body, gives_up=gives_up)

    async def send(self, write: Write, method: str, path: str, body: object, *, gives_up: float = 0.0) -> Answer | None:
        """Send a write, the same again after every crash until it is answered, and record each attempt.

        `gives_up` is how probable it is that somebody who got no answer, or was told 503, does not ask again.
        """
        while True:
            attempt = Attempt(self.world.now())
            await self.world.up.wait()
            attempt.sent_at = self.world.now()
            write.attempts.append(attempt)
            answer = await self.line.ask(method, path, body)
            if answer is None:
                if self.world.rng.random() < gives_up:
                    return None
                continue
            _note(attempt, answer, self.world.now())
            if answer.status != 503 or self.world.rng.random() < gives_up:
                return answer
            await asyncio.sleep(BUSY_SECONDS)


def _note(attempt: Attempt, answer: Answer, now: float) -> None:
    attempt.answered_at, attempt.status = now, answer.status
    told = msgspec.json.decode(answer.body, type=JSON)
    if answer.status == 200:
        event_id = told.get("event_id")
        attempt.event_id = str(event_id) if event_id is not None else None
    else:
        attempt.reason = str(told.get("error", ""))


class World:
    """A server, people, the rooms they are in, and the record of what happens."""

    def __init__(self, server: ServerProcess, rng: random.Random) -> None:
        self.server = server
        self.rng = rng
        self.record = Record()
        self.up = asyncio.Event()
        """Set while the server is thought to be there. Who is on the way to it is not stopped."""
        self.up.set()
        self.people: list[Person] = []
        self.movers: list[Person] = []
        self.makers: list[Person] = []
        self.rooms: list[str] = []
        self.before: dict[str, int] = {}
        """How many events a room has before the load."""
        self._began = time.monotonic()
        self._marks = itertools.count(1)
        self._prefix = f"{rng.getrandbits(32):08x}"

    def now(self) -> float:
        """Seconds since the world began."""
        return time.monotonic() - self._began

    def new_write(self, kind: Kind, sender: Person, **about: object) -> Write:
        """A write with a mark of its own."""
        mark = f"{self._prefix}-{next(self._marks)}"
        write = Write(mark, kind, sender.user_id, **about)  # type: ignore[arg-type]
        write.value = write.value or mark
        return write

    async def register(self, name: str) -> Person:
        """A new account."""
        body = {
            "username": f"{name}-{self._prefix}",
            "password": "correct horse battery",
            "auth": {"type": "m.login.dummy"},
        }
        line = Line(self)
        answer = await line.ask("POST", path_of("register"), body)
        line.close()
        assert answer is not None, "nobody kills the server yet"
        made = answer.read(dict[str, str])
        return Person(self, name, made["user_id"], made["access_token"])

    async def settle(self, people: int, movers: int, makers: int, rooms: int) -> None:
        """Make the people and the rooms, everyone but the makers in all of them."""
        self.people = [await self.register(f"person{number}") for number in range(people)]
        self.movers = [await self.register(f"mover{number}") for number in range(movers)]
        self.makers = [await self.register(f"maker{number}") for number in range(makers)]
        open_to_all = {"preset": "public_chat", "power_level_content_override": {"state_default": 0}}
        for number in range(rooms):
            owner = self.people[number % people]
            answer = await owner.line.ask("POST", path_of("createRoom"), open_to_all)
            assert answer is not None
            room_id = answer.read(dict[str, str])["room_id"]
            self.rooms.append(room_id)
            for person in (*self.people, *self.movers):
                joined = await person.line.ask("POST", path_of("rooms", room_id, "join"))
                assert joined is not None
                joined.require()

    def close(self) -> None:
        """Hang up."""
        for person in (*self.people, *self.movers, *self.makers):
            person.line.close()
