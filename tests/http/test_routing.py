"""Paths are routed as they came and decoded afterwards."""

import httpx
import pytest

from chappe.http import NOBODY, Application, JSONObject, Request, Routes
from chappe.http.router import Router
from chappe.ids import RoomID
from tests.http.conftest import errcode

pytestmark = pytest.mark.anyio
ROOM = "!r:example.org"


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("a", "a"),
        ("a%2Fb", "a/b"),
        ("%2F", "/"),
        ("100%25", "100%"),
        ("%252F", "%2F"),
        ("a+b", "a+b"),
        ("%40alice%3Aexample.org", "@alice:example.org"),
        ("caf%C3%A9", "café"),
        ("..", ".."),
        ("%2e%2e%2f", "../"),
    ],
)
async def test_a_segment_is_decoded_once_and_stays_one_segment(application: Application, sent: str, key: str) -> None:
    _, values = Router(application.routes).match("GET", f"/rooms/{ROOM}/state/m.x/{sent}".encode())
    assert values == [ROOM, "m.x", key]


@pytest.mark.parametrize("end", ["/m.room.name/", "/m.room.name"])
async def test_the_state_key_may_be_empty_with_or_without_its_slash(client: httpx.AsyncClient, end: str) -> None:
    answer = await client.get(f"/rooms/{ROOM}/state{end}")
    assert answer.json() == {"room": ROOM, "type": "m.room.name", "key": ""}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/nowhere",
        "/things/list/",
        "/things//more",
        "/directory/",
        "/directory",
        f"/rooms/{ROOM}/state//",
        f"/rooms/{ROOM}/state/m.x/k/",
        f"/rooms%2F{ROOM}/state/m.x/k",
        "*",
    ],
)
async def test_other_slashes_and_unknown_paths_are_unrecognized(client: httpx.AsyncClient, path: str) -> None:
    assert errcode(await client.get(f"http://chappe.test{path}" if path != "*" else "/*")) == (404, "M_UNRECOGNIZED")


async def test_a_word_goes_before_a_parameter_but_does_not_hide_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/things/list")).json() == {"list": True}
    assert (await client.get("/things/list/more")).json() == {"more": "list"}


async def test_a_known_path_with_another_method_is_405(client: httpx.AsyncClient) -> None:
    assert errcode(await client.delete("/things/list")) == (405, "M_UNRECOGNIZED")
    assert errcode(await client.request("BREW", "/things/list")) == (405, "M_UNRECOGNIZED")
    assert errcode(await client.patch("/nowhere")) == (
        404,
        "M_UNRECOGNIZED",
    )


async def test_head_has_the_headers_of_get_and_no_body(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/things/list"), await client.head("/things/list")
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(got.content)


@pytest.mark.parametrize("bad", ["%00", "a%00b", "%FF", "%C3", "%ED%A0%80"])
async def test_nul_and_what_is_no_utf8_is_refused(client: httpx.AsyncClient, bad: str) -> None:
    assert errcode(await client.get(f"/rooms/{ROOM}/state/m.x/{bad}")) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize(
    "path",
    ["/rooms/nonsense/state/m.x/k", "/directory/%23broken", "/events/$short", f"/rooms/!{'x' * 300}:a/state/m.x/k"],
)
async def test_malformed_ids_are_refused(client: httpx.AsyncClient, path: str) -> None:
    assert errcode(await client.get(path)) == (400, "M_INVALID_PARAM")


async def test_a_path_without_end_is_refused(client: httpx.AsyncClient) -> None:
    assert errcode(await client.get("/things/" + "x" * 5000 + "/more")) == (414, "M_TOO_LARGE")


async def test_one_handler_may_have_several_paths(client: httpx.AsyncClient) -> None:
    for path in ("/directory/", "/old/directory/"):
        assert (await client.get(path + "%23a:example.org")).json() == {"alias": "#a:example.org"}


async def test_mistakes_in_a_route_are_found_when_it_is_written() -> None:
    routes = Routes()
    with pytest.raises(AssertionError, match="parameters"):

        @routes.get("/a/{room_id}", auth=NOBODY)
        async def other_name(request: Request, room: RoomID) -> JSONObject:
            return {}

    with pytest.raises(AssertionError, match="cannot come from a path"):

        @routes.get("/a/{number}", auth=NOBODY)
        async def other_type(request: Request, number: int) -> JSONObject:
            return {}

    @routes.get("/a/{one}", auth=NOBODY)
    async def one(request: Request, one: str) -> JSONObject:
        return {}

    @routes.get("/a/{two}", auth=NOBODY)
    async def two(request: Request, two: str) -> JSONObject:
        return {}

    with pytest.raises(AssertionError, match="two handlers"):
        Router(routes)


async def test_routes_of_several_slices_are_put_together() -> None:
    first, second = Routes(), Routes()

    @first.get("/a", auth=NOBODY)
    @second.put("/b", auth=NOBODY)
    async def handler(request: Request) -> JSONObject:
        return {}

    assert [(route.method, route.path) for route in Routes(first, second)] == [("GET", "/a"), ("PUT", "/b")]
