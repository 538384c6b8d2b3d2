"""Three people with clients made with matrix-js-sdk and its Rust crypto, in an encrypted room; killed in the middle.

The story itself is told to the SDK in `tests/clients/encrypted_story.mjs`; each of its steps is a line here.
"""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS = Path(__file__).parents[1] / "clients"
STORY_S = 240.0
"""Far more than the story takes, for a machine that has other things to do."""

STEPS = [
    "registered",
    "cross-signed",
    "talked encrypted",
    "verified by emoji",
    "two people compared keys",
    "kill",
    "went on after a kill",
    "encrypted picture",
    "edited",
    "reacted",
    "answered in a thread",
    "read receipts",
    "held a poll",
    "knocked and was let in",
    "searched members",
    "restored from the key backup",
    "logged out the other device",
    "done",
]


async def test_an_encrypted_room_of_three(server: ServerProcess, tmp_path: Path) -> None:
    errors = tmp_path / "story.log"
    with errors.open("wb") as log:
        story = await asyncio.create_subprocess_exec(
            "node",
            str(CLIENTS / "encrypted_story.mjs"),
            f"http://127.0.0.1:{server.port}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        async with asyncio.timeout(STORY_S):
            held = await _told(story, server)
            await story.wait()
    finally:
        if story.returncode is None:
            story.kill()
            await story.wait()
    assert held == STEPS, f"{errors.read_text()[-30000:]}\n{server.last_log()}"
    assert story.returncode == 0


async def _told(story: asyncio.subprocess.Process, server: ServerProcess) -> list[str]:
    """The steps that held, until the story ends; the server is killed and started again where it asks for that."""
    assert story.stdin is not None
    assert story.stdout is not None
    held: list[str] = []
    async for line in story.stdout:
        held.append(line.decode().strip())
        if held[-1] == "kill":
            await server.kill()
            await server.start()
            story.stdin.write(b"it is back\n")
            await story.stdin.drain()
    return held
