"""The real server on a real socket: raw paths, clients that leave, slow bodies, and the end."""

import asyncio
import contextlib
import json
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chappe.errors import StartupError
from chappe.http import NOBODY, Application, Bounds, JSONObject, Limit, RateLimits, Request, Routes, limits
from chappe.http.connections import connections_for, memory_bytes
from chappe.http.server import CANCEL_SECONDS, CLOSE_SECONDS, HTTPServer
from chappe.resources import Resources
from tests.http.conftest import RecordingBus, SettableClock, Tokens, routes

pytestmark = pytest.mark.anyio

PATIENCE_S = 60
"""How long to wait on a machine that has much else to do before something counts as never."""

waiting = Routes()
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Left(asyncio.Event):
    """Set when a long poll noticed that its client left."""


@waiting.get("/poll", auth=NOBODY, limit=Limit.NONE)
async def get_poll(request: Request) -> JSONObject:
    stopping = asyncio.ensure_future(request.stopping.wait())
    news: list[asyncio.Future[Any]] = [stopping, request.gone]
    await asyncio.wait(news, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if request.gone.done():
        request.of(Left).set()
    return {"gone": request.gone.done()}


@waiting.get("/stubborn", auth=NOBODY, limit=Limit.NONE)
async def get_stubborn(request: Request) -> JSONObject:
    await asyncio.sleep(60)
    return {}


@waiting.get("/deaf", auth=NOBODY, limit=Limit.NONE)
async def get_deaf(request: Request) -> JSONObject:
    while not request.of(Left).is_set():
        with contextlib.suppress(asyncio.CancelledError):
            await request.of(Left).wait()
    return {}


@pytest.fixture
async def served() -> AsyncIterator[tuple[Application, HTTPServer]]:
    resources, clock = Resources(), SettableClock()
    resources.add(Left())
    bounds = Bounds(body_seconds=0.2, stop_grace_seconds=4.0)
    application = Application(
        Routes(routes, waiting), resources, Tokens(), RecordingBus(), rates=RateLimits({}, clock), bounds=bounds
    )
    server = HTTPServer(application, "127.0.0.1", 0)
    await server.start()
    yield application, server
    await server.stop()


async def open_with(server: HTTPServer, sent: bytes) -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    return reader, writer


async def exchange(server: HTTPServer, sent: bytes) -> tuple[int, bytes]:
    reader, writer = await open_with(server, sent)
    answer = await head_and_body(reader)
    writer.close()
    return answer


async def head_and_body(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    async with asyncio.timeout(PATIENCE_S):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return int(head[9:12]), await reader.readexactly(length)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


async def until_in_flight(application: Application, requests: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(application.in_flight) < requests:  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.01)


async def test_the_path_arrives_as_it_was_sent(served: tuple[Application, HTTPServer]) -> None:
    _, server = served
    status, body = await exchange(server, get("/rooms/!r:example.org/state/m.x/a%2Fb%25"))
    assert (status, body) == (200, b'{"room":"!r:example.org","type":"m.x","key":"a/b%"}')
    assert (await exchange(server, get("/rooms/!r:example.org/state/m.x/%FF")))[0] == 400
    assert (await exchange(server, get("http://elsewhere/things/list")))[0] == 200


async def test_one_connection_serves_many_requests(served: tuple[Application, HTTPServer]) -> None:
    _, server = served
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        for number in range(20):
            assert (await client.post("/echo", json={"n": number})).json() == {"n": number}
            assert (await client.head("/things/list")).headers["content-length"] == "13"
        refused = await client.get("/nowhere")
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (404, "*")


async def test_bodies_too_large_or_too_slow_are_refused_on_the_wire(served: tuple[Application, HTTPServer]) -> None:
    _, server = served
    post = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
    assert (await exchange(server, post + b"Content-Length: 5000\r\n\r\n{"))[0] == 413
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n5dc\r\n" + b"x" * 1500 + b"\r\n0\r\n\r\n"
    assert (await exchange(server, chunked))[0] == 413
    assert (await exchange(server, post + b"Content-Length: 50\r\n\r\n{"))[0] == 408


async def test_an_address_or_head_too_long_is_refused_on_the_wire(served: tuple[Application, HTTPServer]) -> None:
    _, server = served
    for length in (9_000, 60_000):
        status, body = await exchange(server, get("/things/" + "x" * length))
        assert status == 414
        assert json.loads(body)["errcode"] == "M_TOO_LARGE"
    for length in (120_000, 300_000):
        assert (await exchange(server, get("/things/" + "x" * length)))[0] == 431


async def test_connections_that_never_end_their_heads_are_bounded(served: tuple[Application, HTTPServer]) -> None:
    """Each may hold a head's worth of memory: further ones wait in the kernel, and are served when one closes."""
    application, _ = served
    server = HTTPServer(application, "127.0.0.1", 0, connections=3)
    await server.start()
    hostile = [await open_with(server, b"GET /things/list HTTP/1.1\r\nX: " + b"x" * 20_000) for _ in range(3)]
    last = asyncio.create_task(exchange(server, get("/things/list")))
    for _ in range(30):
        await asyncio.sleep(0.01)
    assert not last.done()
    hostile[0][1].close()
    assert (await last)[0] == 200
    for _, writer in hostile:
        writer.close()
    await server.stop()


def test_the_heads_of_all_connections_fit_into_a_part_of_the_memory(tmp_path: Path) -> None:
    gigabyte = 1024**3
    for size in (1, 2, 4, 8):
        memory = size * gigabyte
        assert limits.FEWEST_CONNECTIONS < connections_for(memory) < limits.MAX_CONNECTIONS
        assert connections_for(memory) * limits.HELD_BY_HEAD_BYTES <= memory * limits.HEADS_SHARE
    assert connections_for(64 * gigabyte) == limits.MAX_CONNECTIONS
    assert connections_for(gigabyte // 8) == limits.FEWEST_CONNECTIONS
    of_container = tmp_path / "memory.max"
    machine = memory_bytes(of_container)
    assert machine > 0
    for text, found in (("max\n", machine), ("268435456\n", 268_435_456), (f"{2 * machine}\n", machine)):
        of_container.write_text(text)
        assert memory_bytes(of_container) == found


async def test_a_long_poll_notices_that_its_client_left(served: tuple[Application, HTTPServer]) -> None:
    application, server = served
    _, writer = await open_with(server, get("/poll"))
    await until_in_flight(application, 1)
    assert not application.resources.of(Left).is_set()
    writer.close()
    async with asyncio.timeout(PATIENCE_S):
        await application.resources.of(Left).wait()


def test_the_steps_of_stopping_take_less_than_five_seconds_together() -> None:
    assert Bounds().stop_grace_seconds + CANCEL_SECONDS + CLOSE_SECONDS < 5


async def test_stopping_answers_a_thousand_long_polls(
    served: tuple[Application, HTTPServer],
) -> None:
    application, server = served
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    polls = await asyncio.gather(*[open_with(server, get("/poll")) for _ in range(980)])
    stubborn = await asyncio.gather(*[open_with(server, get("/stubborn")) for _ in range(20)])
    idle = await asyncio.gather(*[open_with(server, b"") for _ in range(50)])
    await until_in_flight(application, 1000)

    stopping = asyncio.create_task(server.stop())
    await application.stopping.wait()
    late = await exchange(server, get("/things/list"))
    async with asyncio.timeout(PATIENCE_S):
        await stopping

    assert late[0] == 503
    assert not application.in_flight
    answers = await asyncio.gather(*[head_and_body(reader) for reader, _ in polls])
    assert set(answers) == {(200, b'{"gone":false}')}
    assert {status for status, _ in await asyncio.gather(*[head_and_body(r) for r, _ in stubborn])} == {503}
    with pytest.raises(OSError):
        await open_with(server, b"")
    for _, writer in [*polls, *stubborn, *idle]:
        writer.close()


async def test_a_handler_that_ignores_its_cancellation_does_not_hold_up_the_end() -> None:
    resources = Resources()
    resources.add(Left())
    application = Application(
        waiting, resources, Tokens(), RecordingBus(), rates=RateLimits({}, SettableClock()), bounds=Bounds()
    )
    server = HTTPServer(application, "127.0.0.1", 0)
    await server.start()
    _, writer = await open_with(server, get("/deaf"))
    await until_in_flight(application, 1)
    async with asyncio.timeout(PATIENCE_S):
        await server.stop()
    application.resources.of(Left).set()
    writer.close()


async def test_a_port_in_use_is_told(served: tuple[Application, HTTPServer]) -> None:
    application, server = served
    with pytest.raises(StartupError, match=f"127.0.0.1:{server.port}"):
        await HTTPServer(application, "127.0.0.1", server.port).start()
    with pytest.raises(StartupError, match="Cannot listen"):
        await HTTPServer(application, "203.0.113.1", 0).start()
