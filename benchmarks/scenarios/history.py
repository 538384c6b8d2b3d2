"""Reading back: pages of a hundred messages."""

import time
from urllib.parse import quote

import msgspec

from benchmarks.client import Unexpected
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, create_room

PAGE = 100


class _Page(msgspec.Struct):
    chunk: list[msgspec.Raw]
    end: str = ""


class History(Scenario):
    """One person reads a room's messages backwards, page by page, and begins again at the newest."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "history")

    async def prepare(self) -> list[Figure]:
        """The room with its messages."""
        (self._reader,) = await self.world.accounts(1)
        connection = await self.world.connect()
        self._room_id = await create_room(connection, self._reader)
        connection.close()
        await self.world.fill(self._room_id, self._reader, self.world.scale.history)
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of one full page."""
        path = f"/_matrix/client/v3/rooms/{quote(self._room_id)}/messages?dir=b&limit={PAGE}"
        full_pages = self.world.scale.history // PAGE
        latencies_s: list[float] = []
        size_bytes = 0
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while time.perf_counter() < until_s:
                end = ""
                for _ in range(full_pages):
                    began_s = time.perf_counter()
                    answer = await connection.get(f"{path}&from={quote(end)}" if end else path, self._reader.token)
                    latencies_s.append(time.perf_counter() - began_s)
                    size_bytes += len(answer.body)
                    page = answer.read(_Page)
                    if len(page.chunk) != PAGE:
                        raise Unexpected(f"A page of {len(page.chunk)} events where there are {PAGE}.")
                    end = page.end
        connection.close()
        pages = len(latencies_s)
        size = self.figure("size", size_bytes / pages / 1e6, "MB")
        return [self.cpu(meter, pages), self.rate(meter, pages), *self.spread(meter, latencies_s), size]
