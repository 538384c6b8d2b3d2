"""Nothing is lost, whenever the server is killed: under load, at random moments, again and again."""

import os
import secrets
from pathlib import Path

import pytest

from tests.chaos.campaign import Campaign, campaign
from tests.chaos.checker import check
from tests.chaos.findings import told
from tests.chaos.server import ServerProcess

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = 50
KILLS_ON_POSTGRES = 5


def seed() -> int:
    """CHAPPE_CHAOS_SEED, or another one each time. It decides when is killed and what is asked, not who is faster."""
    return int(os.environ.get("CHAPPE_CHAOS_SEED") or secrets.randbelow(2**32))


def prove(done: Campaign, seed: int, kills: int) -> None:
    record = done.world.record
    about = f"CHAPPE_CHAOS_SEED={seed}, {kills} kills: {record.summary()}"
    print(about)
    print(f"starts: {min(done.starts):.2f} to {max(done.starts):.2f} s")
    findings = check(record)
    assert not findings, f"{about}\n{told(findings)}\n{done.world.server.last_log()}"
    assert sum(a.status is None for write in record.writes for a in write.attempts) >= kills, "the kills hit nothing"


async def test_sqlite_loses_nothing(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    number = seed()
    await server.start()
    try:
        prove(await campaign(server, number, KILLS), number, KILLS)
    finally:
        await server.close()
