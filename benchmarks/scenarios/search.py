"""Looking for people by name, as a client does with each letter typed."""

import itertools
import time

import msgspec

from benchmarks.client import Unexpected
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import FAMILY_NAMES, GIVEN_NAMES, World, encoded

PATH = "/_matrix/client/v3/user_directory/search"
SHOWN = 10
"""People in one answer: what clients ask for."""


class _Person(msgspec.Struct):
    user_id: str


class _Found(msgspec.Struct):
    results: list[_Person]
    limited: bool


class Search(Scenario):
    """A member of the big room looks for others: with the beginnings of names that many have."""

    def __init__(self, world: World, crowd: Crowd) -> None:
        super().__init__(world, "search", needs=[crowd])
        self._crowd = crowd

    async def prepare(self) -> list[Figure]:
        """Nothing: the people are the crowd's, whom the server has put into its directory meanwhile."""
        await self.world.quiet()
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of one search that finds ten people and more."""
        names = GIVEN_NAMES + FAMILY_NAMES
        terms = [name[:letters].lower() for name in names for letters in range(2, len(name) + 1)]
        bodies = itertools.cycle(encoded({"search_term": term, "limit": SHOWN}) for term in terms)
        searcher = self._crowd.accounts[0]
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                answer = await connection.post(PATH, searcher.token, next(bodies))
                latencies_s.append(time.perf_counter() - began_s)
                found = answer.read(_Found)
                if len(found.results) != SHOWN or not found.limited:
                    raise Unexpected(f"{len(found.results)} people found where more have the name.")
        connection.close()
        searched = len(latencies_s)
        return [self.cpu(meter, searched), self.rate(meter, searched), *self.spread(meter, latencies_s)]
