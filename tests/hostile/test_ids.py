"""Ids in paths: unknown, of other servers, malformed, and encoded in strange ways."""

from urllib.parse import quote

import pytest

from chappe.http.limits import MAX_PATH_BYTES
from tests.hostile.estate import Answered, Estate
from tests.hostile.requests import BODIES, QUERIES, ROUTES, UNKNOWN_EVENT, right_path, who_may

pytestmark = pytest.mark.anyio

ANYWHERE = {
    "a word": "abc",
    "slash": "a%2Fb",
    "slash alone": "%2F",
    "dots": "..",
    "encoded dots": "%2e%2e",
    "up and away": "..%2F..%2Fversions",
    "question mark": "a%3Fb",
    "percent": "%25",
    "twice encoded NUL": "%2500",
    "broken percent": "%",
    "half a percent": "%4",
    "not hex": "%zz",
    "plus and space": "a+b%20c",
    "space alone": "%20",
    "line feed": "a%0Ab",
    "escape": "%1B%5B31m",
    "delete": "%7F",
    "soft hyphen": "%C2%AD",
    "right to left": "%E2%80%AEevil",
    "byte order mark": "%EF%BB%BF",
    "beyond the plane": "%F0%9F%A6%84",
    "no character": "%EF%BF%BF",
    "quotes": "%27%22%3B--",
    "256 characters": "x" * 256,
    "3000 characters": "x" * 3_000,
    "300 wide characters": "%F0%9F%A6%84" * 300,
    "sigils alone": "@!$%23",
    "foreign user": "@mallory:elsewhere.example",
    "foreign room": "!room:elsewhere.example",
    "foreign alias": "%23room:elsewhere.example",
    "unknown event": UNKNOWN_EVENT,
    "unknown room": "!nowhere:localhost",
    "unknown room of version 12": "!" + "A" * 43,
    "unknown user": "@nobody:localhost",
    "unknown alias": "%23nowhere:localhost",
    "no server": "@ann:",
    "server of dots": "@ann:...",
    "port alone": "@ann:localhost:",
    "large port": "@ann:localhost:99999",
    "no localpart": "@:localhost",
    "capitals": "@ANN:LOCALHOST",
    "colon within": "@ann:localhost:8008:9",
    "longest user": "@" + "a" * 244 + ":localhost",
    "too long a user": "@" + "a" * 300 + ":localhost",
    "too long in bytes": "%23" + "%C3%A9" * 200 + ":localhost",
    "event of old": "$event:localhost",
    "event too short": "$" + "A" * 42,
}
REFUSED = {
    "NUL": "%00",
    "NUL within": "a%00b",
    "not UTF-8": "%FF",
    "half a surrogate": "%ED%A0%80",
    "overlong": "%C0%AF",
    "latin-1": "%E9",
}
PARSED = {"room_id": "!", "user_id": "@", "event_id": "$", "alias": "%23", "room_id_or_alias": "!"}
WITH_PARAMETERS = [label for label, route in ROUTES.items() if route.parameters]


async def ask(estate: Estate, label: str, path: str) -> Answered:
    route = ROUTES[label]
    query = "&".join(f"{name}={quote(value)}" for name, value in QUERIES.get(label, {}).items() if value)
    body = BODIES.get(label)
    return await estate.ask(route.method, path.encode(), body, token=who_may(estate, route).token, query=query.encode())


@pytest.mark.parametrize("label", WITH_PARAMETERS)
async def test_ids_that_are_wrong_or_unknown(any_estate: Estate, label: str) -> None:
    route = ROUTES[label]
    before = await any_estate.stored()
    for name, _, _ in route.parameters:
        for value in ANYWHERE.values():
            said = await ask(any_estate, label, right_path(any_estate, route, **{name: value}))
            if name in PARSED and not value.startswith((PARSED[name], "!", "%23")):
                assert said.code == (400, "M_INVALID_PARAM"), said
            if said.status >= 400 and said.status != 401:
                assert await any_estate.stored() == before, said
            before = await any_estate.stored()
        for value in REFUSED.values():
            said = await ask(any_estate, label, right_path(any_estate, route, **{name: value}))
            assert said.code == (400, "M_INVALID_PARAM"), said
        said = await ask(any_estate, label, right_path(any_estate, route, **{name: "x" * MAX_PATH_BYTES}))
        assert said.code == (414, "M_TOO_LARGE"), said
        said = await ask(any_estate, label, right_path(any_estate, route, **{name: ""}))
        if name != "state_key":
            assert said.status in (404, 405), said


@pytest.mark.parametrize("label", ROUTES)
async def test_paths_around_a_route(estate: Estate, label: str) -> None:
    route = ROUTES[label]
    path = right_path(estate, route)
    token = who_may(estate, route).token
    for around in (path + "/", path + "//", path + "/more", "/" + path, path.upper(), path + "%2F", path + ";a=b"):
        said = await estate.ask("GET", around.encode(), token=token)
        assert said.status in (200, 303, 400, 401, 403, 404, 405), said
    for method in ("PATCH", "TRACE", "CONNECT", "get", "", "BREW", "\u00e9"):
        if f"{method} {route.path}" in ROUTES:
            continue
        said = await estate.ask(method, path.encode(), token=token)
        assert said.code == (405, "M_UNRECOGNIZED"), said
    said = await estate.ask("OPTIONS", path.encode())
    assert (said.status, said.body) == (204, b"")
    head = await estate.ask("HEAD", path.encode(), token="wrong")
    assert head.body == b""
