"""A full disk: writes are refused clearly, reads go on, nothing is stored by half, and all comes back with room.

The disk is full to one process only: the system lets none of its files grow (RLIMIT_FSIZE), which needs no rights.
"""

import asyncio
import random
import resource

import httpx
import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.checker import check
from tests.chaos.findings import told
from tests.chaos.server import ServerProcess
from tests.chaos.test_kill import new_seed
from tests.chaos.world import World, path_of, query_of

pytestmark = pytest.mark.anyio

FULL_BYTES = 65_536
"""Less than the write-ahead log has after a few commits."""
NO_LIMIT = 1 << 40
REFUSALS = 50
PATIENCE_S = 20.0


@pytest.mark.slow
async def test_a_full_disk_loses_nothing_and_stores_nothing_by_half(server: ServerProcess) -> None:
    await server.start()
    seed = new_seed()
    world = World(server, random.Random(seed))
    done = Campaign(world)

    async def fill_twice() -> None:
        await asyncio.sleep(0.3)
        await fill(world)
        server.limit_files(NO_LIMIT)  # room again, while it runs
        await asyncio.sleep(0.3)
        await fill(world)
        await done.restart()  # room again after a kill
        await asyncio.sleep(0.3)

    await done.run(fill_twice, 2 * PATIENCE_S)
    record = world.record
    findings = check(record)
    assert not findings, f"CHAPPE_CHAOS_SEED={seed}\n{told(findings)}\n{server.last_log()}"
    assert [write for write in record.writes if write.is_refused], "nobody left it at a refusal: that proves little"


async def fill(world: World) -> None:
    """Fill the disk, wait until many writes were refused, and see what people are told."""
    world.server.limit_files(FULL_BYTES)
    before = refusals(world)
    async with asyncio.timeout(PATIENCE_S):
        while refusals(world) < before + REFUSALS:  # noqa: ASYNC110  # the record is plain data
            await asyncio.sleep(0.01)
    person, room_id = world.people[0], world.rooms[0]
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{world.server.port}", headers=headers) as client:
        refused = await client.put(path_of("rooms", room_id, "send", "m.room.message", "x"), json={"body": "In vain."})
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert refused.json()["error"] == (
            "This could not be stored: the disk takes no more: it is full, a quota is used up, or it fails. "
            "Nothing was saved; please try again."
        )
        for path in (
            query_of("sync", timeout=0),
            query_of("rooms", room_id, "messages", dir="b"),
            path_of("rooms", room_id, "state"),
            path_of("rooms", room_id, "members"),
            path_of("joined_rooms"),
        ):
            assert (await client.get(path)).status_code == 200, path


def refusals(world: World) -> int:
    return sum(attempt.status == 503 for write in world.record.writes for attempt in write.attempts)


def full_from_the_start() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))


async def test_what_is_there_can_be_read_from_a_disk_that_is_full_when_the_server_starts(server: ServerProcess) -> None:
    await server.start()
    world = World(server, random.Random(0))
    await world.settle(people=1, movers=0, makers=0, rooms=1)
    person, room_id = world.people[0], world.rooms[0]
    await server.kill()
    world.close()
    await server.start(full_from_the_start)
    answer = await person.line.ask(
        "PUT", path_of("rooms", room_id, "send", "m.room.message", "x"), {"body": "In vain."}
    )
    assert answer is not None
    assert answer.status == 503
    assert room_id in str(await person.line.get(path_of("joined_rooms")))
    world.close()


@pytest.mark.parametrize("size_bytes", [1_000, 20_000, 100_000])
async def test_too_little_room_for_a_first_start_is_told(server: ServerProcess, size_bytes: int) -> None:
    status, said = await server.fail_to_start(
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))
    )
    assert status == 1
    assert said.startswith(f"chappe: The database {server.database} cannot be ")
    assert "the disk takes no more: it is full, a quota is used up, or it fails" in said
    assert "Make room" in said
    assert "Traceback" not in said
    await server.start()  # what the failed start left is no obstacle
