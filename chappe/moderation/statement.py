"""The statement of reasons: what a person is told of a decision that restricts something of theirs. Art. 17 DSA. Pure.

It is kept as data, and read in the reader's language: by our client from the data, by others from the text made here.
"""

import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from chappe.accounts.pages import Language
from chappe.moderation.categories import categories
from chappe.moderation.records import Case, Decision, Measure
from chappe.moderation.rules import COMPLAINT_DAYS
from chappe.moderation.terms import terms
from chappe.moderation.words import Ground, Source

_DAY_MS = 86_400_000


class Stated(msgspec.Struct, frozen=True):
    """One measure, as it is told: what, where, until when (milliseconds, None for until it is lifted)."""

    kind: str
    subject: str
    measure: str
    territories: tuple[str, ...]
    until: int | None


class Statement(msgspec.Struct, frozen=True):
    """A statement of reasons, with everything that Art. 17(3) asks for.

    `notified` says whether a notice or report preceded it; who filed that is named in `notified_by` only where it is
    strictly necessary. `complain_until` is the end of the six months of Art. 20, in milliseconds.
    """

    decision: str
    at: int
    item: str
    room_id: str
    measures: tuple[Stated, ...]
    facts: str
    source: str
    notified_by: str
    detected_automatically: bool
    automation: str
    rule: str
    ground: str
    ground_reference: str
    explanation: str
    category: str
    to_user: str
    complain_until: int


def statement_of(case: Case, decision: Decision, measures: list[Measure]) -> Statement:
    """The statement of reasons of a decision."""
    stated = tuple(Stated(one.kind, one.subject, one.measure, one.territories, one.until) for one in measures)
    return Statement(
        decision.id, decision.at, case.item, case.room_id, stated, decision.facts, decision.source,
        decision.source_identity, decision.detected == "yes", decision.automation, decision.rule, decision.ground,
        decision.ground_reference, decision.explanation, decision.category, decision.to_user,
        decision.at + COMPLAINT_DAYS * _DAY_MS,
    )  # fmt: skip


def text_of(told: Statement, language: Language, link: str) -> str:
    """The statement in words, for clients that know nothing of it. `link` is where one can complain."""
    say = words(language)
    complain = say["complain"].format(until=day_of(told.complain_until), link=link)
    parts = (say["statement_title"], *paragraphs_of(told, language), complain, say["court"])
    return "\n\n".join((*parts, say["reference"].format(id=told.decision)))


def paragraphs_of(told: Statement, language: Language) -> list[str]:
    """What it says, but for how to contest it."""
    return [*_measures(told, words(language)), *_reasons(told, language)]


def _measures(told: Statement, say: dict[str, str]) -> list[str]:
    lines = []
    for one in told.measures:
        line = say[f"measure_{one.kind}_{one.measure}"]
        where = say["where"].format(where=", ".join(one.territories)) if one.territories else say["everywhere"]
        until = say["until"].format(day=day_of(one.until)) if one.until is not None else say["until_lifted"]
        lines.append(f"{line} {where} {until}")
    what = say["about_item"].format(item=told.item)
    return [what, *lines]


def _reasons(told: Statement, language: Language) -> list[str]:
    say = words(language)
    term = terms().named(told.ground_reference) if told.ground == Ground.TERMS else None
    ground = term.words(language) if term is not None else told.ground_reference
    category = categories().get(told.category)
    parts = [
        say["facts"].format(facts=told.facts),
        say["source_own" if told.source == Source.OWN_INITIATIVE else "source_notified"],
        say["ground_terms" if told.ground == Ground.TERMS else "ground_law"].format(ground=ground),
        say["why"].format(why=told.explanation),
        say[f"automation_{told.automation}"] + (" " + say["detected"] if told.detected_automatically else ""),
    ]
    if category is not None:
        parts.insert(0, say["category"].format(category=getattr(category, language.value)))
    if told.notified_by:
        parts.append(say["notified_by"].format(who=told.notified_by))
    if told.rule:
        parts.append(say["rule"].format(rule=told.rule))
    return [*parts, told.to_user] if told.to_user else parts


def day_of(ms: int) -> str:
    """A day, in UTC."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d}"


@cache
def words(language: Language) -> dict[str, str]:
    """What people are told, in a language."""
    found: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "told.toml").read_text())
    return found[language.value]
