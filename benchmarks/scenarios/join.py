"""Joining a public room."""

import time

from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, create_room, join


class Join(Scenario):
    """The crowd's accounts join a new room, one after another."""

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "join", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Nothing: the accounts are the crowd's, and each turn makes its own room."""
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of a join."""
        owner, *others = self._crowd.accounts[: 1 + self.world.scale.joins]
        latencies_s: list[float] = []
        connection = await self.world.connect()
        room_id = await create_room(connection, owner)
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            for account in others:
                if (began_s := time.perf_counter()) >= until_s:
                    break
                await join(connection, account, room_id)
                latencies_s.append(time.perf_counter() - began_s)
        connection.close()
        joined = len(latencies_s)
        return [self.cpu(meter, joined), self.rate(meter, joined), *self.spread(meter, latencies_s)]
