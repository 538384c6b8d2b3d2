"""What content may be: the categories and keywords of `categories.toml`. Implementing Regulation (EU) 2024/2835."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from chappe.errors import Errcode, Refused

NOT_SPECIFIED = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"
"""Of a notice or report whose author names none (number 17): never of a decision."""
MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
OTHER_KEYWORD = "KEYWORD_OTHER"
CHILD_ABUSE = frozenset(
    {
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE",
        "KEYWORD_GROOMING_SEXUAL_ENTICEMENT_MINORS",
    }
)
"""Offences of Articles 3 to 7 of Directive 2011/93/EU: a notice of them needs no name (Art. 16(2)(c))."""

_IN_NOTICES, _IN_TERMS, _IN_LAW = 4, 6, 5


class Keyword(msgspec.Struct, frozen=True):
    """A keyword, in words."""

    en: str
    fr: str


class Category(msgspec.Struct, frozen=True):
    """A category: its number in the Regulation, the parts of the report with rows for it, and its keywords."""

    number: int
    en: str
    fr: str
    sheets: tuple[int, ...]
    keywords: dict[str, Keyword] = {}


@cache
def categories() -> dict[str, Category]:
    """All of them by code, in the order of their numbers."""
    raw = tomllib.loads((Path(__file__).parent / "categories.toml").read_text())
    return msgspec.convert(raw, dict[str, Category])


def filed_categories() -> dict[str, Category]:
    """Those that a report or a notice may name: what a law forbids, what the terms do, or "not sure"."""
    return {code: one for code, one in categories().items() if {_IN_NOTICES, _IN_TERMS} & set(one.sheets)}


def decided_categories(ground: str) -> dict[str, Category]:
    """Those that a decision on this ground (law, terms) may name. Annex II: 15 on the terms alone, 16 and 17 never."""
    sheet = _IN_LAW if ground == "law" else _IN_TERMS
    return {code: one for code, one in categories().items() if sheet in one.sheets}


def require_category(known: dict[str, Category], category: str, keywords: tuple[str, ...]) -> None:
    """Refuse a category that is not among the known ones, and a keyword that is not of the category."""
    if category not in known:
        raise Refused(Errcode.INVALID_PARAM, f"category is none of {', '.join(known)}.")
    for keyword in keywords:
        if keyword not in known[category].keywords:
            names = ", ".join(known[category].keywords) or "none"
            raise Refused(Errcode.INVALID_PARAM, f"keyword is not of that category, which has: {names}.")
