"""What the Transparency Database takes: what `statement.schema.json` says, and what no schema can say. Pure."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from chappe.errors import Errcode, Refused
from chappe.moderation.categories import categories
from chappe.transparency.codes import codes

Fault = tuple[str, str]
"""A field, and what is wrong about it, in words."""

MAX_BATCH = 100
"""Statements in one request (R80)."""
MAX_MENDED_CHARS = 5_000

_DATE = re.compile(r"(20[0-2][0-9]|203[0-7])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|2038-01-01")
_PUID = re.compile(r"[a-zA-Z0-9_-]+")
_EAN = re.compile(r"[0-9]{13}")
_WEB = re.compile(r"https?://")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

FREE_TEXTS = (
    "decision_visibility_other",
    "decision_monetary_other",
    "content_type_other",
    "category_specification_other",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "decision_facts",
    "source_identity",
)
"""The fields in which anything may stand, and nothing about anybody may (R83)."""

_REQUIRED = (
    "decision_ground",
    "content_type",
    "category",
    "territorial_scope",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
)
_MAY_BE_NULL = frozenset(
    {
        "decision_visibility",
        "decision_monetary",
        "decision_provision",
        "decision_account",
        "account_type",
        "decision_ground_reference_url",
        "incompatible_content_illegal",
        "category_specification",
        "content_language",
        "content_id",
        "end_date_visibility_restriction",
        "end_date_monetary_restriction",
        "end_date_service_restriction",
        "end_date_account_restriction",
        *FREE_TEXTS,
    }
) - {"decision_facts"}
_RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
_OF_LAW = ("illegal_content_legal_ground", "illegal_content_explanation")
_OF_TERMS = ("incompatible_content_ground", "incompatible_content_explanation")


FIELDS = (
    "puid",
    "decision_visibility",
    "decision_visibility_other",
    "decision_monetary",
    "decision_monetary_other",
    "decision_provision",
    "decision_account",
    "account_type",
    "decision_ground",
    "decision_ground_reference_url",
    "illegal_content_legal_ground",
    "illegal_content_explanation",
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "incompatible_content_illegal",
    "content_type",
    "content_type_other",
    "category",
    "category_addition",
    "category_specification",
    "category_specification_other",
    "territorial_scope",
    "content_language",
    "content_date",
    "application_date",
    "end_date_visibility_restriction",
    "end_date_monetary_restriction",
    "end_date_service_restriction",
    "end_date_account_restriction",
    "decision_facts",
    "source_type",
    "source_identity",
    "automated_detection",
    "automated_decision",
    "content_id",
)
"""All of them, in the order of an export."""


def faults_of(record: dict[str, object]) -> list[Fault]:
    """Everything for which the database would refuse a record, or drop a part of it."""
    faults = [(name, "is missing") for name in _REQUIRED if record.get(name) is None]
    for name, value in record.items():
        check = _checks().get(name)
        if check is None:
            faults.append((name, "is no field of a statement"))
        elif value is None:
            if name not in _MAY_BE_NULL and name not in _REQUIRED:
                faults.append((name, "may be left out, and not be null"))
        elif (wrong := check(value)) is not None:
            faults.append((name, wrong))
    faults += _together(record)
    return faults


def require_mendable(texts: dict[str, str]) -> None:
    """Refuse mended texts for fields that are no free texts, and those that are too long."""
    for name, text in texts.items():
        if name not in FREE_TEXTS:
            raise Refused(Errcode.INVALID_PARAM, f"{name} is not a text that can be mended.")
        if len(text) > min(codes().longest[name], MAX_MENDED_CHARS) or "\0" in text:
            raise Refused(Errcode.INVALID_PARAM, f"{name} has at most {codes().longest[name]} characters.")


@cache
def _checks() -> dict[str, Callable[[object], str | None]]:
    known = codes()
    api = frozenset(code for code, one in categories().items() if set(one.sheets) != {3})
    keywords = frozenset(word for one in categories().values() for word in one.keywords) | {"KEYWORD_STALKING"}
    single = {name: _one_of(words) for name, words in known.one_of.items() if name != "decision_visibility"}
    return {
        **{name: _text(most) for name, most in known.longest.items()},
        **single,
        "decision_visibility": _some_of(known.one_of["decision_visibility"], least=1),
        "decision_ground_reference_url": _matching(_WEB, known.longest["decision_ground_reference_url"], "an address"),
        "content_type": _some_of(frozenset(known.content_types), least=1),
        "category": _one_of(api),
        "category_addition": _some_of(api, least=0),
        "category_specification": _some_of(keywords, least=0),
        "territorial_scope": _some_of(frozenset(known.eea), least=1),
        "content_language": _one_of(known.content_language),
        "content_date": _day,
        "application_date": _day,
        **{f"end_date_{what}_restriction": _day for what in ("visibility", "monetary", "service", "account")},
        "puid": _whole(_PUID, known.longest["puid"], "letters, digits, hyphens and underscores"),
        "content_id": _content_id,
    }


def _text(most: int) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return None if isinstance(value, str) and len(value) <= most else f"is a text of at most {most} characters"

    return check


def _one_of(words: frozenset[str]) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return None if isinstance(value, str) and value in words else "is none of the words that the database knows"

    return check


def _some_of(words: frozenset[str], *, least: int) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        if not isinstance(value, list) or not all(isinstance(one, str) and one in words for one in value):
            return "is a list of words that the database knows"
        return None if least <= len(value) == len(set(value)) else "names each once, and at least one"

    return check


def _matching(pattern: re.Pattern[str], most: int, what: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        fits = isinstance(value, str) and len(value) <= most and pattern.match(value) is not None
        return None if fits else f"is {what}"

    return check


def _whole(pattern: re.Pattern[str], most: int, what: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        fits = isinstance(value, str) and len(value) <= most and pattern.fullmatch(value) is not None
        return None if fits else f"is made of {what}"

    return check


def _day(value: object) -> str | None:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None or not _exists(value):
        return "is a day from 2000-01-01 to 2038-01-01, written like that"
    return None


def _exists(date: str) -> bool:
    year, month, number = (int(part) for part in date.split("-"))
    return number <= _DAYS[month - 1] + (month == 2 and year % 4 == 0)  # no century is in that range but 2000


def _content_id(value: object) -> str | None:
    fits = isinstance(value, dict) and all(
        name == "EAN-13" and isinstance(one, str) and _EAN.fullmatch(one) for name, one in value.items()
    )
    return None if fits else "is an EAN-13"


def _together(record: dict[str, object]) -> Iterator[Fault]:
    """What depends on another field."""
    if not any(record.get(name) for name in _RESTRICTIONS):
        yield "decision_visibility", "is missing: nothing is restricted"
    yield from _explained(record, "decision_visibility", "DECISION_VISIBILITY_OTHER", "decision_visibility_other")
    yield from _explained(record, "decision_monetary", "DECISION_MONETARY_OTHER", "decision_monetary_other")
    yield from _explained(record, "content_type", "CONTENT_TYPE_OTHER", "content_type_other")
    if record.get("category_specification_other") is not None and not _holds(
        record.get("category_specification"), "KEYWORD_OTHER"
    ):
        yield "category_specification_other", "belongs to KEYWORD_OTHER alone"
    yield from _of_ground(record)
    if record.get("source_type") == "SOURCE_VOLUNTARY" and record.get("source_identity") is not None:
        yield "source_identity", "belongs to a notice"
    yield from _dated(record)
    additions = record.get("category_addition")
    if isinstance(additions, list) and record.get("category") in additions:
        yield "category_addition", "repeats the category"
    if record.get("decision_facts") == "":
        yield "decision_facts", "is empty"


def _of_ground(record: dict[str, object]) -> Iterator[Fault]:
    is_law = record.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT"
    needed, dropped = (_OF_LAW, (*_OF_TERMS, "incompatible_content_illegal")) if is_law else (_OF_TERMS, _OF_LAW)
    for name in needed:
        if not record.get(name):
            yield name, "is missing for this ground"
    for name in dropped:
        if record.get(name) is not None:
            yield name, "is of the other ground, and would be dropped"


def _dated(record: dict[str, object]) -> Iterator[Fault]:
    begins = record.get("application_date")
    if isinstance(begins, str) and begins < "2020":
        yield "application_date", "is a day from 2020-01-01 on"
    for what in ("visibility", "monetary", "service", "account"):
        end = record.get(f"end_date_{what}_restriction")
        if isinstance(end, str) and isinstance(begins, str) and end < begins:
            yield f"end_date_{what}_restriction", "is before the restriction begins"


def _explained(record: dict[str, object], field: str, other: str, text: str) -> Iterator[Fault]:
    if _holds(record.get(field), other):
        if not record.get(text):
            yield text, f"is missing: {other} is said in words"
    elif record.get(text) is not None:
        yield text, f"belongs to {other} alone"


def _holds(value: object, word: str) -> bool:
    return value == word or (isinstance(value, list) and word in value)
