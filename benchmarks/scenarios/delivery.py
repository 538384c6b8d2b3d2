"""Delivery: one person writes, everybody else in the room waits in a long poll and polls again."""

import asyncio
import time

from benchmarks.client import Connection
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Account, Synced, World, create_room, first_sync, sync_path, text

POLL_MS = 60_000
"""Longer than a turn: no poll ends by itself."""

LEAST_POSTS = 3
"""Even if they take longer than the turn should."""

SETTLED_SECONDS = 0.02
"""All polls are open again once the server has been idle this long: the next post does not queue behind them."""


class Delivery(Scenario):
    """`waiting` members of a room, each with one /sync open, and one more who writes."""

    def __init__(self, world: World, waiting: int) -> None:
        super().__init__(world, f"delivery.{waiting}")
        self._waiting = waiting

    async def prepare(self) -> list[Figure]:
        """The room, its members, and where each of them stands in /sync."""
        self._writer, *self._members = await self.world.accounts(1 + self._waiting)
        connection = await self.world.connect()
        self._room_id = await create_room(connection, self._writer)
        connection.close()
        await self.world.join_all(self._room_id, self._members)
        self._since = await self.world.each(self._members, first_sync)
        return []

    async def measure(self) -> list[Figure]:
        """Cost of one delivery, the post and the next poll included, and the time from the post to its arrival."""
        connections = await self.world.connect_many(1 + self._waiting)
        writer, *readers = connections
        people = zip(readers, self._members, self._since, strict=True)
        polls = [_Poll(*person) for person in people]
        await self.world.quiet()
        latencies_s: list[float] = []
        posts = 0
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while posts < LEAST_POSTS or time.perf_counter() < until_s:
                latencies_s += await self._post(writer, polls)
                posts += 1
                await self.world.quiet(SETTLED_SECONDS)
        self._since = [poll.since for poll in polls]
        for connection in connections:
            connection.close()
        written = self.figure("written", meter.written_bytes / posts / 1000, "kB an event", meter)
        return [self.cpu(meter, len(latencies_s)), *self.spread(meter, latencies_s), written]

    async def _post(self, writer: Connection, polls: list["_Poll"]) -> list[float]:
        number = self.world.number()
        message = text(number).encode()
        began_s = time.perf_counter()
        sending = self.world.send_numbered(writer, self._room_id, self._writer, number)
        arrived_s, _ = await asyncio.gather(asyncio.gather(*(poll.until(message) for poll in polls)), sending)
        return [at_s - began_s for at_s in arrived_s]


class _Poll:
    """A member who always waits."""

    def __init__(self, connection: Connection, account: Account, since: str) -> None:
        self._connection = connection
        self._account = account
        self.since = since
        self._open()

    def _open(self) -> None:
        path = sync_path(f"timeout={POLL_MS}", self.since)
        self._answer = self._connection.send("GET", path, self._account.token)

    async def until(self, message: bytes) -> float:
        """When `message` arrived (a performance counter, in seconds); the next poll is open by then."""
        while True:
            answer = await self._answer
            at_s = time.perf_counter()
            self.since = answer.read(Synced).next_batch
            self._open()
            if message in answer.body:
                return at_s
