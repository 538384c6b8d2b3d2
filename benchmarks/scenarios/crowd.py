"""The big room: everybody joins it, then one person writes while nobody is there."""

import time

from benchmarks.measure import resident_bytes
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, create_room


class Crowd(Scenario):
    """A room of `scale.crowd` members, none of them connected."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "crowd")

    async def prepare(self) -> list[Figure]:
        """Everybody is registered and joins: what one of these joins costs, and the memory the server has then."""
        self.accounts = await self.world.accounts(self.world.scale.crowd)
        connection = await self.world.connect()
        self.room_id = await create_room(connection, self.accounts[0])
        connection.close()
        others = self.accounts[1:]
        await self.world.quiet()
        async with self.meter("join") as meter:
            await self.world.join_all(self.room_id, others)
        await self.world.quiet()
        memory = self.figure("memory", resident_bytes(self.world.peer.pid) / 1e6, "MB")
        return [self.cpu(meter, len(others), "join"), memory]

    async def measure(self) -> list[Figure]:
        """Cost and latency of a post into it."""
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.send(connection, self.room_id, self.accounts[0])  # brings the room into memory
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                await self.world.send(connection, self.room_id, self.accounts[0])
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        written = self.figure("written", meter.written_bytes / len(latencies_s) / 1000, "kB an event", meter)
        return [self.cpu(meter, len(latencies_s)), *self.spread(meter, latencies_s), written]
