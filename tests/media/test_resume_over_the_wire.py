"""Uploads in several requests to the real server on a real socket: connections that break, kills, a full disk."""

import asyncio
import hashlib

import httpx
import pytest

from tests.chaos.server import ServerProcess
from tests.media.conftest import DOWNLOAD, UPLOAD
from tests.media.test_over_the_wire import PIECE, client, files, server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
__all__ = ["client", "server"]

LENGTH = 9_000_000
DATA = (PIECE * 9)[:LENGTH]


async def create(client: httpx.AsyncClient) -> str:
    made = (await client.post("/_matrix/media/v1/create", json={})).json()
    return str(made["content_uri"]).removeprefix("mxc://")


async def begin(client: httpx.AsyncClient, address: str, body: bytes) -> httpx.Response:
    headers = {"Upload-Complete": "?0", "Upload-Length": str(LENGTH)}
    return await client.put(f"{UPLOAD}/{address}", content=body, headers=headers)


async def go_on(client: httpx.AsyncClient, address: str, offset: int, body: bytes, last: int = 0) -> httpx.Response:
    headers = {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": f"?{last}",
    }
    return await client.patch(f"{UPLOAD}/{address}", content=body, headers=headers)


async def offset(client: httpx.AsyncClient, address: str) -> int:
    answer = await client.head(f"{UPLOAD}/{address}")
    assert (answer.status_code, answer.headers["upload-complete"]) == (204, "?0")
    return int(answer.headers["upload-offset"])


async def send_some(
    client: httpx.AsyncClient, server: ServerProcess, address: str, at: int, length: int, chunked: bool
) -> asyncio.StreamWriter:
    """A part that is announced whole and of which only some bytes come."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {LENGTH - at}"
    head = (
        f"PATCH {UPLOAD}/{address} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
        f"Content-Type: application/partial-upload\r\nUpload-Offset: {at}\r\nUpload-Complete: ?1\r\n{framing}\r\n\r\n"
    )
    some = DATA[at : at + length]
    writer.write(head.encode() + (b"%x\r\n%s\r\n" % (length, some) if chunked else some))
    await writer.drain()
    return writer


async def until_written(server: ServerProcess, size: int) -> None:
    """Return when so much of the only unfinished upload is in its file, or must be about to be."""
    async with asyncio.timeout(10):
        while sum(path.stat().st_size for path in files(server) if path.parent.name == "unfinished") < size:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def require_whole(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(f"{DOWNLOAD}/{address}")
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(DATA).digest()
    assert answer.headers["etag"] == f'"{hashlib.sha256(DATA).hexdigest()}"'  # what the server thinks it is


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_connection_that_breaks(server: ServerProcess, client: httpx.AsyncClient, chunked: bool) -> None:
    """What has come is kept, to the byte, and is not taken for the end."""
    address = await create(client)
    assert (await begin(client, address, DATA[:1000])).status_code == 201
    writer = await send_some(client, server, address, 1000, 5_000_000, chunked)
    await until_written(server, 4_000_000)
    writer.transport.abort()
    at = await offset(client, address)
    assert 4_000_000 < at <= 5_001_000
    pause = 0.1
    while await offset(client, address) != at + 100:  # a little is kept too, if it had come before we asked
        assert pause < 10
        writer = await send_some(client, server, address, at, 100, chunked)
        await asyncio.sleep(pause := pause * 2)
        writer.close()
    assert (await go_on(client, address, at + 100, DATA[at + 100 :], last=1)).status_code == 200
    await require_whole(client, address)
    assert len(files(server)) == 1


async def test_kills_lose_nothing_that_was_said_to_have_come(server: ServerProcess, client: httpx.AsyncClient) -> None:
    address = await create(client)
    assert (await begin(client, address, DATA[:1_000_000])).status_code == 201
    await server.kill()
    await server.start()
    assert await offset(client, address) == 1_000_000
    assert (await go_on(client, address, 1_000_000, DATA[1_000_000:4_000_001])).status_code == 204
    writer = await send_some(client, server, address, 4_000_001, 2_000_000, chunked=False)
    await until_written(server, 5_000_000)
    await server.kill()
    writer.close()
    await server.start()
    at = await offset(client, address)
    assert at == 4_000_001  # in the middle of a request shorter than a checkpoint
    assert (await go_on(client, address, at, DATA[at:], last=1)).status_code == 200
    await server.kill()
    await server.start()
    await require_whole(client, address)
    async with asyncio.timeout(5):
        while len(files(server)) > 1:  # noqa: ASYNC110  # the sweeper works beside us
            await asyncio.sleep(0.02)


async def test_a_server_that_stops_keeps_what_has_come(server: ServerProcess, client: httpx.AsyncClient) -> None:
    address = await create(client)
    await begin(client, address, b"")
    writer = await send_some(client, server, address, 0, 3_000_000, chunked=False)
    await until_written(server, 2_000_000)
    took, status = await server.end()
    writer.close()
    assert (took < 5, status) == (True, 0)
    await server.start()
    at = await offset(client, address)
    assert 2_000_000 < at <= 3_000_000
    assert (await go_on(client, address, at, DATA[at:], last=1)).status_code == 200
    await require_whole(client, address)


async def test_a_disk_that_is_full_in_the_middle(server: ServerProcess, client: httpx.AsyncClient) -> None:
    """What still went onto it is kept; there is where it goes on once there is room."""
    address = await create(client)
    assert (await begin(client, address, DATA[:1000])).status_code == 201
    server.limit_files(4_000_000)
    answer = await go_on(client, address, 1000, DATA[1000:], last=1)
    assert (answer.status_code, answer.json()["errcode"]) == (503, "M_UNKNOWN")
    at = await offset(client, address)
    assert at == 4_000_000
    server.limit_files(1_000_000_000)
    assert (await go_on(client, address, at, DATA[at:], last=1)).status_code == 200
    await require_whole(client, address)
