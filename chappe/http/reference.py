"""The reference page of all endpoints, from the same declarations that requests are answered by.

`make docs` writes it to docs/reference/endpoints.md; a test sees that it is current.
"""

import inspect
import re
from collections.abc import Iterable, Mapping

from chappe.config import Rate
from chappe.http.rate import DEFAULT_RATES, Limit
from chappe.http.routes import Auth, Route

WHO: Mapping[Auth, str] = {
    Auth.DEVICE: "people",
    Auth.GUEST: "people, guests",
    Auth.OPTIONAL: "anybody, or people",
    Auth.NOBODY: "anybody",
}
"""Who may ask, in the words of the page."""

_CITED = re.compile(r' \(spec: "[^"]*"\)')

_HEAD = """# Endpoints

Everything this server answers. This page is made from the code by `make docs`.

**Who may ask.** *people*: a device that is logged in, with its access token. *guests*: a guest's device too.
*anybody*: no access token is needed; with *or people*, one that is sent is checked. What a person may do in a room
is for the room to say. Paths below `/_chappe/admin` and `/_synapse/admin/v1/registration_tokens` are for the operators
among them; `/_synapse/admin/v1/register` is for whoever knows the shared secret.

**Limit.** What the request counts as. Each is counted by itself, for each person, or for each address where nobody is
logged in. The usual rates, which `rate_limits` in the [settings](settings.md) replaces:

| limit | a second | at once |
|---|---|---|
"""


def endpoints_page(routes: Iterable[Route]) -> str:
    """The page in Markdown: a table for each slice, in the order of their routes."""
    by_slice: dict[str, list[Route]] = {}
    for route in routes:
        by_slice.setdefault(route.handler.__module__.split(".")[1], []).append(route)
    limits = [_limit_row(limit, rate) for limit, rate in DEFAULT_RATES.items()]
    tables = [_table(name, found) for name, found in by_slice.items()]
    return _HEAD + "\n".join(limits) + "\n" + "".join(tables)


def summary(route: Route) -> str:
    """What a route does: the first sentence of its handler's docstring, without the section of the specification."""
    text = " ".join((inspect.getdoc(route.handler) or "").partition("\n\n")[0].split())
    return _CITED.sub("", text).partition(". ")[0].removesuffix(".")


def _limit_row(limit: Limit, rate: Rate) -> str:
    return f"| {limit.value} | {rate.per_second:g} | {rate.burst} |"


def _table(slice_name: str, routes: list[Route]) -> str:
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    rows = [
        f"| {route.method} | `{route.path}` | {WHO[route.auth]} | {route.limit.value} | {_escaped(summary(route))} |"
        for route in ordered
    ]
    head = f"\n## {slice_name.capitalize()}\n\n| | path | who may ask | limit | what it does |\n|---|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
