"""Bodies that are no JSON, or JSON that two readers would understand differently: at every endpoint that takes one."""

import asyncio
import contextlib

import pytest

from chappe.http.server import HTTPServer
from tests.hostile.estate import Estate
from tests.hostile.requests import ROUTES, right_path, right_query, who_may

pytestmark = pytest.mark.anyio

NOT_JSON = {
    "a brace": b"{",
    "a word": b"hello",
    "two objects": b"{}{}",
    "a comment": b"{} // so",
    "a comma too many": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a leading zero": b'{"a":01}',
    "a number beyond": b'{"a":1e999}',
    "UTF-16": '{"a":"b"}'.encode("utf-16"),
    "UTF-32": '{"a":"b"}'.encode("utf-32-le"),
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "latin-1": '{"a":"é"}'.encode("latin-1"),
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "overlong": b'{"a":"\xc0\xaf"}',
    "half a pair": b'{"a":"\\ud800"}',
    "the other half": b'{"a":"\\udc00\\ud800"}',
    "half a pair in a key": b'{"\\udfff":1}',
    "a raw line feed": b'{"a":"\n"}',
    "a raw NUL": b'{"a":"\0"}',
    "a key twice": b'{"a":1,"a":1}',
    "a key twice, escaped": b'{"a":1,"\\u0061":2}',
    "a key twice, deep": b'{"a":[{"b":{"c":1,"d":2,"c":3}}]}',
    "a key twice, spaced": b'{"a" :1,"a"\t: 2}',
    "a form": b"a=1&b=2",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "bottomless": b"[" * 100_000,
    "bottomless objects": b'{"a":' * 20_000,
}
BAD_JSON = {
    "array": b"[]",
    "text": b'"{}"',
    "number": b"0",
    "null": b"null",
    "true": b"true",
    "deep": b'{"a":' + b"[" * 70 + b"]" * 70 + b"}",
    "large number": b'{"a":9007199254740992}',
    "larger number": b'{"a":{"b":[-9007199254740992]}}',
}
BODIED = [label for label, route in ROUTES.items() if route.body is not None]


@pytest.mark.parametrize("label", BODIED)
async def test_bodies_that_are_no_json_object(estate: Estate, label: str) -> None:
    route = ROUTES[label]
    path, token = right_path(estate, route), who_may(estate, route).token
    query = right_query(label)
    before = await estate.stored()
    for name, raw in {**NOT_JSON, **BAD_JSON}.items():
        said = await estate.ask(route.method, path, raw, token=token, query=query)
        if len(raw) > route.max_body_bytes:
            assert said.code == (413, "M_TOO_LARGE"), (name, said)
        elif name.startswith("bottomless"):
            assert said.code in ((400, "M_NOT_JSON"), (400, "M_BAD_JSON")), (name, said)
        else:
            assert said.code == (400, "M_NOT_JSON" if name in NOT_JSON else "M_BAD_JSON"), (name, said)
    large = b'{"a":"' + b"x" * route.max_body_bytes + b'"}'
    assert (await estate.ask(route.method, path, large, token=token, query=query)).code == (413, "M_TOO_LARGE")
    if not route.empty_body_is_object:
        assert (await estate.ask(route.method, path, b"", token=token, query=query)).code == (400, "M_NOT_JSON")
    assert await estate.stored() == before


async def test_events_take_no_decimal_numbers_and_no_more_than_64_kib(estate: Estate) -> None:
    token = estate.ann.token
    room = await estate.ann.create_room()
    before = await estate.stored()
    for number, code in ((b"1.5", "M_BAD_JSON"), (b"1e2", "M_BAD_JSON"), (b"-0.0", "M_BAD_JSON")):
        raw = b'{"body":"x","a":{"b":[0,%s]}}' % number
        for path in (f"/rooms/{room}/send/m.room.message/d1", f"/rooms/{room}/state/org.example.any/"):
            said = await estate.ask("PUT", path, raw, token=token)
            assert said.code == (400, code), said
            assert "a.b[1]" in said.json["error"]
    for path in (f"/rooms/{room}/send/m.room.message/d2", f"/rooms/{room}/state/org.example.any/"):
        said = await estate.ask("PUT", path, {"body": "x" * 65_536}, token=token)
        assert said.code == (413, "M_TOO_LARGE"), said
    for path in (f"/rooms/{room}/send/{'x' * 256}/d3", f"/rooms/{room}/state/m.x/{'x' * 256}"):
        said = await estate.ask("PUT", path, {}, token=token)
        assert said.code == (413, "M_TOO_LARGE"), said
    assert await estate.stored() == before


RAW = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "no path": b"GET  HTTP/1.1\r\nHost: a\r\n\r\n",
    "NUL in a header": b"GET /_matrix/client/versions HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    "large header": b"GET /_matrix/client/versions HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET /_matrix/client/versions HTTP/1.1\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    "two lengths": (
        b"POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
    ),
    "length and chunks": (
        b"POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "negative length": b"POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{}",
    "broken chunk": (
        b"POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
    ),
    "half a body": b"POST /_matrix/client/v3/login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
    "half a request": b"GET /_matrix/cl",
    "whole address": b"GET http://elsewhere.example/_matrix/client/versions HTTP/1.1\r\nHost: a\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an upgrade": (
        b"GET /_matrix/client/v3/sync HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ),
    "bytes in the path": b"GET /_matrix/client/v3/profile/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": b"GET /_matrix/client/versions HTTP/1.1\r\n\r\n",
    "a body with GET": b"GET /_matrix/client/versions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
}


async def test_bytes_that_are_no_good_http(estate: Estate) -> None:
    server = HTTPServer(estate.chappe.application, "127.0.0.1", 0)
    await server.start()
    try:
        for name, raw in RAW.items():
            for cut in (False, True):
                said = await _heard(server.port, raw, cut=cut)
                assert not said.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")), (name, said)
        good = b"GET /_matrix/client/versions HTTP/1.1\r\nHost: a\r\n\r\n"
        assert (await _heard(server.port, good, cut=False)).startswith(b"HTTP/1.1 200")
    finally:
        await server.stop()
        estate.chappe.application.stopping.clear()
    estate.require_no_errors()


async def _heard(port: int, raw: bytes, *, cut: bool) -> bytes:
    """What the server says to these bytes at once; nothing if it waits for the rest, or hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        if cut:
            writer.write_eof()
        return await asyncio.wait_for(reader.read(4_096), 0.3)
    except (TimeoutError, OSError):
        return b""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
