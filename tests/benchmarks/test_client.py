"""The benchmarks' own HTTP client reads what servers send, in whatever pieces it arrives."""

import asyncio

import pytest

from benchmarks.client import Unexpected, connect

pytestmark = pytest.mark.anyio

LENGTH = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
TRICKY = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n"


async def answered(pieces: list[bytes], requests: int = 2) -> list[bytes]:
    """The bodies of so many requests on one connection to a server that answers each with `pieces`."""
    finished = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(requests):
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.close()
        await writer.wait_closed()
        finished.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        connection = await connect(server.sockets[0].getsockname()[1])
        try:
            return [(await connection.get("/")).require().body for _ in range(requests)]
        finally:
            connection.close()
            await finished.wait()


@pytest.mark.parametrize(
    ("answer", "body"), [(LENGTH, b"hello world"), (CHUNKED, b"hello world"), (TRICKY, b"0\r\n\r\n")]
)
@pytest.mark.parametrize("piece_bytes", [1, 7, 1000])
async def test_an_answer_is_read_however_it_is_cut(answer: bytes, body: bytes, piece_bytes: int) -> None:
    pieces = [answer[start : start + piece_bytes] for start in range(0, len(answer), piece_bytes)]
    assert await answered(pieces) == [body, body]


async def test_an_empty_body_is_an_answer() -> None:
    assert await answered([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]) == [b"", b""]


async def test_a_refusal_stops_the_scenario() -> None:
    with pytest.raises(Unexpected, match="429: slow"):
        await answered([b"HTTP/1.1 429 Too Many\r\nContent-Length: 4\r\n\r\nslow"], requests=1)


async def test_a_broken_connection_stops_the_scenario() -> None:
    with pytest.raises(Unexpected, match="closed"):
        await answered([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslo"], requests=1)
