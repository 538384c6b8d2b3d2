"""The push gateway of the benchmarks notes what arrives, in whatever pieces, and answers each."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from benchmarks.client import connect
from benchmarks.gateway import PATH, Gateway

pytestmark = pytest.mark.anyio


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """One that listens."""
    gateway = Gateway()
    await gateway.open()
    yield gateway
    gateway.close()


async def test_what_was_expected_is_counted_and_nothing_else(gateway: Gateway) -> None:
    arrivals = gateway.expect(b"tomorrow", 2)
    connection = await connect(urlsplit(gateway.url).port or 0)
    for body in (b'{"a":"today"}', b'{"a":"tomorrow"}', b'{"b":"tomorrow"}'):
        assert not arrivals.done()
        assert (await connection.post(PATH, body=body)).require().body == b'{"rejected":[]}'
    first_s, second_s = await asyncio.wait_for(arrivals, 5)
    assert first_s < second_s
    connection.close()


async def test_a_notification_that_comes_in_pieces_is_one(gateway: Gateway) -> None:
    arrivals = gateway.expect(b"tomorrow", 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(gateway.url).port)
    for piece in (b"POST / HTTP/1.1\r\nContent-", b"Length: 10\r\n\r\ntomo", b"rrow..POST"):
        writer.write(piece)
        await asyncio.sleep(0.01)
    assert await reader.readuntil(b"\r\n\r\n")
    assert len(await asyncio.wait_for(arrivals, 5)) == 1
    writer.close()
    await writer.wait_closed()
