"""Reports, decisions and complaints in a real browser, with people at the safety desk who decide.

The server runs in this process, so that the desk can act. A story asks it by a line that begins with `?`: a JSON object
with what it should `do`; it is answered by a line on standard input.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chappe.app import running
from chappe.moderation import store
from chappe.moderation.complain import claim_complaint, judge
from chappe.moderation.verdict import Planned
from chappe.operators import Role
from tests.chaos.server import free_port
from tests.conftest import make_settings
from tests.house import Clock, House, Person
from tests.moderation.conftest import Desk, removal
from tests.operators.conftest import Office
from tests.web.test_stories import STORIES, STORY_S

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STEPS = {
    "reported_in_the_open": [
        "reported a message, and saw what is sent",
        "nothing is lost without a network",
        "sees that it waits",
        "sees what was decided",
        "others see that it was removed, and why",
        "the other one reads the reasons",
        "complained",
        "the decision was reversed",
        "the room of the server is known for what it is",
        "an account that is limited is told so",
        "done",
    ],
    "reported_from_an_encrypted_chat": [
        "handed over one message, and then one more",
        "what our client sent is proven",
        "what another client sent is not",
        "what another client reports is not",
        "decided, contested and reversed",
        "done",
    ],
}


class OpenDesk:
    """A server on its port, and two people who look after it."""

    def __init__(self, desk: Desk, mia: Person, sam: Person, port: int) -> None:
        self.desk = desk
        self.mia = mia
        self.sam = sam
        self.port = port

    async def do(self, wish: dict[str, Any]) -> dict[str, Any]:
        """What a story asks for."""
        match wish["do"]:
            case "filed":
                return await self._filed()
            case "remove":
                case = (await self.desk.cases())[-1]
                return {"decision": await self.desk.decided(self.mia, case.number, removal(case))}
            case "limit":
                case = (await self.desk.cases())[-1]
                limited = (Planned("account", case.author, "limited", days=7),)
                return {"decision": await self.desk.decided(self.mia, case.number, removal(case, measures=limited))}
            case "reverse":
                row = await self.desk.database.fetch_one("SELECT id FROM complaint WHERE state = 'open'")
                assert row is not None, "somebody has complained"
                await self.desk.act(self.sam, claim_complaint, row[0])
                await self.desk.act(self.sam, judge, row[0], "reversed", "It was a quotation.", [])
                await self.desk.house.settle()
                return {}
            case other:
                raise AssertionError(f"The desk does not know how to {other}.")

    async def _filed(self) -> dict[str, Any]:
        """What was filed last, as the desk has it."""
        case = (await self.desk.cases())[-1]
        filing = (await store.filings(self.desk.database, case.number, 10))[-1]
        bodies = [one.content.get("body") for one in filing.evidence]
        told = {"kind": case.kind.value, "item": case.item, "proof": filing.proof.value, "bodies": bodies}
        return {**told, "category": filing.category, "reason": filing.reason, "door": filing.door.value}


@pytest.fixture
async def open_desk(tmp_path: Path) -> AsyncIterator[OpenDesk]:
    port = free_port()
    async with running(make_settings(tmp_path, server_name="tower.test", port=str(port))) as chappe:
        office = Office(House(chappe, Clock()))
        await office.staff("olga", Role.OWNER)
        mia = await office.staff("mia", Role.MODERATOR)
        sam = await office.staff("sam", Role.SENIOR_MODERATOR)
        yield OpenDesk(Desk(office), mia, sam, port)


@pytest.mark.parametrize("story", STEPS)
async def test_a_story_with_a_desk(story: str, open_desk: OpenDesk) -> None:
    told = await asyncio.create_subprocess_exec(
        *("node", str(STORIES / f"{story}.mjs"), f"http://127.0.0.1:{open_desk.port}"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    wrong = asyncio.create_task(told.stderr.read()) if told.stderr else None
    try:
        async with asyncio.timeout(STORY_S):
            said = [line async for line in _answered(told, open_desk)]
            status = await told.wait()
    finally:
        if told.returncode is None:
            told.kill()
            await told.wait()
    assert wrong is not None
    assert said == STEPS[story], (await wrong).decode()[-20_000:]
    assert status == 0


async def _answered(told: asyncio.subprocess.Process, desk: OpenDesk) -> AsyncIterator[str]:
    """The steps of a story; what it asks is answered."""
    assert told.stdout is not None
    assert told.stdin is not None
    while line := (await told.stdout.readline()).decode().rstrip("\n"):
        if line.startswith("?"):
            told.stdin.write(json.dumps(await desk.do(json.loads(line[1:]))).encode() + b"\n")
            await told.stdin.drain()
        else:
            yield line
