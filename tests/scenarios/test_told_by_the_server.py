"""The server tells people something, removes a message and restores it, before clients that nobody here wrote."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import nio
import pytest

from chappe.app import Chappe, running
from chappe.ids import UserID
from chappe.restrictions import Ground, Kind, Measure, Restriction, impose, lift
from chappe.server_notices import tell
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.conftest import make_settings
from tests.scenarios.people import Person

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

NOTICES = Path(__file__).parents[1] / "clients" / "notices.mjs"
STORY_S = 120.0
"""Far more than the story takes, for a machine that has other things to do."""


@pytest.fixture
async def chappe(tmp_path: Path) -> AsyncIterator[Chappe]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with running(make_settings(tmp_path, port=str(port))) as chappe:
        yield chappe


def removal(room_id: str, event_id: str) -> Restriction:
    return Restriction(
        id="r1", kind=Kind.EVENT, subject=event_id, within=room_id, measure=Measure.REMOVED, decision="D1",
        ground=Ground.TERMS, reason_code="spam", since=0,
    )  # fmt: skip


async def decide(chappe: Chappe, room_id: str, event_id: str, *, lifts: bool = False) -> None:
    removed = removal(room_id, event_id)

    async def act(tx: Transaction, device: Device | None) -> None:
        if lifts:
            await lift(tx, removed.kind, removed.subject, removed.within, removed.id)
        else:
            await impose(tx, removed)

    await chappe.bus.call(REGISTER, Command(act, None, ()))


async def say_hello(chappe: Chappe, user_id: str) -> None:
    async def act(tx: Transaction, device: Device | None) -> None:
        tell(tx, UserID(user_id), "hello", {"body": "Hello"}, awaited=True)

    await chappe.bus.call(REGISTER, Command(act, None, ()))


async def test_with_nio(chappe: Chappe) -> None:
    ann = Person(chappe.settings.base_url, "ann")
    try:
        await ann.register()
        ann.keep_syncing()
        room_id = str((await ann.client.room_create()).room_id)
        event_id = await ann.send(room_id, "gone?")
        await ann.until(lambda: ann.heard(room_id) == ["gone?"])
        await say_hello(chappe, ann.user_id)
        await ann.until(lambda: "Notices of localhost" in [room.name for room in ann.client.rooms.values()])
        (notices,) = [room for room in ann.client.rooms.values() if room.name == "Notices of localhost"]
        await ann.until(lambda: ann.heard(notices.room_id) == ["Hello"])
        assert "m.server_notice" in notices.tags
        left = await ann.client.room_leave(notices.room_id)
        assert isinstance(left, nio.RoomLeaveError)
        assert left.status_code == "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM"
        await decide(chappe, room_id, event_id)
        await ann.until(lambda: any(isinstance(event, nio.RedactionEvent) for _, event in ann.seen))
        (redaction,) = [event for _, event in ann.seen if isinstance(event, nio.RedactionEvent)]
        assert (redaction.redacts, redaction.sender) == (event_id, "@server:localhost")
        await decide(chappe, room_id, event_id, lifts=True)
        await ann.until(lambda: ann.heard(room_id) == ["gone?", "gone?"])
    finally:
        await ann.close()


async def test_with_the_js_sdk(chappe: Chappe, tmp_path: Path) -> None:
    errors = tmp_path / "story.log"
    with errors.open("wb") as log:
        story = await asyncio.create_subprocess_exec(
            "node", str(NOTICES), chappe.settings.base_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    assert story.stdin is not None
    assert story.stdout is not None
    held: list[str] = []
    room_id = event_id = ""
    try:
        async with asyncio.timeout(STORY_S):
            async for line in story.stdout:
                held.append(line.decode().strip())
                if len(held) == 1:
                    room_id, event_id = held[0].split()
                    await say_hello(chappe, "@ann:localhost")
                elif held[-1] == "told":
                    await decide(chappe, room_id, event_id)
                elif held[-1] == "removed":
                    await decide(chappe, room_id, event_id, lifts=True)
                story.stdin.write(b"\n")
            await story.wait()
    finally:
        if story.returncode is None:
            story.kill()
            await story.wait()
    assert held[1:] == ["told", "removed", "restored"], errors.read_text()[-10_000:]
    assert story.returncode == 0
