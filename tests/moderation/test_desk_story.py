"""The desk in a real browser: by keys alone, with and without a script, for everybody, on a phone. R135, R137."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess
from tests.moderation.populated import Populated
from tests.scenarios.conftest import CONFIGURATION

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STORY = Path(__file__).parent / "desk.mjs"
STORY_S = 240.0
"""Far more than it takes, for a machine that has other things to do."""
STEPS = [
    "the queue can be used by everybody",
    "an ordinary case takes 4 presses",
    "undone",
    "decided two together",
    "every page can be used by everybody",
    "fits a phone",
    "without a script it takes 8 presses",
    "done",
]


@pytest.fixture
async def populated(tmp_path: Path) -> AsyncIterator[Populated]:
    server = ServerProcess(tmp_path)
    server.configuration.write_text(CONFIGURATION.format(data_dir=server.data, port=server.port))
    await server.start()
    populated = Populated(server)
    await populated.fill()
    yield populated
    await populated.close()
    await server.close()


async def test_deciding_by_keys_alone(populated: Populated) -> None:
    """An ordinary case takes at most eight presses of a key from the queue, with and without a script."""
    told = await asyncio.create_subprocess_exec(
        *("node", str(STORY), populated.address), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(STORY_S):
            said, wrong = await told.communicate()
    finally:
        if told.returncode is None:
            told.kill()
            await told.wait()
    assert said.decode().splitlines() == STEPS, f"{wrong.decode()[-20_000:]}\n{populated.server.last_log()}"
    assert told.returncode == 0
