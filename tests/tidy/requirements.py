"""Which legal requirements are met, and what shows it: a page made from a list and from the tests that name them.

`docs/reference/requirements.tsv` lists R1 to R143 with the part of Chappe that each belongs to: the safety *desk*, the
*legal* desk, *countries* and personal data, or the *owner*. A test shows a requirement if it names it.
`python -m tests.tidy.requirements` prints the page; `make docs` writes it.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache

from tests.tidy.repository import ROOT, texts

LIST = ROOT / "docs" / "reference" / "requirements.tsv"
PAGE = ROOT / "docs" / "reference" / "requirements.md"
PARTS = {
    "desk": "The safety desk",
    "legal": "The legal desk",
    "countries": "Countries and personal data",
    "owner": "What the owner decides",
}

_NAMED = re.compile(r"\bR(\d{1,3})(?: to R(\d{1,3}))?\b")


@dataclass(frozen=True)
class Requirement:
    """One requirement, in short."""

    name: str
    part: str
    what: str
    page: str
    """A page of `docs/` that tells how it is met, or ""."""
    tests: tuple[str, ...]
    """The test files that name it."""

    @property
    def is_shown(self) -> bool:
        """Whether anything shows that it is met."""
        return bool(self.tests)


@cache
def requirements() -> tuple[Requirement, ...]:
    """All of them, in the order of their numbers."""
    named: dict[str, list[str]] = {}
    for file, text in texts(".py"):
        if file.startswith("tests/") and not file.startswith("tests/tidy/"):
            for name in _names_in(text):
                named.setdefault(name, []).append(file)
    with LIST.open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))[1:]
    return tuple(Requirement(name, part, what, path, tuple(named.get(name, ()))) for name, part, what, path in rows)


def named_in_tests() -> set[str]:
    """Every requirement that a test names."""
    return {name for file, text in texts(".py") if file.startswith("tests/") for name in _names_in(text)}


def _names_in(text: str) -> set[str]:
    found = set()
    for match in _NAMED.finditer(text):
        last = int(match[2] or match[1])
        found |= {f"R{number}" for number in range(int(match[1]), last + 1)}
    return found


def page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for part, title in PARTS.items():
        found = [one for one in requirements() if one.part == part]
        count = sum(one.is_shown for one in found)
        parts.append(f"\n## {title}: {count} of {len(found)}\n\n| | what | shown by |\n|---|---|---|\n")
        parts += [_row(one) for one in found]
    return "".join(parts)


def _row(one: Requirement) -> str:
    shown = [file.removeprefix("tests/") for file in one.tests[:3]]
    if one.page and one.is_shown:
        shown.append(f"[{one.page.rpartition('/')[2]}](../{one.page.removeprefix('docs/')})")
    return f"| {one.name} | {one.what} | {', '.join(shown) or '*open*'} |\n"


_HEAD = """\
# Legal requirements

<!-- Made by `make docs` from docs/reference/requirements.tsv and the tests. Change it there. -->

R1 to R143 are what the Digital Services Act, the regulations on terrorist content and e-evidence, the GDPR and French
law ask of a service like this one, and what we add to be able to prove it. Facts for developers and operators, not
legal advice. *Shown by* are tests that name the requirement, and the page for it; *open* is not met, or not shown yet.
"""


if __name__ == "__main__":
    print(page(), end="")
