"""Sending: several people write into one room as fast as they get answers."""

import asyncio
import time

from benchmarks.client import Connection
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Account, World, create_room

SENDERS = (1, 8, 32)


class Send(Scenario):
    """`senders` people in one room of their own, each with one request under way at a time."""

    def __init__(self, world: World, senders: int) -> None:
        super().__init__(world, f"send.{senders}")
        self._senders = senders

    async def prepare(self) -> list[Figure]:
        """The room and its members."""
        self._accounts = await self.world.accounts(self._senders)
        connection = await self.world.connect()
        self._room_id = await create_room(connection, self._accounts[0])
        connection.close()
        await self.world.join_all(self._room_id, self._accounts[1:])
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of a send, and what it writes to disk."""
        connections = await self.world.connect_many(self._senders)
        latencies_s: list[float] = []
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            people = zip(connections, self._accounts, strict=True)
            await asyncio.gather(*(self._write(*person, until_s, latencies_s) for person in people))
        for connection in connections:
            connection.close()
        sent = len(latencies_s)
        written = self.figure("written", meter.written_bytes / sent / 1000, "kB an event", meter)
        return [self.cpu(meter, sent), self.rate(meter, sent), *self.spread(meter, latencies_s), written]

    async def _write(self, connection: Connection, account: Account, until_s: float, latencies_s: list[float]) -> None:
        while (began_s := time.perf_counter()) < until_s:
            await self.world.send(connection, self._room_id, account)
            latencies_s.append(time.perf_counter() - began_s)
