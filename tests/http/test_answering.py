"""Who may ask, what every answer has, and what nobody gets to see."""

import logging

import httpx
import pytest

from chappe.http import Application, Bounds
from chappe.stream.shards import REGISTER, shard_of
from tests.http.conftest import ALICE, BEARER, RecordingBus, connected, errcode, routes

pytestmark = pytest.mark.anyio
ROOM = "!r:example.org"


async def test_a_token_comes_in_the_header_or_the_query_string(client: httpx.AsyncClient) -> None:
    known = {"user": "@alice:example.org", "token": "alice-token"}
    assert (await client.get("/who", headers=BEARER)).json() == known
    assert (await client.get("/who", headers={"authorization": "bearer alice-token"})).json() == known
    assert (await client.get("/who?access_token=alice-token")).json() == known


@pytest.mark.parametrize(
    ("headers", "query", "code"),
    [
        ({}, "", "M_MISSING_TOKEN"),
        ({"Authorization": "Bearer "}, "", "M_MISSING_TOKEN"),
        ({"Authorization": "Basic alice-token"}, "", "M_MISSING_TOKEN"),
        ({}, "?access_token=", "M_MISSING_TOKEN"),
        ({"Authorization": "Bearer other"}, "", "M_UNKNOWN_TOKEN"),
        ({"Authorization": "Bearer other"}, "?access_token=alice-token", "M_UNKNOWN_TOKEN"),
        ({"Authorization": "Bearer " + "x" * 2000}, "", "M_UNKNOWN_TOKEN"),
        ({"Authorization": b"Bearer \xff\xfe"}, "", "M_UNKNOWN_TOKEN"),
    ],
)
async def test_without_a_known_token_it_is_401(
    client: httpx.AsyncClient, headers: dict[str, str], query: str, code: str
) -> None:
    assert errcode(await client.get(f"/who{query}", headers=headers)) == (401, code)


async def test_guests_go_only_where_guests_may(client: httpx.AsyncClient) -> None:
    guest = {"Authorization": "Bearer guest-token"}
    assert errcode(await client.get("/who", headers=guest)) == (403, "M_GUEST_ACCESS_FORBIDDEN")
    assert (await client.get("/who/guest", headers=guest)).json() == {"user": "@gus:example.org"}


async def test_an_optional_token_is_checked_if_it_is_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/who/optional")).json() == {"user": None}
    assert (await client.get("/who/optional", headers=BEARER)).json() == {"user": "@alice:example.org"}
    assert errcode(await client.get("/who/optional?access_token=other")) == (401, "M_UNKNOWN_TOKEN")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/things/list"),
        ("GET", "/events/$" + "x" * 43),
        ("GET", "/page.html"),
        ("HEAD", "/things/list"),
        ("GET", "/nowhere"),
        ("PATCH", "/things/list"),
        ("GET", "/who"),
        ("GET", "/broken/exception"),
        ("OPTIONS", "/things/list"),
        ("OPTIONS", "/nowhere"),
        ("OPTIONS", "/rooms/%FF"),
        ("OPTIONS", "/who"),
    ],
)
async def test_every_answer_has_the_cors_headers(client: httpx.AsyncClient, method: str, path: str) -> None:
    headers = (await client.request(method, path)).headers
    assert headers["access-control-allow-origin"] == "*"
    assert set(headers["access-control-allow-methods"].split(", ")) >= {"GET", "POST", "PUT", "DELETE", "OPTIONS"}
    assert headers["access-control-allow-headers"].startswith("X-Requested-With, Content-Type, Authorization")


async def test_options_runs_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.options("/broken/exception")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_handler_answers_in_several_forms(client: httpx.AsyncClient) -> None:
    assert (await client.get("/events/$" + "x" * 43)).content == b'{"spliced":true}'
    html = await client.get("/page.html")
    assert (html.status_code, html.content, html.headers["content-type"]) == (418, b"<p>", "text/html")
    assert html.headers["x-own"] == "yes"


async def test_details_of_a_refusal_are_in_its_answer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/refused")).json() == {
        "errcode": "M_INCOMPATIBLE_ROOM_VERSION",
        "error": "Not this version.",
        "room_version": "99",
    }


@pytest.mark.parametrize("path", ["/broken/exception", "/broken/result", "/broken/refusal"])
async def test_our_own_mistake_is_500_with_a_reference_and_nothing_of_the_inside(
    client: httpx.AsyncClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get(path)
    assert errcode(answer) == (500, "M_UNKNOWN")
    assert set(answer.json()) == {"errcode", "error"}
    assert "inside" not in answer.text
    assert "object" not in answer.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    reference = answer.json()["error"].split()[-1].rstrip(".")
    assert reference in record.getMessage()
    assert record.exc_info is not None


async def test_the_log_names_the_route_and_never_ids_or_tokens(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="chappe.http"):
        await client.get(f"/rooms/{ROOM}/state/m.secret/k?access_token=alice-token", headers=BEARER)
        await client.get("/hidden/path")
    assert "GET /rooms/{room_id}/state/{event_type}/{state_key} 200" in caplog.text
    assert "GET - 404" in caplog.text
    for private in (ROOM, "m.secret", "alice", "hidden"):
        assert private not in "".join(r.getMessage() for r in caplog.records if r.name.startswith("chappe"))


async def test_a_write_goes_to_the_owner_of_its_shard(client: httpx.AsyncClient, bus: RecordingBus) -> None:
    answer = await client.post(f"/say/{ROOM}", headers=BEARER)
    assert answer.json() == {"room": "@alice:example.org says a", "register": "@alice:example.org says b"}
    assert [shard for shard, _ in bus.commands] == [shard_of(ROOM), REGISTER]
    first = bus.commands[0][1]
    assert (first.device, first.deadline) == (ALICE, 1030.0)
    assert first.request_id == bus.commands[1][1].request_id != ""


@pytest.mark.parametrize(
    ("peer", "forwarded", "client_address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, nonsense, 10.0.0.2", "10.0.0.2"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "1.2.3.4," * 500 + "10.0.0.3", "1.2.3.4"),
    ],
)
async def test_only_a_trusted_proxy_says_who_the_client_is(
    application: Application, peer: str, forwarded: str, client_address: str
) -> None:
    async with connected(application, peer) as client:
        answer = await client.get("/address", headers={"X-Forwarded-For": forwarded, "User-Agent": "nio"})
    assert answer.json() == {"address": client_address, "agent": "nio", "greeting": "hello"}


async def test_a_server_that_is_full_or_stopping_says_come_again(application: Application) -> None:
    full = Application(
        routes, application.resources, application._authenticator, application.bus, bounds=Bounds(requests_at_once=0)
    )
    application.stopping.set()
    for busy in (full, application):
        async with connected(busy) as client:
            answer = await client.get("/things/list")
            assert errcode(answer) == (503, "M_UNKNOWN")
            assert int(answer.headers["retry-after"]) >= 1
