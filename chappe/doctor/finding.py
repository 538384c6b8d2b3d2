"""What a check looks at, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

from chappe.config import Settings
from chappe.storage.migrations import found_in


class Severity(Enum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """It works, and may stop working or is not what most want."""
    BAD = "bad"
    """Something does not work, or will soon not."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    about: str
    severity: Severity
    what: str
    mend: str = ""
    """What to do, unless all is well."""

    def in_words(self) -> str:
        """One or two lines for the operator."""
        mend = f"\n       {self.mend}" if self.mend else ""
        return f"{self.severity.value:<4}   {self.about}: {self.what}{mend}"


@dataclass(frozen=True)
class Look:
    """What is looked at."""

    settings: Settings
    schema: dict[str, str]
    """The schema files of this program, with their checksums."""
    offline: bool = False
    """Whether other machines are left alone."""
    database_seconds: float = 60.0
    """How long the database is read."""

    @classmethod
    def of(cls, settings: Settings, folders: list[Path], *, offline: bool = False) -> "Look":
        """At an installation with these settings, by this program with its folders of schema files."""
        schema = {migration.name: migration.checksum for migration in found_in(folders)}
        return cls(settings, schema, offline)


Check = Callable[[Look], Iterator[Finding]]


def ok(about: str, what: str) -> Finding:
    """All is well."""
    return Finding(about, Severity.OK, what)


def warn(about: str, what: str, mend: str) -> Finding:
    """Look at this when there is time."""
    return Finding(about, Severity.WARN, what, mend)


def bad(about: str, what: str, mend: str) -> Finding:
    """Look at this now."""
    return Finding(about, Severity.BAD, what, mend)
