"""People who are connected and silent."""

from typing import ClassVar

from benchmarks.client import Unexpected
from benchmarks.measure import resident_bytes
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.delivery import POLL_MS
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, first_sync, sync_path

RESTING_POLL_MS = 5 * POLL_MS
"""Opening a thousand polls takes Synapse most of a minute; the first must still be open then."""


class IdlePolls(Scenario):
    """`scale.idle_polls` accounts, each with one /sync open and no news."""

    once: ClassVar[bool] = True

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "idle", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Nothing: the accounts are the crowd's."""
        return []

    async def measure(self) -> list[Figure]:
        """Memory of one waiting poll, with its connection; what it had to cache to answer the first is not counted."""
        accounts = self._crowd.accounts[: self.world.scale.idle_polls]
        since = await self.world.each(accounts, first_sync)
        await self.world.quiet()
        before = resident_bytes(self.world.peer.pid)
        connections = await self.world.connect_many(len(accounts))
        async with self.meter() as meter:
            polls = [
                connection.send("GET", sync_path(f"timeout={RESTING_POLL_MS}", token), account.token)
                for connection, account, token in zip(connections, accounts, since, strict=True)
            ]
            await self.world.quiet()
        if any(poll.done() for poll in polls):
            raise Unexpected("A poll was answered although there is no news.")
        grown = resident_bytes(self.world.peer.pid) - before
        for connection in connections:
            connection.close()
        await self.world.quiet()
        return [self.figure("memory", grown / len(accounts) / 1024, "KiB a poll"), self.cpu(meter, len(accounts))]
