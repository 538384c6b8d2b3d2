"""Push: a post into the big room, some of whose members have a pusher."""

import asyncio
import time
from collections.abc import Sequence

from benchmarks.client import Connection, Unexpected
from benchmarks.gateway import Gateway
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import Account, World, encoded, text

PATH = "/_matrix/client/v3/pushers/set"
APP_ID = "org.example.phone"

LEAST_POSTS = 3
"""Even if they take longer than the turn should."""

MOST_SECONDS = 60.0
"""All notifications of a post have come by then, or some never will."""

SETTLED_SECONDS = 0.05
"""The server is done with a post once it has been idle this long."""


class Push(Scenario):
    """One of the crowd writes; of the others `scale.pushers` have a phone, which their push gateway is to wake.

    They have it for the time of a turn only: other scenarios write into the room, too.
    """

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "push", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Nothing: the room is the crowd's."""
        return []

    async def measure(self) -> list[Figure]:
        """Cost of a post, with the rules of all members and every notification; time from post to notification."""
        writer, *others = self._crowd.accounts
        holders = others[: self.world.scale.pushers]
        gateway = Gateway()
        await gateway.open()
        await self._set_pushers(holders, gateway.url)
        connection = await self.world.connect()
        await self._post(connection, writer, gateway, len(holders))  # brings the room's rules into memory
        await self.world.quiet()
        latencies_s: list[float] = []
        posts = 0
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while posts < LEAST_POSTS or time.perf_counter() < until_s:
                latencies_s += await self._post(connection, writer, gateway, len(holders))
                posts += 1
                await self.world.quiet(SETTLED_SECONDS)
        connection.close()
        await self._set_pushers(holders, None)
        gateway.close()
        return [self.cpu(meter, posts), *self.spread(meter, latencies_s)]

    async def _post(self, connection: Connection, writer: Account, gateway: Gateway, holders: int) -> Sequence[float]:
        """Seconds from the post to each notification."""
        number = self.world.number()
        arrivals = gateway.expect(text(number).encode(), holders)
        began_s = time.perf_counter()
        await self.world.send_numbered(connection, self._crowd.room_id, writer, number)
        try:
            return [at_s - began_s for at_s in await asyncio.wait_for(arrivals, MOST_SECONDS)]
        except TimeoutError:
            raise Unexpected(f"Not all of {holders} notifications came.") from None

    async def _set_pushers(self, holders: Sequence[Account], url: str | None) -> None:
        """Give each a pusher, or take it away."""

        async def one(connection: Connection, holder: Account) -> None:
            body = {
                "app_id": APP_ID,
                "pushkey": holder.device_id,
                "kind": "http" if url else None,
                "app_display_name": "Phone",
                "device_display_name": "Phone",
                "lang": "en",
                "data": {"url": url} if url else {},
            }
            (await connection.post(PATH, holder.token, encoded(body))).require()

        await self.world.each(holders, one)
