"""Creating a room, and one other person joining it."""

import time

from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, create_room, join


class Create(Scenario):
    """One person creates public rooms, another joins each."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "create")

    async def prepare(self) -> list[Figure]:
        """The two people."""
        self._owner, self._guest = await self.world.accounts(2)
        return []

    async def measure(self) -> list[Figure]:
        """Cost and latency of both together."""
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                await join(connection, self._guest, await create_room(connection, self._owner))
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        return [self.cpu(meter, len(latencies_s)), *self.spread(meter, latencies_s)]
