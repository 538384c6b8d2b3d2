"""Reading what servers answer: whole or in pieces, sound or garbled."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from chappe.outside.answers import MAX_ANSWER_BYTES, MAX_HEAD_BYTES, Answered, Garbled, Incoming
from chappe.outside.connections import Connections
from chappe.push.pushers import PATH
from tests.push.gateway import GatewayServer

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

WHOLE = [
    (OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True),
    (OK + b"content-length:2\r\nX: y: z\r\n\r\n{}", 200, b"{}", True),
    (OK + b"Content-Length: 2\r\nConnection: Close\r\n\r\n{}", 200, b"{}", False),
    (OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 500", 200, b"{}", False),
    (b"HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n", 200, b"", False),
    (b"HTTP/1.1 204 Nothing\r\n\r\n", 204, b"", True),
    (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx",
        200,
        b"x",
        True,
    ),
    (b"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", 503, b"", True),
    (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", 200, b"{}", True),
    (CHUNKED + b"1;a=b\r\n{\r\nA \r\n0123456789\r\n0\r\nLater: field\r\n\r\n", 200, b"{0123456789", True),
    (CHUNKED + b"0\r\n\r\n", 200, b"", True),
]
GARBLED = [
    b"SSH-2.0-server\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"HTTP/1.1 0200 OK\r\n\r\n",
    OK + b"no colon\r\n\r\n",
    OK + b"Content-Length: -1\r\n\r\n",
    OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    OK + b"Content-Length: %d\r\n\r\n" % (MAX_ANSWER_BYTES + 1),
    OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    OK + b"X: " + b"y" * MAX_HEAD_BYTES,
    OK + b"\r\n" + b"y" * (MAX_ANSWER_BYTES + 1),
    CHUNKED + b"x\r\n",
    CHUNKED + b"fffffffff\r\n",
    CHUNKED + b"1\r\n{}\r\n",
]
INCOMPLETE = [b"", b"HTTP/1.1 2", OK, OK + b"Content-Length: 3\r\n\r\n{}", CHUNKED + b"2\r\n{}\r\n", CHUNKED + b"0\r\n"]


def read(data: bytes, at_once: int) -> Answered | None:
    incoming = Incoming()
    for start in range(0, len(data), at_once):
        if (answered := incoming.take(data[start : start + at_once])) is not None:
            return answered
    return None


@pytest.mark.parametrize(("data", "status", "body", "may_stay"), WHOLE)
def test_an_answer_is_read_however_it_comes(data: bytes, status: int, body: bytes, may_stay: bool) -> None:
    whole = read(data, len(data))
    assert whole is not None
    assert (whole.status, whole.body, whole.may_stay, whole.is_cut) == (status, body, may_stay, False)
    for at_once in (1, 2, 3, 7):
        found = read(data, at_once)
        assert found is not None
        assert (found.status, found.body) == (status, body)


@pytest.mark.parametrize("data", GARBLED)
def test_what_is_garbled_is_no_answer(data: bytes) -> None:
    for at_once in (1_000, len(data)):
        with pytest.raises(Garbled):
            read(data, at_once)


@pytest.mark.parametrize("data", INCOMPLETE)
def test_what_is_cut_off_is_no_answer(data: bytes) -> None:
    incoming = Incoming()
    assert incoming.take(data) is None
    with pytest.raises(Garbled):
        incoming.end()


def test_an_answer_may_end_with_its_connection() -> None:
    incoming = Incoming()
    assert incoming.take(OK + b"\r\n{") is None
    assert incoming.take(b"}") is None
    assert incoming.end() == Answered(200, b"{}", may_stay=False)


LONG = OK + b"Content-Type: a/b\r\n"


@pytest.mark.parametrize(
    "data",
    [
        LONG + b"Content-Length: 20\r\n\r\n0123456789abcdefghij",
        LONG + b"Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n64\r\n56789abcdefghijklmnop",
        LONG + b"Transfer-Encoding: chunked\r\n\r\n14\r\n0123456789abcdefghij\r\n0\r\n\r\n",
        LONG + b"\r\n0123456789abcdefghij",
    ],
)
def test_of_a_long_answer_the_beginning_may_be_enough(data: bytes) -> None:
    for at_once in (1, 3, len(data)):
        incoming = Incoming(10, may_be_cut=True)
        found = next(
            answered
            for start in range(0, len(data), at_once)
            if (answered := incoming.take(data[start : start + at_once])) is not None
        )
        assert b"0123456789".startswith(found.body)
        assert (found.is_cut, found.fields[b"content-type"]) == (True, b"a/b")
        with pytest.raises(Garbled):
            Incoming(10).take(data)


@contextlib.asynccontextmanager
async def counting(answer: Callable[[int], bytes | None]) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that answers the n-th request of a connection, or ends it: its address, and how many requests each
    connection had."""
    served: list[int] = []
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = len(served)
        served.append(0)
        serving.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n{}"):
                if (said := answer(served[mine])) is None:
                    break
                served[mine] += 1
                writer.write(said)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}", served
    server.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*(task for task in serving if task is not None))


@pytest.mark.anyio
async def test_a_connection_is_used_again_and_replaced_when_it_was_closed() -> None:
    """Also when it is closed while the request is on its way there."""
    taken = OK + b"Content-Length: 2\r\n\r\n{}"
    connections = Connections(("127.0.0.0/8",))
    async with counting(lambda number: taken if number < 3 else None) as (url, served):
        for _ in range(7):
            assert (await connections.post(url, [], b"{}")).body == b"{}"
        assert served == [3, 3, 1]
        connections.close()


@pytest.mark.anyio
async def test_a_connection_that_was_given_up_is_not_used_again(gateway: GatewayServer) -> None:
    """What comes on it later would be taken for the answer to another request."""
    connections = Connections(("127.0.0.0/8",))
    async with counting(lambda number: b"") as (url, served):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await connections.post(url, [], b"{}")
        assert not connections._idle
        assert (await connections.post(gateway.url, [], b'{"notification":{}}')).status == 200
        assert (len(connections._idle), connections._kept, served) == (1, 1, [1])
        connections.close()
