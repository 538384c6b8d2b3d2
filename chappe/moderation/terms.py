"""The terms that decisions name: `terms_versions/`, a file for each day of a change. Art. 14 DSA; R15, R16."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from chappe.accounts.pages import Language

_FOLDER = Path(__file__).parent / "terms_versions"


class Term(msgspec.Struct, frozen=True):
    """One of the terms. Its id never changes."""

    id: str
    en: str
    fr: str

    def words(self, language: Language) -> str:
        """What it says."""
        return self.fr if language is Language.FRENCH else self.en


class Terms(msgspec.Struct, frozen=True):
    """All of them, in the version of a day."""

    term: tuple[Term, ...]
    version: str = ""

    def named(self, id: str) -> Term | None:
        """The one of that id."""
        return next((one for one in self.term if one.id == id), None)


@cache
def versions() -> list[str]:
    """The days on which they changed, the newest first."""
    return sorted((path.stem for path in _FOLDER.glob("*.toml")), reverse=True)


@cache
def terms(version: str = "") -> Terms:
    """The terms in one of the versions; as they are now, if none is named."""
    version = version or versions()[0]
    read = msgspec.convert(tomllib.loads((_FOLDER / f"{version}.toml").read_text()), Terms)
    return msgspec.structs.replace(read, version=version)
