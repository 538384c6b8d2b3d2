"""Every field of every body, and every parameter of every query string, with every kind of wrong value."""

import copy
import json
import re
import types
import typing
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from chappe.http import JSONObject, Route
from tests.hostile.estate import Estate
from tests.hostile.requests import BODIES, QUERIES, ROUTES, right_path, right_query, who_may

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Json = Any
Key = str | int


def nested(depth: int) -> Json:
    value: Json = "bottom"
    for _ in range(depth):
        value = [value]
    return value


WRONG: dict[str, Json] = {
    "null": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "2^53": 2**53,
    "-2^63 - 1": -(2**63) - 1,
    "400 digits": 10**400,
    "decimal": 1.5,
    "1e15": 1e15,
    "empty text": "",
    "a space": " ",
    "long text": "x" * 100_000,
    "300 characters": "x" * 300,
    "NUL": "\0",
    "NUL within": "a\0b",
    "half a surrogate": "\ud800",
    "direction override": "\u202eevil",
    "foreign user": "@mallory:elsewhere.example",
    "array": [],
    "object": {},
    "array of null": [None],
    "array of NUL": ["\0"],
    "deep array": nested(61),
    "too deep array": nested(70),
    "deep object": {"a": {"b": {"c": nested(50)}}},
    "strange keys": {"": 1, "\0": 2, ".": 3, "x" * 300: 4},
    "many": list(range(5_000)),
}

BODIED = [label for label, route in ROUTES.items() if route.body is not None]
QUERIED = [label for label, route in ROUTES.items() if route.query is not None]


def test_every_body_and_query_parameter_is_in_the_tables() -> None:
    for label, route in ROUTES.items():
        if route.body is JSONObject:
            assert label in BODIES
        elif route.body is not None:
            missing = fields_of(route).keys() - BODIES[label].keys()
            assert not missing, f"{label} has no value for {missing}"
        if route.query is not None:
            missing = {field.encode_name for field in msgspec.structs.fields(route.query)} - QUERIES[label].keys()
            assert not missing, f"{label} has no value for {missing}"


def fields_of(route: Route) -> dict[str, str]:
    """The fields of a body by their names in JSON."""
    assert route.body is not None
    assert issubclass(route.body, msgspec.Struct)
    return {field.encode_name: field.name for field in msgspec.structs.fields(route.body)}


def places_in(value: Json, way: tuple[Key, ...] = ()) -> Iterator[tuple[Key, ...]]:
    """The way to everything inside a body."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*way, key)
        yield from places_in(inner, (*way, key))


def with_value(body: Json, way: tuple[Key, ...], value: Json) -> Json:
    """A copy of a body with another value at one place."""
    changed = copy.deepcopy(body)
    container = changed
    for key in way[:-1]:
        container = container[key]
    container[way[-1]] = value
    return changed


def fits(route: Route, way: tuple[Key, ...], value: Json) -> bool:
    """Whether a value at the top of a body has a JSON type that the field takes."""
    if route.body is None or route.body is JSONObject or len(way) > 1:
        return True
    names = fields_of(route)
    if way[0] not in names:
        return True
    hint = typing.get_type_hints(route.body)[names[str(way[0])]]
    is_union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    kinds = typing.get_args(hint) if is_union else (hint,)
    return any(_takes(kind, value) for kind in kinds)


def _takes(kind: Any, value: Json) -> bool:
    if kind in (None, type(None)):
        return value is None
    origin = typing.get_origin(kind) or kind
    if origin is typing.Literal:
        return value in typing.get_args(kind)
    if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
        return isinstance(value, dict)
    return isinstance(origin, type) and type(value) is origin


@pytest.mark.parametrize("label", BODIED)
async def test_wrong_values_in_bodies(any_estate: Estate, label: str) -> None:
    route, body, before = ROUTES[label], BODIES[label], await any_estate.stored()
    for way in places_in(body):
        for name, value in WRONG.items():
            raw = json.dumps(with_value(body, way, value)).replace("{fresh}", any_estate.fresh()).encode()
            path, token = right_path(any_estate, route), who_may(any_estate, route).token
            said = await any_estate.ask(route.method, path, raw, token=token, query=right_query(label))
            if name == "half a surrogate":
                assert said.code == (400, "M_NOT_JSON"), (way, name, said)
            elif name == "too deep array":
                assert said.code == (400, "M_BAD_JSON"), (way, name, said)
            elif not fits(route, way, value) and len(raw) <= route.max_body_bytes:
                assert said.code == (400, "M_BAD_JSON"), (way, name, said)
                assert str(way[0]) in said.json["error"], (way, name, said)
            if said.status >= 400 and said.status != 401:
                after = await any_estate.stored()
                assert after == before, f"{said} stored something: {way} {name}"
            else:
                before = await any_estate.stored()


@pytest.mark.parametrize("label", BODIED)
async def test_fields_left_out(estate: Estate, label: str) -> None:
    route, body = ROUTES[label], BODIES[label]
    for missing in body:
        left = {key: value for key, value in body.items() if key != missing}
        path, token = right_path(estate, route), who_may(estate, route).token
        await estate.ask(route.method, path, left, token=token, query=right_query(label))


WRONG_TEXTS = {
    "empty": "",
    "word": "abc",
    "NUL": "%00",
    "not UTF-8": "%FF",
    "half a surrogate": "%ED%A0%80",
    "broken percent": "%",
    "broken percent pair": "%zz",
    "negative": "-1",
    "zero": "0",
    "2^53": str(2**53),
    "2^64": str(2**64),
    "400 digits": "9" * 400,
    "decimal": "1.5",
    "exponent": "1e5",
    "not a number": "NaN",
    "other digits": quote("١٢"),
    "underscored": "1_000",
    "null": "null",
    "object": "{}",
    "broken object": "{",
    "array": "[]",
    "deep": quote("[" * 500 + "]" * 500),
    "deep object": quote('{"a":' * 300 + "1" + "}" * 300),
    "twice": quote('{"types":[],"types":[]}'),
    "surrogate": quote('{"types":["\\ud800"]}'),
    "NUL in JSON": quote('{"types":["\\u0000"],"rooms":["\\u0000"],"senders":["\\u0000"],"limit":1}'),
    "wrong types": quote('{"types":[1],"limit":"x"}'),
    "huge limit": quote('{"limit":1e300}'),
    "large limit": quote('{"limit":99999999999999999999}'),
    "many": quote(json.dumps({"types": ["*a*"] * 40})),
    "wildcards": quote(json.dumps({"types": ["*" * 200]})),
    "an event": "$" + "A" * 43,
    "a token": "s1_AAAA",
    "a room token": "r1_AAAAAAAAAA",
    "long": "x" * 5_000,
}


@pytest.mark.parametrize("label", QUERIED)
async def test_wrong_values_in_query_strings(any_estate: Estate, label: str) -> None:
    route, right = ROUTES[label], {name: quote(value) for name, value in QUERIES[label].items() if value}
    path, token = right_path(any_estate, route), who_may(any_estate, route).token
    body = {"reason": "so"} if route.body is not None else None
    for name in QUERIES[label]:
        for text in WRONG_TEXTS.values():
            query = "&".join(f"{key}={value}" for key, value in {**right, name: text}.items())
            said = await any_estate.ask(route.method, path, body, token=token, query=query.encode())
            if text in ("%00", "%FF", "%ED%A0%80"):
                assert said.code == (400, "M_INVALID_PARAM"), said
        again = f"{name}=a&{name}=b&{name}[]=c&{name}%5B0%5D=d".encode()
        await any_estate.ask(route.method, path, body, token=token, query=again)


async def test_numbers_and_flags_are_named_when_they_are_none(estate: Estate) -> None:
    path = f"/rooms/{estate.open_room}/messages"
    for query, named in (
        (b"dir=b&limit=abc", "limit"),
        (b"dir=x", "dir"),
        (b"limit=5", "dir"),
        (b"dir=b&from=x", "from"),
    ):
        said = await estate.ask("GET", path, token=estate.ann.token, query=query)
        assert said.status == 400, said
        assert re.search(rf"\b{named}\b", said.json["error"]), said
