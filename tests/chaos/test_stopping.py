"""SIGTERM and Ctrl-C end a real server within 5 s with 1,000 long polls open, and each of them is answered."""

import asyncio
import random
import resource
import signal
from collections.abc import Iterator

import pytest

from benchmarks.client import connect
from tests.chaos.reading import Synced
from tests.chaos.server import ServerProcess
from tests.chaos.world import World, query_of

pytestmark = pytest.mark.anyio

POLLS = 1_000
STOP_SECONDS = 5.0


@pytest.fixture
def many_files() -> Iterator[None]:
    """Enough open files for both ends of the polls; the server inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, 2 * POLLS + 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_all_who_wait_are_answered_when_the_server_ends(
    server: ServerProcess, many_files: None, number: signal.Signals
) -> None:
    await server.start()
    world = World(server, random.Random(0))
    await world.settle(people=2, movers=0, makers=0, rooms=1)
    # Presence wakes nobody, but is told with whatever answer comes next: here nobody is to be seen.
    unseen = {"set_presence": "offline"}
    first = query_of("sync", timeout=0, **unseen)
    since = [(await one.line.read(first)).read(Synced).next_batch for one in world.people]
    paths = [query_of("sync", since=token, timeout=30_000, **unseen) for token in since]
    lines = [await connect(server.port) for _ in range(POLLS)]
    polls = [line.send("GET", paths[at % 2], world.people[at % 2].token) for at, line in enumerate(lines)]
    await asyncio.sleep(0.5)
    assert not any(poll.done() for poll in polls)
    seconds, status = await server.end(number)
    answers = await asyncio.gather(*polls)
    assert {answer.status for answer in answers} == {200}
    assert {answer.read(Synced).next_batch for answer in answers} == set(since)
    assert status == 0
    assert seconds < STOP_SECONDS
    for line in lines:
        line.close()
    world.close()
