"""Which operations of the Client-Server API are served, and where each is tested: a page made from code and tests.

`docs/reference/operations.tsv` lists the operations of v1.19 by their operationId, with a tier: *core*, without which
logging in or talking fails; *expected*, which people at today's clients would miss; *optional*; *legacy*.
`python -m tests.tidy.operations` prints the page; `make docs` writes it.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chappe import app
from tests.tidy.repository import ROOT, texts

LIST = ROOT / "docs" / "reference" / "operations.tsv"
PAGE = ROOT / "docs" / "reference" / "operations.md"
TIERS = ("core", "expected", "optional", "legacy")

_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Operation:
    """One operation of the specification, and how it stands here."""

    name: str
    method: str
    path: str
    tier: str
    is_served: bool
    tested_in: tuple[str, ...]
    """The test files that name it."""


@cache
def operations() -> tuple[Operation, ...]:
    """All operations, in the order of the list."""
    served = {(route.method, _PARAMETER.sub("{}", route.path)) for route in app.all_routes()}
    named = list(_tests())
    return tuple(
        Operation(
            name,
            method,
            path,
            tier,
            (method, _PARAMETER.sub("{}", path)) in served,
            tuple(file for file, text in named if _is_named(name, text)),
        )
        for name, method, path, tier in _listed()
    )


def page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for tier in TIERS:
        found = [one for one in operations() if one.tier == tier]
        count = sum(one.is_served for one in found)
        parts.append(f"\n## {tier.capitalize()}: {count} of {len(found)}\n\n{_TABLE}")
        parts += [_row(one) for one in found]
    return "".join(parts)


def _row(one: Operation) -> str:
    tests = ", ".join(file.removeprefix("tests/") for file in one.tested_in[:2])
    return f"| {one.name} | {one.method} | `{one.path}` | {tests if one.is_served else '*not served*'} |\n"


def _is_named(name: str, text: str) -> bool:
    """Whether a test says which operation it is about: `login` and `sync` are words as well, so look at docstrings."""
    return re.search(rf'"""[^"]*\b{name}[:,.]' if name.islower() else rf"\b{name}\b", text) is not None


def _listed() -> Iterator[list[str]]:
    with LIST.open(encoding="utf-8") as lines:
        rows = csv.reader(lines, delimiter="\t")
        next(rows)
        yield from rows


def _tests() -> Iterator[tuple[str, str]]:
    for name, text in texts(".py", ".mjs"):
        if name.startswith("tests/") and not name.startswith("tests/tidy/"):
            yield name, text


_HEAD = """# Operations of the Client-Server API

The operations of Matrix v1.19 by their operationId, whether this server has them, and which tests name them. This page
is made from the code and the tests by `make docs`.

**Core**: without it, logging in or talking fails. **Expected**: people at today's clients would miss it. **Optional**,
**legacy**: few or no clients of today ask for it.
"""

_TABLE = "| operation | | path | tested in |\n|---|---|---|---|\n"

if __name__ == "__main__":
    print(page(), end="")
