"""What pages say, in each language: `words.toml` beside the pages of each slice."""

import tomllib
from functools import cache
from pathlib import Path

import chappe
from chappe.accounts.pages import Language

LAYOUT = "operators"
"""The slice whose words all pages may use."""


@cache
def words_of(slice_name: str) -> dict[str, dict[str, str]]:
    """The words of a slice, by language."""
    path = Path(chappe.__file__).parent / slice_name / "words.toml"
    told: dict[str, dict[str, str]] = tomllib.loads(path.read_text())
    return told


def said(language: Language, slice_name: str, word: str, /, **values: object) -> str:
    """A word in a language: of the slice, or else of the layout. `{name}` stands for a value."""
    for name in (slice_name, LAYOUT):
        text = words_of(name)[language.value].get(word)
        if text is not None:
            return text.format(**values) if values else text
    raise KeyError(f"{slice_name}/words.toml has no {word}")
