"""What people do with the web client, in a real browser. Each story is told in `stories/`; its steps are lines here.

`CHAPPE_CHROMIUM=/path/to/chromium` takes another browser, `CHAPPE_TEST_PICTURES=folder` leaves pictures to look at,
`CHAPPE_TEST_CONSOLE=1` shows what the pages said.
"""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.server import ServerProcess
from tests.tidy.repository import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STORIES = Path(__file__).parent / "stories"
STORY_S = 240.0
"""Far more than a story takes, for a machine that has other things to do."""

STEPS = {
    "groups": [
        "made an encrypted group",
        "invited and accepted",
        "renamed",
        "made a moderator",
        "removed a member",
        "left",
        "found and joined a public group",
        "filtered the list",
        "done",
    ],
    "settings": [
        "changed name and picture",
        "changed theme and language",
        "blocked and unblocked",
        "chose what to be told of",
        "exported",
        "read without a network",
        "changed the password",
        "looked at from right to left, and on a phone",
        "ended the account",
        "done",
    ],
    "conversation": [
        "began a chat",
        "reacted, and took it back",
        "answered, and changed the answer",
        "mentioned somebody",
        "pinned a message",
        "talked in a thread",
        "asked all, and ended it",
        "forwarded a message",
        "what was written offline came in its order",
        "what waits outlives a reload",
        "done",
    ],
    "finding": [
        "talked encrypted and openly",
        "found both, and went to one",
        "found something in this chat",
        "what was changed is found as it is, what was deleted is not",
        "it is encrypted, and gone after logging out",
        "done",
    ],
    "hostile_room": [
        "the room is full of tricks",
        "looked at it",
        "nothing of it runs, or breaks the page",
        "nobody is taken for the server",
        "done",
    ],
    "pictures_and_voice": [
        "began a chat",
        "a picture with a text below it",
        "looked at it, and saved it",
        "files that lie are files",
        "a voice message",
        "what failed is sent again",
        "a file that waits outlives a reload",
        "done",
    ],
    "keys_by_camera": [
        "chose a passphrase",
        "stopped a comparison",
        "scanned a code",
        "restored with the passphrase",
        "saved keys in a file and took them back",
        "threw a stranger out",
        "done",
    ],
    "keys_of_ones_own": [
        "made a recovery key",
        "has a copy of every key",
        "confirmed the second device by pictures",
        "read older messages there",
        "read them on a third device with the recovery key",
        "done",
    ],
    "keys_of_others": [
        "talks with somebody at another client",
        "compared keys by pictures",
        "was told that the keys have changed, and sent nothing",
        "went on without comparing, and what waited was sent",
        "was asked to compare again",
        "done",
    ],
    "told_while_closed": [
        "signed up a browser",
        "chose a word to hear of",
        "was told while the client was closed, without a text that is encrypted",
        "what was read elsewhere is no longer told",
        "opened the chat from it",
        "logged out, and is told no more",
        "done",
    ],
    # The numbers stand in docs/client/clicks.md, too.
    "clicks": [
        "begin a chat with somebody new: 2 + 0",
        "write in a chat of the list: 1 + 1",
        "change what one has written last: 0 + 2",
        "answer a message: 2 + 1",
        "react with a sign: 3 + 0",
        "send a picture with a text: 1 + 1",
        "send a voice message: 2 + 0",
        "delete a message for everybody: 3 + 0",
        "mute a chat: 2 + 0",
        "make a group of three: 7 + 0",
        "done",
    ],
    "own_choices": [
        "said who may invite",
        "showed a link as a code",
        "moved a group of an old form",
        "gave the account a mail address, and took it away",
        "done",
    ],
    "link_previews": [
        "shows what a page is about, in an open chat",
        "asks for nothing in an encrypted one",
        "asks there, too, for who wants that",
        "done",
    ],
    "own_order": [
        "made folders, and put a chat into one",
        "renamed and deleted them, on both devices",
        "saved a message, for both devices",
        "went on with a draft on the other device",
        "done",
    ],
    "two_people": [
        "signed up",
        "began an encrypted chat",
        "accepted the invitation",
        "talked both ways",
        "went on after a reload",
        "logged out",
        "done",
    ],
}


@pytest.mark.parametrize("story", STEPS)
async def test_a_story(story: str, server: ServerProcess) -> None:
    told = await asyncio.create_subprocess_exec(
        *("node", str(STORIES / f"{story}.mjs"), f"http://127.0.0.1:{server.port}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(STORY_S):
            said, wrong = await told.communicate()
    finally:
        if told.returncode is None:
            told.kill()
            await told.wait()
    assert said.decode().splitlines() == STEPS[story], f"{wrong.decode()[-20_000:]}\n{server.last_log()}"
    assert told.returncode == 0


def test_the_page_of_clicks_has_what_is_counted() -> None:
    page = (ROOT / "docs/client/clicks.md").read_text()
    counted = [step.split(": ") for step in STEPS["clicks"] if ": " in step]
    assert len(counted) == 10
    assert [act for act, cost in counted if f"| {act} | {cost} |" not in page] == []


def test_every_story_is_here() -> None:
    from tests.web.test_safety_stories import STEPS as WITH_A_DESK

    assert {path.stem for path in STORIES.glob("*.mjs")} == set(STEPS) | set(WITH_A_DESK)
