"""From method and raw path to a route: split first, decode each segment after.

Matrix ids may hold a slash. It arrives as %2F and stays inside its segment, so the path as it came must be
routed, never a decoded one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from chappe.errors import Errcode, Refused
from chappe.http.limits import MAX_PATH_BYTES
from chappe.http.routes import MAY_BE_EMPTY, Route

MAX_SEGMENTS = 2048
"""Decoded segments remembered: the same rooms are asked for again and again."""

Match = tuple[Route, list[str]]


@dataclass(slots=True)
class _Node:
    """A place in the tree of segments."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    may_be_empty: bool = False
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """All routes of the server as a tree. A word goes before a parameter at the same place."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        without_slash: list[tuple[_Node, Route]] = []
        for route in routes:
            above, node = self._root, self._root
            parts = route.path[1:].split("/")
            for part in parts:
                above = node
                if part.startswith("{"):
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                else:
                    node = node.words.setdefault(part, _Node())
            _put(node, route)
            if parts[-1] == f"{{{MAY_BE_EMPTY}}}":
                node.may_be_empty = True
                without_slash.append((above, route))
        for node, route in without_slash:
            node.routes.setdefault(route.method, route)

    def match(self, method: str, raw_path: bytes) -> Match:
        """The route and the decoded path parameters.

        Refuses with UNRECOGNIZED (404, or 405 when the path is known with another method), and with
        INVALID_PARAM what is not UTF-8 or holds a NUL.
        """
        if len(raw_path) > MAX_PATH_BYTES:
            raise Refused(Errcode.TOO_LARGE, f"A path has at most {MAX_PATH_BYTES} bytes.", status=414)
        segments = _decode(raw_path)
        node = _find(self._root, segments, 1)
        if node is None:
            raise Refused(Errcode.UNRECOGNIZED, "There is no such endpoint.")
        found, values = node
        route = found.routes.get(method) or (found.routes.get("GET") if method == "HEAD" else None)
        if route is None:
            allowed = ", ".join(sorted(found.routes))
            raise Refused(Errcode.UNRECOGNIZED, f"This endpoint answers to {allowed} only.", status=405)
        if len(values) < len(route.parameters):
            values.append("")
        return route, values


def _put(node: _Node, route: Route) -> None:
    assert route.method not in node.routes, f"two handlers answer {route.method} {route.path}"
    node.routes[route.method] = route


def _decode(raw_path: bytes) -> list[str]:
    try:
        segments = raw_path.decode().split("/")
        if b"%" in raw_path:
            segments = [_segment(segment) if "%" in segment else segment for segment in segments]
    except UnicodeDecodeError:
        raise Refused(Errcode.INVALID_PARAM, "The path is not percent-encoded UTF-8.") from None
    if b"%00" in raw_path or b"\0" in raw_path:
        raise Refused(Errcode.INVALID_PARAM, "The path holds a NUL character.")
    return segments


@lru_cache(maxsize=MAX_SEGMENTS)
def _segment(encoded: str) -> str:
    return unquote_to_bytes(encoded).decode()


def _find(node: _Node, segments: list[str], at: int) -> tuple[_Node, list[str]] | None:
    """The node of `segments` from `at` on that has routes, with the values of its parameters."""
    values: list[str] = []
    for i in range(at, len(segments)):
        segment = segments[i]
        word, parameter = node.words.get(segment), node.parameter
        if word is not None:
            if parameter is not None and (found := _find(word, segments, i + 1)) is not None:
                return found[0], values + found[1]
            if parameter is None:
                node = word
                continue
        if parameter is None or not (segment or (parameter.may_be_empty and i == len(segments) - 1)):
            return None
        node = parameter
        values.append(segment)
    return (node, values) if node.routes else None
