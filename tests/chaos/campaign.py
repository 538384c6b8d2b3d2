"""Load and kills together: everybody writes and reads while the server is killed at random moments."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from hashlib import blake2b

from tests.chaos.ending import history_of, read_all
from tests.chaos.reading import Paging, Reading
from tests.chaos.server import ServerProcess
from tests.chaos.world import World
from tests.chaos.writing import Making, Moving, Writing

PEOPLE, MOVERS, MAKERS, ROOMS = 6, 2, 1, 3
LONGEST_LIFE_S = {"sqlite": 0.3, "postgres": 1.0}
"""How long after it answers the server is killed, at most. Statements new to PostgreSQL take their time first."""
KILLED_WHILE_STARTING = 0.1
"""How often it is killed once more before it answers."""
LONGEST_START_S = 0.5
ROUND_SECONDS = 10.0
"""Far more than a life and a start take."""
ENDING_SECONDS = 60.0
"""Far more than the last requests take."""

Step = Callable[[], Awaitable[None]]


class Campaign:
    """Everybody's tasks, and the trouble they are in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.starts: list[float] = []
        """The seconds each start took, until the first answer."""
        self._is_over = False

    async def run(self, trouble: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Settle, load while there is trouble, let everybody finish, kill once more, and read everything.

        `seconds` is far more than the trouble takes.
        """
        world = self.world
        await world.settle(PEOPLE, MOVERS, MAKERS, ROOMS)
        for room_id in world.rooms:
            world.before[room_id] = len((await history_of(world, room_id)).events)
        # Every other one asks for so little that most answers are limited, and pages back for the rest.
        readings = [Reading(person, 100 if at % 2 else 3) for at, person in enumerate(world.people)]
        paging = Paging(world.people[0])
        world.record.readers += [*(reading.reader for reading in readings), paging.reader]
        for reading in readings:
            await reading.look(0)  # from before the load on: they are shown everything of it
        async with asyncio.timeout(seconds + ENDING_SECONDS), asyncio.TaskGroup() as tasks:
            steps: list[Step] = [reading.step for reading in readings]
            steps += [Writing(person).step for person in world.people]
            steps += [Moving(person).step for person in world.movers]
            steps += [Making(person).step for person in world.makers]
            for step in (*steps, paging.step):
                tasks.create_task(self._again_and_again(step))
            try:
                await trouble()
            finally:
                self._is_over = True
        paging.close()
        async with asyncio.timeout(ENDING_SECONDS):
            await self._end(readings)

    async def _end(self, readings: list[Reading]) -> None:
        for reading in readings:
            await reading.catch_up()
        await self.restart()
        for reading in readings:
            await reading.catch_up()  # there must be nothing new
            reading.close()
        await read_all(self.world)
        self.world.close()

    async def _again_and_again(self, step: Step) -> None:
        while not self._is_over:
            await step()

    async def kill(self, kills: int) -> None:
        """Kill the server so many times, each time after a short life of random length."""
        longest = LONGEST_LIFE_S[self.world.server.engine]
        for _ in range(kills):
            await asyncio.sleep(self.world.rng.uniform(0, longest))
            await self.restart()

    async def restart(self) -> None:
        """Kill it, now and then once more while it starts, and start it."""
        world, rng = self.world, self.world.rng
        world.up.clear()
        await world.server.kill()
        if rng.random() < KILLED_WHILE_STARTING:
            await world.server.spawn()
            await asyncio.sleep(rng.uniform(0, LONGEST_START_S))
            await world.server.kill()
        self.starts.append(await world.server.start_loaded())
        world.up.set()


async def campaign(server: ServerProcess, seed: int, kills: int) -> Campaign:
    """A whole campaign of kills on a server that runs; its record is to be checked."""
    world = World(server, random.Random(seed))
    done = Campaign(world)
    await done.run(lambda: done.kill(kills), kills * ROUND_SECONDS)
    return done


async def fingerprint(world: World) -> str:
    """A digest of all rooms of a campaign as they are read now."""
    digest = blake2b()
    for room_id in world.rooms:
        for event in (await history_of(world, room_id)).events:
            digest.update(f"{event.event_id} {event.mark} {event.is_redacted}\n".encode())
    world.close()
    return digest.hexdigest()
