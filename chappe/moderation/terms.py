"""The terms that decisions name: `terms.toml`. Art. 14(1) DSA."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from chappe.accounts.pages import Language


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

    version: str
    term: tuple[Term, ...]

    def named(self, id: str) -> Term | None:
        """The one of that id."""
        return next((one for one in self.term if one.id == id), None)


@cache
def terms() -> Terms:
    """The terms as they are."""
    return msgspec.convert(tomllib.loads((Path(__file__).parent / "terms.toml").read_text()), Terms)
