"""Nothing is lost, whenever the server is killed: under load, at random moments, again and again.

A kill takes what the process has in memory; what it has handed to the system's cache survives. So this proves
what the server remembers, orders and answers; that each COMMIT waits for the disk is SQLite's `synchronous=FULL`.
"""

import os
import secrets

import pytest

from tests.chaos.campaign import Campaign, campaign, fingerprint
from tests.chaos.checker import check
from tests.chaos.findings import told
from tests.chaos.server import ServerProcess

pytestmark = pytest.mark.anyio

KILLS = {"sqlite": 45, "postgres": 5}
SOAK_SHARE = {"sqlite": 1, "postgres": 10}
KILLS_AT_A_TIME = 200
"""After so many the soak looks whether everything is there, and goes on with new people and rooms."""


def new_seed() -> int:
    """CHAPPE_CHAOS_SEED, or another one each time. It decides when is killed and what is asked, not who is faster."""
    return int(os.environ.get("CHAPPE_CHAOS_SEED") or secrets.randbelow(2**32))


async def prove(server: ServerProcess, kills: int, seed: int) -> Campaign:
    """A campaign on a server that runs, after which nothing is wrong."""
    print(f"CHAPPE_CHAOS_SEED={seed}, {kills} kills: ", end="", flush=True)  # first, so that it is known of a hang too
    done = await campaign(server, seed, kills)
    record = done.world.record
    print(record.summary(), f"starts took {min(done.starts):.2f} to {max(done.starts):.2f} s")
    findings = check(record)
    assert not findings, f"CHAPPE_CHAOS_SEED={seed}\n{told(findings)}\n{server.last_log()}"
    unanswered = sum(attempt.status is None for write in record.writes for attempt in write.attempts)
    assert unanswered >= kills, "hardly a kill met a request under way: this proves little"
    return done


@pytest.mark.slow
async def test_kills_lose_nothing(server_on_either: ServerProcess) -> None:
    await server_on_either.start()
    await prove(server_on_either, KILLS[server_on_either.engine], new_seed())


@pytest.mark.soak
async def test_ten_thousand_kills_lose_nothing(server_on_either: ServerProcess) -> None:
    server = server_on_either
    left = int(os.environ.get("CHAPPE_SOAK_KILLS", "10000")) // SOAK_SHARE[server.engine]
    await server.start()
    seed = new_seed()
    before: list[tuple[Campaign, str]] = []
    while left > 0:
        done = await prove(server, min(left, KILLS_AT_A_TIME), seed)
        # What was whole then must be so ever after; of what was asked and shown nothing more is needed.
        done.world.record.forget()
        before.append((done, await fingerprint(done.world)))
        left -= KILLS_AT_A_TIME
        seed += 1
    for done, then in before:
        assert await fingerprint(done.world) == then, "a room of an earlier campaign is not what it was"
