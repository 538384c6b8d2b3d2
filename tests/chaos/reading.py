"""What people are shown while the server is killed: /sync step by step, and pages from the end."""

import asyncio

import msgspec

from tests.chaos.findings import Wrong
from tests.chaos.record import Look, Page, Reader, Section
from tests.chaos.world import JSON, Line, Person, World, query_of

POLL_MS = 2_000
FILL_PAGE = 100
TAIL = 20
"""Events looked at by who pages back from the end."""
PAGING_SECONDS = 0.01


class _Event(msgspec.Struct):
    type: str
    event_id: str = ""
    content: JSON = {}


class _Events(msgspec.Struct):
    events: list[_Event] = []


class _Timeline(msgspec.Struct):
    events: list[_Event] = []
    limited: bool = False
    prev_batch: str = ""


class _Joined(msgspec.Struct):
    timeline: _Timeline = msgspec.field(default_factory=_Timeline)
    account_data: _Events = msgspec.field(default_factory=_Events)
    ephemeral: _Events = msgspec.field(default_factory=_Events)


class _Rooms(msgspec.Struct):
    join: dict[str, _Joined] = {}


class Synced(msgspec.Struct):
    """The parts of an answer to /sync that are looked at."""

    next_batch: str
    rooms: _Rooms = msgspec.field(default_factory=_Rooms)
    account_data: _Events = msgspec.field(default_factory=_Events)

    @property
    def has_news(self) -> bool:
        """Whether anything is told that is kept."""
        rooms = self.rooms.join.values()
        return bool(self.account_data.events) or any(r.timeline.events or r.account_data.events for r in rooms)

    def marks(self, user_id: str) -> dict[tuple[str, ...], str]:
        """The account data in it, by key."""
        found = {("account data", user_id, "", e.type): e for e in self.account_data.events}
        for room_id, room in self.rooms.join.items():
            found |= {("account data", user_id, room_id, e.type): e for e in room.account_data.events}
        return {key: str(event.content["mark"]) for key, event in found.items() if "mark" in event.content}

    def receipts(self) -> dict[tuple[str, ...], str]:
        """The public receipts in it, by key."""
        found: dict[tuple[str, ...], str] = {}
        for room_id, room in self.rooms.join.items():
            for event in room.ephemeral.events:
                if event.type == "m.receipt":
                    contents = msgspec.convert(event.content, dict[str, dict[str, dict[str, JSON]]])
                    for event_id, kinds in contents.items():
                        found |= {("receipt", room_id, user_id): event_id for user_id in kinds.get("m.read", {})}
        return found


class Reading:
    """One person who syncs step by step with one token after the other, whatever happens to the server."""

    def __init__(self, person: Person, limit: int) -> None:
        self.reader = Reader(person.user_id, f"{person.user_id} (at most {limit} events a room)")
        self._person = person
        self._world: World = person.world
        self._line = Line(person.world, person.token)
        self._filter = msgspec.json.encode({"room": {"timeline": {"limit": limit}}}).decode()
        self._since: str | None = None
        self._last: dict[str, str] = {}

    async def step(self) -> None:
        """One answer."""
        await self.look(POLL_MS)

    async def catch_up(self) -> None:
        """Until there is nothing new. Called when nobody writes any more."""
        while await self.look(0):
            pass

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    async def look(self, timeout_ms: int) -> bool:
        """Sync once from where the last answer ended. Returns whether there was news."""
        await self._world.up.wait()
        asked_at, since = self._world.now(), self._since
        answer = await self._line.ask("GET", query_of("sync", since=since, timeout=timeout_ms, filter=self._filter))
        if answer is None or answer.status == 503:
            await asyncio.sleep(0)
            return True
        if answer.status != 200:
            self._world.record.remark(Wrong.REFUSED, f"/sync said to {self.reader.name}: {answer.body.decode()}")
        synced = answer.read(Synced)
        rooms = {}
        for room_id, joined in synced.rooms.join.items():
            if joined.timeline.events or joined.timeline.limited:
                rooms[room_id] = await self._section(room_id, joined.timeline)
        self._since = synced.next_batch
        self.reader.looks.append(Look(asked_at, since, rooms))
        self.reader.account_data |= synced.marks(self._person.user_id)
        return synced.has_news

    async def _section(self, room_id: str, timeline: _Timeline) -> Section:
        """The events shown, with those that a limited answer left out paged in before them."""
        event_ids = [event.event_id for event in timeline.events]
        last = self._last.get(room_id)
        missing = timeline.limited
        if timeline.limited and last is not None:
            filled = await self._fill(room_id, timeline.prev_batch, last)
            event_ids = filled + event_ids
            missing = False
        if event_ids:
            self._last[room_id] = event_ids[-1]
        return Section(event_ids, missing)

    async def _fill(self, room_id: str, token: str, last: str) -> list[str]:
        """The events behind `last` up to a token, oldest first."""
        newest_first: list[str] = []
        at: str | None = token
        while at is not None and last not in newest_first:
            page = await page_of(self._line, room_id, "b", at, FILL_PAGE)
            newest_first += [event.event_id for event in page.chunk]
            at = page.end
        if last in newest_first:
            newest_first = newest_first[: newest_first.index(last)]
        return newest_first[::-1]


class Paging:
    """One person who looks at the ends of rooms with GET /messages."""

    def __init__(self, person: Person) -> None:
        self.reader = Reader(person.user_id, f"{person.user_id} (pages)")
        self._world = person.world
        self._line = Line(person.world, person.token)

    async def step(self) -> None:
        """The end of one room."""
        await self._world.up.wait()
        room_id, asked_at = self._world.rng.choice(self._world.rooms), self._world.now()
        page = await page_of(self._line, room_id, "b", None, TAIL)
        self.reader.pages.append(Page(asked_at, room_id, [event.event_id for event in page.chunk]))
        await asyncio.sleep(PAGING_SECONDS)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


class Shown(msgspec.Struct):
    """An event as /messages shows it."""

    event_id: str
    type: str
    sender: str
    content: JSON
    state_key: str | None = None
    unsigned: JSON = {}

    @property
    def mark(self) -> str | None:
        """Which request made it: what it says itself."""
        mark = self.content.get("mark", self.content.get("reason"))
        return str(mark) if mark is not None else None


class Chunk(msgspec.Struct):
    """An answer to /messages."""

    chunk: list[Shown]
    end: str | None = None


async def page_of(line: Line, room_id: str, dir: str, at: str | None, limit: int) -> Chunk:
    """A page of a room's history, asked for until it is answered."""
    path = query_of("rooms", room_id, "messages", **{"dir": dir, "from": at, "limit": limit})
    return (await line.read(path)).read(Chunk)
