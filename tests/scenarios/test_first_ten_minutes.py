"""docs/start/first-ten-minutes.md, followed to the letter: commands in two terminals, clicks with matrix-nio."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from html import unescape
from pathlib import Path

import httpx
import nio
import pytest

from tests.chaos.server import free_port
from tests.scenarios.people import Person, answered

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "start" / "first-ten-minutes.md"
PORT = "8008"
HOME = "/home/user"
LAST_WORDS = "chappe serve --server-name example.org"
PASSWORD = "correct horse battery"
PATIENCE_S = 60.0


def blocks(kind: str, port: int) -> dict[int, list[str]]:
    """The blocks of the page that are written in `kind`, by the number of their step; on a port that is free here."""
    found: dict[int, list[str]] = {}
    for number, step in re.findall(r"(?ms)^## (\d)\. (.*?)(?=^## |\Z)", PAGE.read_text()):
        found[int(number)] = [text.replace(PORT, str(port)) for text in re.findall(rf"(?s)```{kind}\n(.*?)```", step)]
    return found


class Terminal:
    """A shell that is given one block of commands after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def types(self, commands: str) -> str:
        """Run a block. Returns what it printed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{commands}\necho ends:$?\n".encode())
        printed: list[str] = []
        async with asyncio.timeout(PATIENCE_S):
            while not (printed and printed[-1].startswith("ends:")):
                printed.append((await self._process.stdout.readline()).decode())
                assert printed[-1], f"the shell ended:\n{''.join(printed)}"
        assert printed[-1] == "ends:0\n", "".join(printed)
        return "".join(printed[:-1])


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """That of somebody who has just cloned this: no settings, an empty home."""
    foreign = re.compile(r"CHAPPE_|XDG_|MAKE|MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not foreign.match(name)}
    return kept | {"HOME": str(tmp_path)}


@contextlib.asynccontextmanager
async def first_terminal(port: int, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """`make run`, until Ctrl-C. Gives what the server said."""
    process = await asyncio.create_subprocess_exec(
        "make",
        "--no-print-directory",
        "run",
        f"PORT={port}",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (said and LAST_WORDS in said[-1]):
                said.append((await process.stdout.readline()).decode())
                assert said[-1], f"the server ended:\n{''.join(said)}"
        yield "".join(said)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            await asyncio.wait_for(process.communicate(), 10)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise


@contextlib.asynccontextmanager
async def second_terminal(environment: Mapping[str, str]) -> AsyncIterator[Terminal]:
    process = await asyncio.create_subprocess_exec(
        "bash",
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Terminal(process)
    finally:
        process.kill()
        await process.communicate()


async def open_link_in_browser(link: str, **typed: str) -> str:
    """Fill in the form behind the link and send it. Returns the page that comes back."""
    async with httpx.AsyncClient() as browser:
        form = (await browser.get(link)).raise_for_status().text
        action = re.search(r'<form method="post" action="([^"]+)"', form)
        assert action is not None
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        assert set(re.findall(r'<input id="([^"]+)"', form)) == set(typed)
        fields = {name: unescape(value) for name, value in hidden.items()} | typed
        return (await browser.post(str(httpx.URL(link).join(action[1])), data=fields)).raise_for_status().text


async def test_the_page_can_be_followed(tmp_path: Path, environment: Mapping[str, str]) -> None:
    port = free_port()
    commands, printed = blocks("sh", port), blocks("text", port)
    assert commands[1] == ["make run\n"]
    async with contextlib.AsyncExitStack() as stack:
        shell = await stack.enter_async_context(second_terminal(environment))
        async with first_terminal(port, environment) as said:
            link = re.search(r"http://\S+/_chappe/owner\?code=\S+", said)
            assert link is not None
            told = re.sub(r"code=\S+", "code=…", said).replace(str(tmp_path), HOME)
            assert printed[1][0] in told

            page = await open_link_in_browser(link[0], name="ann", password=PASSWORD)
            assert "@ann:localhost" in page

            ann = Person(f"http://127.0.0.1:{port}", "@ann:localhost")
            stack.push_async_callback(ann.close)
            await ann.log_in("nheko")
            created = await ann.client.room_create(name="Signals", alias="signals", preset=nio.RoomPreset.public_chat)
            room_id = str(answered(created, nio.RoomCreateResponse).room_id)
            ann.keep_syncing()

            assert '"token":"for-ben"' in await shell.types(commands[4][0])
            assert '"user_id":"@ben:localhost"' in await shell.types(commands[4][1])
            assert '"event_id":"$' in await shell.types(commands[5][0])
            await ann.until(lambda: ann.heard(room_id) == ["Clear sky over Lille"])
            await ann.send(room_id, "Fog in Strasbourg")
            both = '"body":"Fog in Strasbourg"\n"body":"Clear sky over Lille"\n'
            assert await shell.types(commands[5][1]) == both

        async with first_terminal(port, environment) as said:
            assert "/_chappe/owner" not in said
            assert await shell.types(commands[5][1]) == both
            await ann.send(room_id, "Still here")
            await ann.until(lambda: ann.heard(room_id)[-1:] == ["Still here"])
            listed = await shell.types(commands[7][0])
            assert all(name in listed for name in ("chappe.db", "chappe.db-wal", "chappe.db-shm", "signing.key"))
            assert (tmp_path / ".local" / "share" / "chappe").stat().st_mode & 0o077 == 0
            assert "nothing is wrong" in await shell.types(commands[8][0])
    used = {number for number, found in commands.items() if found}
    assert used == {1, 4, 5, 7, 8}, "a step has new commands, which nobody has tried"
