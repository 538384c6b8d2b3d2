"""What is in the log, and what never is."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from chappe.http import DEVICE, Request, Routes
from chappe.http.router import Router
from chappe.logs import JSONLines, Lines, scrubbed
from tests.house import House

FORMATS = {"json": JSONLines, "text": Lines}


@pytest.fixture(params=FORMATS)
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged from DEBUG on, in either format."""
    into = io.StringIO()
    handler = logging.StreamHandler(into)
    handler.setFormatter(FORMATS[request.param]())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    logging.getLogger("chappe").setLevel(logging.DEBUG)
    yield into
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("chappe").setLevel(logging.NOTSET)


async def break_on(request: Request) -> dict[str, object]:
    """A handler with a mistake that quotes what it was sent."""
    try:
        int(request.header("x-secret") or "")
    except ValueError as error:
        raise RuntimeError(f"{request.token} {request.client_address}") from error
    return {}


@pytest.mark.anyio
async def test_a_scenario_leaves_no_words_tokens_or_addresses(house: House, written: io.StringIO) -> None:
    routes = Routes()
    routes.get("/_chappe/broken", auth=DEVICE)(break_on)
    house.chappe.application._router = Router([*house.chappe.application.routes, *routes])
    house._client.headers["x-secret"] = "the-secret-plan"
    anna, ben = await house.person("anna"), await house.person("ben")
    room_id = await anna.create_room(preset="public_chat", name="garden party")
    await ben.join(room_id)
    await anna.send(room_id, "strawberries at noon")
    await ben.sync()
    assert (await ben.get(f"/rooms/{quote(room_id)}/event/$nonsense")).status in (400, 404)
    assert (await ben.request("GET", "/_chappe/broken")).status == 500
    logging.getLogger("chappe.x").warning("from %s and %s: %s", "192.0.2.7", "2001:db8::7", anna.token)
    text = written.getvalue()
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "break_on" in text
    assert "/_chappe/broken" in text
    for secret in (
        "strawberries",
        "garden",
        "secret-plan",
        "127.0.0.1",
        "192.0.2.7",
        "2001:db8",
        House.PASSWORD,
        anna.token,
        ben.token,
        anna.token[-20:],
    ):
        assert secret not in text, secret


@pytest.mark.anyio
async def test_a_task_that_nobody_looks_after_tells_no_secret(written: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    loop.default_exception_handler(
        {"message": "Task failed", "exception": ValueError("the plan"), "future": "the plan"}
    )
    text = written.getvalue()
    assert "Task failed" in text
    assert "ValueError" in text
    assert "plan" not in text


def test_a_line_of_json_has_everything_to_look_for() -> None:
    record = logging.LogRecord("chappe.x", logging.WARNING, "x.py", 1, "%d of %s", (3, "five"), None)
    line = json.loads(JSONLines().format(record))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "warning", "logger": "chappe.x", "message": "3 of five"}


def test_a_message_of_several_lines_stays_one_line_of_json() -> None:
    record = logging.LogRecord("chappe.x", logging.INFO, "x.py", 1, "one\ntwo", (), None)
    assert "\n" not in JSONLines().format(record)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("peer 203.0.113.9 left", "peer (address) left"),
        ("peer [2001:db8::1] left", "peer [(address)] left"),
        ("at ::1", "at (address)"),
        ("12 units in 0.1 s", "12 units in 0.1 s"),
        ("chp_YW5uYQ_abcdefghijklmnopqrstuvwxyz0123", "…"),
        ("unique violation\nDETAIL:  Key (a)=(secret)", "unique violation"),
        ("Effect rooms.member_changed is tried again", "Effect rooms.member_changed is tried again"),
    ],
)
def test_addresses_tokens_and_quotes_are_cut(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_a_long_message_is_cut_short() -> None:
    assert len(scrubbed("word " * 10_000)) <= 2_000
