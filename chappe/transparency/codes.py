"""What the Transparency Database takes, and the form of the yearly report: `codes.toml` and `annex.toml`."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec


class MeasureCode(msgspec.Struct, frozen=True):
    """What a measure is in a record, and in which column of the report it counts."""

    field: str
    word: str
    column: str
    other: str = ""


class Codes(msgspec.Struct, frozen=True):
    """What a record may hold."""

    eea: tuple[str, ...]
    content_language: frozenset[str]
    content_types: tuple[str, ...]
    longest: dict[str, int]
    one_of: dict[str, frozenset[str]]
    source: dict[str, str]
    automation: dict[str, str]
    measures: dict[str, dict[str, MeasureCode]]


class FormRow(msgspec.Struct, frozen=True):
    """A row of a part that has the same rows always."""

    applicability: str
    indicator: str
    section: str = ""
    scope: str = ""


class Part(msgspec.Struct, frozen=True):
    """One of the eleven parts."""

    number: int
    name: str
    columns: tuple[str, ...]
    rows: tuple[FormRow, ...] = ()

    @property
    def file_name(self) -> str:
        """Under which name it is handed out."""
        return f"{self.number:02}_{self.name}.csv"


class Annex(msgspec.Struct, frozen=True):
    """The form of the report."""

    applicability: dict[str, str]
    categories: dict[str, str]
    keywords: dict[str, str]
    parts: tuple[Part, ...]

    def part(self, number: int) -> Part:
        """The part of that number."""
        return self.parts[number - 1]


@cache
def codes() -> Codes:
    """The codes of the database."""
    return msgspec.convert(_read("codes.toml"), Codes)


@cache
def annex() -> Annex:
    """The form."""
    return msgspec.convert(_read("annex.toml"), Annex)


@cache
def measure_code(kind: str, measure: str) -> MeasureCode:
    """What a measure is there. Each that the desk knows has one; a test compares them."""
    return codes().measures[kind][measure]


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
