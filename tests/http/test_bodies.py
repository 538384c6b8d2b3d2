"""Bodies and query strings: read strictly, refused with what is wrong and where."""

from collections.abc import AsyncIterator
from typing import Literal

import anyio
import httpx
import msgspec
import pytest

from chappe.errors import Refused
from chappe.http import NOBODY, JSONObject, Request, Routes
from chappe.http.body import read
from chappe.http.limits import MAX_BYTES_READ_ON_LOOP
from chappe.http.query import convert
from tests.http.conftest import BEARER, errcode

pytestmark = pytest.mark.anyio


async def dripping(*chunks: bytes, pause: float = 0.0) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await anyio.sleep(pause)
        yield chunk


async def test_a_body_is_read_whole_or_in_chunks(client: httpx.AsyncClient) -> None:
    assert (await client.post("/echo", content=b'{"a": 1}')).json() == {"a": 1}
    assert (await client.post("/echo", content=dripping(b'{"a', b'":', b" 1}"))).json() == {"a": 1}


async def test_no_body_is_an_empty_object_for_post_only(client: httpx.AsyncClient) -> None:
    assert (await client.post("/echo")).json() == {}
    assert errcode(await client.put("/echo")) == (400, "M_NOT_JSON")


async def test_too_large_a_body_is_refused_with_and_without_a_declared_length(client: httpx.AsyncClient) -> None:
    large = b'{"a":"' + b"x" * 1000 + b'"}'
    assert errcode(await client.post("/echo", content=large)) == (413, "M_TOO_LARGE")
    assert errcode(await client.post("/echo", content=dripping(large[:500], large[500:]))) == (413, "M_TOO_LARGE")
    assert errcode(await client.post("/echo", content=b"{}", headers={"Content-Length": "9" * 30})) == (
        413,
        "M_TOO_LARGE",
    )


async def test_a_long_body_is_decoded_beside_the_loop(client: httpx.AsyncClient) -> None:
    for length, on_loop in ((10, True), (MAX_BYTES_READ_ON_LOOP, False)):
        answer = await client.post("/long", json={"text": "x" * length})
        assert answer.json() == {"length": length, "on_loop": on_loop}
    assert errcode(await client.post("/long", content=b"[" * (2 * MAX_BYTES_READ_ON_LOOP)))[0] == 400


async def test_a_body_that_does_not_arrive_in_time_is_408(client: httpx.AsyncClient) -> None:
    slow = dripping(b"{", b'"a"', b":", b"1", b"}", pause=0.08)
    assert errcode(await client.post("/echo", content=slow)) == (408, "M_UNKNOWN")
    assert (await client.post("/echo", content=dripping(b"{", b"}", pause=0.01))).json() == {}


async def test_many_slow_bodies_share_one_deadline(client: httpx.AsyncClient) -> None:
    statuses: list[int] = []

    async def post(delay: float, pause: float) -> None:
        await anyio.sleep(delay)
        answer = await client.post("/echo", content=dripping(b"{", b"}", pause=pause))
        statuses.append(answer.status_code)

    with anyio.fail_after(3):
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(post, number * 0.02, 1.0 if number % 2 else 0.001)
    assert sorted(statuses) == [200] * 10 + [408] * 10


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "M_NOT_JSON"),
        (b"\xff", "M_NOT_JSON"),
        (b'{"a":"\xc3"}', "M_NOT_JSON"),
        (b'{"a":1,"a":2}', "M_NOT_JSON"),
        (b'{"a":NaN}', "M_NOT_JSON"),
        (b"[]", "M_BAD_JSON"),
        (b"1", "M_BAD_JSON"),
        (b'"{}"', "M_BAD_JSON"),
        (b"null", "M_BAD_JSON"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "M_BAD_JSON"),
        (b'{"a":{"b":[0,9007199254740992]}}', "M_BAD_JSON"),
        (b'{"a":-' + b"9" * 400 + b"}", "M_BAD_JSON"),
    ],
)
async def test_what_is_no_json_object_is_refused(client: httpx.AsyncClient, body: bytes, code: str) -> None:
    assert errcode(await client.post("/echo", content=body)) == (400, code)


async def test_the_largest_whole_number_passes(client: httpx.AsyncClient) -> None:
    assert (await client.post("/echo", content=b'{"a":9007199254740991}')).json() == {"a": 2**53 - 1}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"typing": "yes"}, "typing"),
        ({"typing": True, "timeout": "soon"}, "timeout"),
        ({"typing": True, "timeout": 1.5}, "timeout"),
        ({"typing": True, "rooms": ["!a:b", 7]}, "rooms[1]"),
        ({}, "typing"),
    ],
)
async def test_a_wrong_type_is_named_by_its_path(
    client: httpx.AsyncClient, body: dict[str, object], named: str
) -> None:
    answer = await client.put("/typing/@a:b", json=body, headers=BEARER)
    assert errcode(answer) == (400, "M_BAD_JSON")
    assert named in answer.json()["error"]


class Ordered(msgspec.Struct):
    order: Literal["a", "b"]


ordered = Routes()


@ordered.put("/ordered", auth=NOBODY)
async def put_ordered(request: Request, body: Ordered, query: Ordered) -> JSONObject:
    return {}


@pytest.mark.parametrize("wrong", ["x" * 5_000, "a - at b", "a\nb"])
async def test_a_refusal_names_the_path_and_does_not_repeat_a_whole_value(wrong: str) -> None:
    (route,) = ordered
    with pytest.raises(Refused) as of_query:
        convert({"order": [wrong]}, Ordered)
    assert of_query.value.reason.startswith("The query parameter order is wrong: Invalid enum value '")
    with pytest.raises(Refused) as of_body:
        read(msgspec.json.encode({"order": wrong}), route)
    assert of_body.value.reason.startswith("order: Invalid enum value '")
    assert max(len(of_query.value.reason), len(of_body.value.reason)) < 300


async def test_unknown_keys_and_any_content_type_are_accepted(client: httpx.AsyncClient) -> None:
    headers = {**BEARER, "Content-Type": "text/plain"}
    answer = await client.put("/typing/@a:b", content=b'{"typing":true,"new":{}}', headers=headers)
    assert answer.json() == {"typing": True, "timeout": 30_000, "rooms": []}


async def test_an_upload_is_streamed_up_to_its_limit(client: httpx.AsyncClient) -> None:
    assert (await client.post("/upload", content=dripping(*[b"x" * 1000] * 90))).json() == {"bytes": 90_000}
    assert errcode(await client.post("/upload", content=dripping(*[b"x" * 1000] * 101))) == (413, "M_TOO_LARGE")
    assert errcode(await client.post("/upload", content=b"x" * 100_001)) == (413, "M_TOO_LARGE")
    assert errcode(await client.post("/upload", content=dripping(b"x", pause=0.3))) == (408, "M_UNKNOWN")


async def test_query_parameters_are_read_by_their_types(client: httpx.AsyncClient) -> None:
    answer = await client.get("/page?since=a%26b+c&limit=5&full_state=true&via=x&via=y&dir=b&unknown=1&&=")
    assert answer.json() == {"since": "a&b c", "limit": 5, "full_state": True, "via": ["x", "y"], "dir": "b"}
    assert (await client.get("/page?since=1&via=only")).json()["via"] == ["only"]


@pytest.mark.parametrize(
    ("query", "code", "named"),
    [
        ("", "M_MISSING_PARAM", "since"),
        ("limit=5", "M_MISSING_PARAM", "since"),
        ("since=a&limit=many", "M_INVALID_PARAM", "limit"),
        ("since=a&limit=1.5", "M_INVALID_PARAM", "limit"),
        ("since=a&limit=99999999999999999999", "M_INVALID_PARAM", "limit"),
        ("since=a&limit=9007199254740992", "M_INVALID_PARAM", "limit"),
        ("since=a&full_state=perhaps", "M_INVALID_PARAM", "full_state"),
        ("since=%FF", "M_INVALID_PARAM", "UTF-8"),
        ("since=%00", "M_INVALID_PARAM", "NUL"),
    ],
)
async def test_wrong_query_parameters_are_named(client: httpx.AsyncClient, query: str, code: str, named: str) -> None:
    answer = await client.get(f"/page?{query}")
    assert errcode(answer) == (400, code)
    assert named in answer.json()["error"]


async def test_a_query_string_has_a_length_and_a_number_of_parameters(client: httpx.AsyncClient) -> None:
    assert errcode(await client.get("/page?since=" + "x" * 9000)) == (414, "M_TOO_LARGE")
    assert errcode(await client.get("/page?since=a" + "&a" * 100)) == (414, "M_TOO_LARGE")
