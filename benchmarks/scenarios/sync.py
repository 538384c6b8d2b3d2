"""/sync: from nothing, with the server just started and warm; and with no news."""

import time

import msgspec

from benchmarks.client import Connection, Unexpected
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Synced, World, create_room, first_sync, sync_path

WARM_SYNCS = 3
"""The least number of warm initial syncs in a turn; more, if the time allows."""


class _Timeline(msgspec.Struct):
    events: list[msgspec.Raw]


class _Joined(msgspec.Struct):
    timeline: _Timeline


class _Rooms(msgspec.Struct):
    join: dict[str, _Joined] = {}


class _Initial(msgspec.Struct):
    rooms: _Rooms = msgspec.field(default_factory=_Rooms)


class InitialSync(Scenario):
    """One account in many rooms, whose client knows nothing. Each turn restarts the server."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "initial")

    async def prepare(self) -> list[Figure]:
        """The rooms and their messages."""
        scale = self.world.scale
        (self._account,) = await self.world.accounts(1)

        async def room(connection: Connection, _: int) -> None:
            await self.world.fill(await create_room(connection, self._account), self._account, scale.messages)

        await self.world.each(range(scale.rooms), room)
        return []

    async def measure(self) -> list[Figure]:
        """Time to start; cost and latency of the first sync after it and of the following ones; their size."""
        await self.world.quiet()
        self.world.peer.stop()
        started_s = await self.world.peer.start()
        await self.world.quiet()
        connection = await self.world.connect()
        async with self.meter("cold") as cold:
            size = await self._sync(connection)
        latencies_s: list[float] = []
        await self.world.quiet()
        async with self.meter("warm") as warm:
            until_s = time.perf_counter() + self.world.scale.seconds
            while len(latencies_s) < WARM_SYNCS or time.perf_counter() < until_s:
                began_s = time.perf_counter()
                await self._sync(connection)
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        return [
            self.figure("start", started_s, "s"),
            self.cpu(cold, 1, "cold"),
            self.cpu(warm, len(latencies_s), "warm"),
            *self.spread(warm, latencies_s),
            self.figure("size", size / 1e6, "MB"),
        ]

    async def _sync(self, connection: Connection) -> int:
        # Synapse keeps the answer to an initial sync for two minutes and gives it to whoever asks exactly the same.
        # We want the work, so no two requests are the same: the limit on presence differs, and changes nothing.
        path = sync_path("timeout=0", presence={"limit": self.world.number()})
        answer = await connection.get(path, self._account.token)
        rooms = answer.read(_Initial).rooms.join
        messages = sum(len(room.timeline.events) for room in rooms.values())
        if messages < self.world.scale.rooms * self.world.scale.messages:
            raise Unexpected(f"An initial sync with {messages} messages in {len(rooms)} rooms.")
        return len(answer.body)


class EmptySync(Scenario):
    """A client that asks for news when there is none, and does not wait."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "empty")

    async def prepare(self) -> list[Figure]:
        """An account in a few rooms."""
        (self._account,) = await self.world.accounts(1)
        connection = await self.world.connect()
        for _ in range(10):
            await create_room(connection, self._account)
        self._since = await first_sync(connection, self._account)
        connection.close()
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of one such request."""
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                answer = await connection.get(sync_path("timeout=0", self._since), self._account.token)
                self._since = answer.read(Synced).next_batch
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        asked = len(latencies_s)
        return [self.cpu(meter, asked), self.rate(meter, asked), *self.spread(meter, latencies_s)]
