"""Which function answers which method and path, written beside the function.

Everything that can be known about a handler is read from its signature once, when the module is imported.
"""

import inspect
import typing
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Required, TypedDict, TypeVar, Unpack

import msgspec

from chappe.http.limits import MAX_BODY_BYTES
from chappe.http.rate import Limit
from chappe.ids import (
    EventID,
    RoomAlias,
    RoomID,
    UserID,
    parse_event_id,
    parse_room_alias,
    parse_room_id,
    parse_user_id,
)

JSONObject = dict[str, object]
Handler = Callable[..., Awaitable[object]]
ParsePathParameter = Callable[[object, str], str]
H = TypeVar("H", bound=Handler)

MAY_BE_EMPTY: Final = "state_key"
"""The only path parameter that may be empty, as the last one; its slash may be left out too."""

MAX_PARSED = 4096
"""Ids of each kind remembered as well-formed: the same rooms and people are asked for again and again."""

_PARSERS: dict[object, ParsePathParameter] = {
    RoomID: lru_cache(maxsize=MAX_PARSED)(parse_room_id),
    UserID: lru_cache(maxsize=MAX_PARSED)(parse_user_id),
    EventID: lru_cache(maxsize=MAX_PARSED)(parse_event_id),
    RoomAlias: lru_cache(maxsize=MAX_PARSED)(parse_room_alias),
}


class Auth(Enum):
    """Who may ask."""

    DEVICE = "device"
    """A logged-in device; guests are refused."""
    GUEST = "guest"
    """A logged-in device, a guest's too."""
    OPTIONAL = "optional"
    """Anybody; an access token is checked if there is one."""
    NOBODY = "nobody"
    """Anybody; an access token is not looked at."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path, and all that is known about its handler."""

    method: str
    path: str
    auth: Auth
    limit: Limit
    handler: Handler
    parameters: tuple[tuple[str, ParsePathParameter | None, str], ...]
    """Name, parser and place (for refusals) of each path parameter, in the order of the path."""
    body: type[msgspec.Struct] | type[JSONObject] | None
    query: "type[msgspec.Struct] | None"
    max_body_bytes: int
    keeps_json: bool
    """Whether parts of the body stay JSON, as they came (`msgspec.Raw`)."""
    deprecated: bool

    @property
    def empty_body_is_object(self) -> bool:
        """Whether no body means {}: many clients send none with /join or /logout, or when deleting a device."""
        return self.method in {"POST", "DELETE"}


class Terms(TypedDict, total=False):
    """What a decorator says about its route."""

    auth: Required[Auth]
    limit: Limit
    """READS for GET and WRITES for the others if it is left out."""
    max_body_bytes: int
    """`MAX_BODY_BYTES` if it is left out."""
    keeps_json: bool
    deprecated: bool


class Routes:
    """The routes of a slice, or those of several put together."""

    def __init__(self, *parts: "Routes") -> None:
        self._routes: list[Route] = [route for part in parts for route in part]

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)

    def get(self, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Answer GET and HEAD on `path`."""
        return self.add("GET", path, **terms)

    def put(self, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Answer PUT on `path`."""
        return self.add("PUT", path, **terms)

    def post(self, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Answer POST on `path`."""
        return self.add("POST", path, **terms)

    def patch(self, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Answer PATCH on `path`."""
        return self.add("PATCH", path, **terms)

    def delete(self, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Answer DELETE on `path`."""
        return self.add("DELETE", path, **terms)

    def add(self, method: str, path: str, **terms: Unpack[Terms]) -> Callable[[H], H]:
        """Decorate a handler. It may be decorated several times, for its paths of several versions."""
        auth = terms["auth"]
        limit = terms.get("limit") or (Limit.READS if method == "GET" else Limit.WRITES)
        max_body_bytes = terms.get("max_body_bytes", MAX_BODY_BYTES)
        keeps_json, deprecated = terms.get("keeps_json", False), terms.get("deprecated", False)

        def register(handler: H) -> H:
            parameters, body, query = _signature(handler, path)
            answered = (method, path, auth, limit, handler)
            self._routes.append(
                Route(*answered, parameters, body, query, max_body_bytes, keeps_json, deprecated),
            )
            return handler

        return register


def _signature(handler: Handler, path: str) -> tuple[Any, Any, Any]:
    where = f"{handler.__module__}.{handler.__qualname__}"
    assert path.startswith("/"), f"{where} has a path that does not begin with a slash"
    assert inspect.iscoroutinefunction(handler), f"{where} is no coroutine function"
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    hints = typing.get_type_hints(handler)
    expected = list(inspect.signature(handler).parameters)[1:]
    assert sorted([*names, *(n for n in ("body", "query") if n in expected)]) == sorted(expected), (
        f"{where} has the parameters {expected}, its path {names}"
    )
    parameters = tuple((name, _parser(hints[name], where), f"The path's {name}") for name in names)
    body, query = hints.get("body"), hints.get("query")
    if body == JSONObject:
        body = JSONObject  # one object, so that a request compares by identity
    for shape in (body, query):
        is_struct = isinstance(shape, type) and issubclass(shape, msgspec.Struct)
        assert shape is None or shape is JSONObject or is_struct, f"{where}: {shape} is no struct"
    return parameters, body, query


def _parser(hint: object, where: str) -> ParsePathParameter | None:
    if hint in _PARSERS:
        return _PARSERS[hint]
    assert hint is str or getattr(hint, "__supertype__", None) is str, f"{where}: {hint} cannot come from a path"
    return None
