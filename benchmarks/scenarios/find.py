"""Looking for messages by their words, in a room where much was said."""

import itertools
import time

import msgspec

from benchmarks.client import Unexpected
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.world import World, create_room, encoded, text

PATH = "/_matrix/client/v3/search"
SHOWN = 10
"""Messages in one answer: what servers tell if they are asked for no other number."""
TRIES = 300


class _Events(msgspec.Struct):
    results: list[msgspec.Raw]


class _Categories(msgspec.Struct):
    room_events: _Events


class _Found(msgspec.Struct):
    search_categories: _Categories


class Find(Scenario):
    """One person looks for words that stand in many of a room's messages, or in few, and is shown the newest ten."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "find")

    async def prepare(self) -> list[Figure]:
        """The room with its messages, of which the server has learnt the words."""
        (self._reader,) = await self.world.accounts(1)
        connection = await self.world.connect()
        room_id = await create_room(connection, self._reader)
        first = self.world.number()
        await self.world.fill(room_id, self._reader, self.world.scale.searched)
        words = dict.fromkeys(word for number in range(first + 1, first + 40) for word in text(number).split())
        self._bodies = itertools.cycle([_body(word) for word in words])
        for _ in range(TRIES):
            answer = await connection.post(PATH, self._reader.token, _body(next(iter(words))))
            if len(answer.read(_Found).search_categories.room_events.results) == SHOWN:
                break
            await self.world.quiet()
        else:
            raise Unexpected("Messages are not found by a word that stands in all of them.")
        connection.close()
        return []

    async def measure(self) -> list[Figure]:
        """Cost, rate and latency of one search."""
        latencies_s: list[float] = []
        connection = await self.world.connect()
        await self.world.quiet()
        async with self.meter() as meter:
            until_s = time.perf_counter() + self.world.scale.seconds
            while (began_s := time.perf_counter()) < until_s:
                answer = await connection.post(PATH, self._reader.token, next(self._bodies))
                latencies_s.append(time.perf_counter() - began_s)
                if not answer.read(_Found).search_categories.room_events.results:
                    raise Unexpected("A word that was said is not found.")
        connection.close()
        searched = len(latencies_s)
        return [self.cpu(meter, searched), self.rate(meter, searched), *self.spread(meter, latencies_s)]


def _body(word: str) -> bytes:
    wanted = {"search_term": word, "order_by": "recent", "keys": ["content.body"]}
    return encoded({"search_categories": {"room_events": wanted}})
