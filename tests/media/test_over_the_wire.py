"""The real server on a real socket: large files in bounded memory, parts, and ends in the middle."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.server import ServerProcess
from tests.media.conftest import DOWNLOAD, THUMBNAIL, UPLOAD
from tests.media.test_thumbnails import image

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LARGE = 200_000_000
PIECE = bytes(range(256)) * 4096
MORE_MEMORY_KB = 60_000
"""What 200 MB going in and out may add to the memory of the process."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    server.configuration.write_text(server.configuration.read_text() + "max_upload_bytes = 2_000_000_000\n")
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
        body = {"username": "anna", "password": "correct horse", "auth": {"type": "m.login.dummy"}}
        token = (await client.post("/_matrix/client/v3/register", json=body)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def peak_kb(server: ServerProcess) -> int:
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def files(server: ServerProcess) -> list[Path]:
    return [path for path in (server.data / "media").rglob("*") if path.is_file()]


async def pieces(size: int) -> AsyncIterator[bytes]:
    while size > 0:
        yield PIECE[:size]
        size -= len(PIECE)


async def upload(client: httpx.AsyncClient, size: int) -> str:
    answer = await client.post(UPLOAD, content=pieces(size), headers={"Content-Length": str(size)})
    return str(answer.json()["content_uri"]).removeprefix("mxc://")


async def test_large_files_go_in_and_out_in_bounded_memory(server: ServerProcess, client: httpx.AsyncClient) -> None:
    """uploadContent with a length and in chunks, getContentAuthed whole and in part."""
    before = peak_kb(server)
    address = await upload(client, LARGE)
    in_chunks = (await client.post(UPLOAD, content=pieces(LARGE))).json()["content_uri"].removeprefix("mxc://")
    expected = hashlib.sha256()
    async for piece in pieces(LARGE):
        expected.update(piece)
    for each in (address, in_chunks):
        for headers, status in (({}, 200), ({"Range": "bytes=0-"}, 206)):
            got = hashlib.sha256()
            async with client.stream("GET", f"{DOWNLOAD}/{each}", headers=headers) as answer:
                assert (answer.status_code, answer.headers["content-length"]) == (status, str(LARGE))
                async for piece in answer.aiter_bytes():
                    got.update(piece)
            assert got.digest() == expected.digest()
    part = await client.get(f"{DOWNLOAD}/{address}", headers={"Range": f"bytes={LARGE - 3}-"})
    assert (part.status_code, part.content) == (206, (PIECE * 191)[LARGE % len(PIECE) - 3 : LARGE % len(PIECE)])
    assert peak_kb(server) - before < MORE_MEMORY_KB


async def test_who_reads_slowly_does_not_fill_the_memory(server: ServerProcess, client: httpx.AsyncClient) -> None:
    address = await upload(client, LARGE)
    before = peak_kb(server)
    token = client.headers["Authorization"]
    writers = []
    for wanted in ("", "Range: bytes=0-\r\n") * 5:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=4096)
        request = f"GET {DOWNLOAD}/{address} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n{wanted}\r\n"
        writer.write(request.encode())
        await reader.readexactly(1000)
        writers.append(writer)
    await asyncio.sleep(0.5)
    assert peak_kb(server) - before < MORE_MEMORY_KB
    took, _ = await server.end()
    assert took < 5
    for writer in writers:
        writer.close()


async def test_an_end_in_the_middle_leaves_nothing(server: ServerProcess, client: httpx.AsyncClient) -> None:
    """kill -9 during an upload: what was acknowledged is there after the start, the rest is swept."""
    address = await upload(client, 1_000_000)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield PIECE
            await asyncio.sleep(0.01)

    uploads = [asyncio.create_task(client.post(UPLOAD, content=endless())) for _ in range(3)]
    await asyncio.sleep(0.5)
    assert len(files(server)) == 4
    await server.kill()
    for ended in await asyncio.gather(*uploads, return_exceptions=True):
        assert isinstance(ended, httpx.TransportError)
    await server.start()
    async with asyncio.timeout(5):
        while len(files(server)) > 1:  # noqa: ASYNC110  # the sweeper works beside us
            await asyncio.sleep(0.02)
    assert len((await client.get(f"{DOWNLOAD}/{address}")).content) == 1_000_000


async def test_a_disk_that_is_full_refuses_files_and_nothing_else(
    server: ServerProcess, client: httpx.AsyncClient
) -> None:
    address = await upload(client, 300_000)
    server.limit_files(2_000_000)
    for size in (5_000_000, 20_000_000):
        answer = await client.post(UPLOAD, content=b"x" * size)
        assert (answer.status_code, answer.json()["errcode"]) == (503, "M_UNKNOWN")
        assert int(answer.headers["retry-after"]) > 0
    assert len(files(server)) == 1
    assert len((await client.get(f"{DOWNLOAD}/{address}")).content) == 300_000


async def test_thumbnails_in_the_real_server(server: ServerProcess, client: httpx.AsyncClient) -> None:
    """getContentThumbnailAuthed."""
    answer = await client.post(UPLOAD, content=image(1000, 1000, "JPEG"), headers={"Content-Type": "image/jpeg"})
    address = answer.json()["content_uri"].removeprefix("mxc://")
    for _ in range(2):
        answer = await client.get(f"{THUMBNAIL}/{address}", params={"width": 96, "height": 96, "method": "crop"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    took, status = await server.end()
    assert (took < 5, status) == (True, 0)


async def test_a_file_that_became_shorter_is_cut_off_and_not_made_up(
    server: ServerProcess, client: httpx.AsyncClient
) -> None:
    address = await upload(client, 3_000_000)
    with files(server)[0].open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(httpx.TransportError):
        await client.get(f"{DOWNLOAD}/{address}", headers={"Range": "bytes=10-"})
    assert (await client.get(f"{DOWNLOAD}/{address}", headers={"Range": "bytes=10-20"})).status_code == 206
    assert "Traceback" not in server.last_log()
