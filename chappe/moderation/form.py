"""The form in which a decision is entered, and the verdict that it makes. Pure."""

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from chappe.moderation.categories import Category, decided_categories
from chappe.moderation.records import Case
from chappe.moderation.rules import MEASURES, Target, targets_of
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Ground

CONTENT_TYPES = (
    "CONTENT_TYPE_TEXT", "CONTENT_TYPE_IMAGE", "CONTENT_TYPE_VIDEO", "CONTENT_TYPE_AUDIO",
    "CONTENT_TYPE_SYNTHETIC_MEDIA", "CONTENT_TYPE_PRODUCT", "CONTENT_TYPE_APP", "CONTENT_TYPE_OTHER",
)  # fmt: skip
"""As the Transparency Database names them."""


_NO_CATEGORY = Category(0, "", "", ())


class Option(msgspec.Struct, frozen=True):
    """Something that a decision on a case could do. Its fields are `do_` and `days_` with its number."""

    at: int
    target: Target
    measure: str


def options_of(case: Case) -> list[Option]:
    """All that can be done in a case, in an order that does not change."""
    pairs = [(target, measure) for target in targets_of(case) for measure in MEASURES[target.kind]]
    return [Option(at, *pair) for at, pair in enumerate(pairs)]


def fields_of(case: Case, verdict: Verdict) -> dict[str, str]:
    """The form as a verdict fills it in: what `verdict_in` makes the same verdict of."""
    ground = verdict.ground or Ground.TERMS
    fields = {
        "explanation": verdict.explanation, "facts": verdict.facts, "proportionality": verdict.proportionality,
        "to_user": verdict.to_user, "ground": ground.value, "category": verdict.category,
        "law": verdict.ground_reference if ground is Ground.LAW else "",
        "term": verdict.ground_reference if ground is Ground.TERMS else "",
        "keyword_other": verdict.keyword_other, "territories": " ".join(verdict.territories),
        "source_identity": verdict.source_identity,
    }  # fmt: skip
    chosen = {(one.kind, one.subject, one.measure): one for one in verdict.measures}
    for option in options_of(case):
        if one := chosen.get((option.target.kind, option.target.subject, option.measure)):
            fields[f"do_{option.at}"] = "1"
            fields[f"days_{option.at}"] = "" if one.days is None else str(one.days)
    number = decided_categories(ground.value).get(verdict.category, _NO_CATEGORY).number
    return (
        fields
        | dict.fromkeys((f"{number}_{word}" for word in verdict.keywords), "1")
        | dict.fromkeys(verdict.content_types, "1")
    )


def verdict_in(case: Case, form: Mapping[str, str]) -> Verdict:
    """The verdict that was entered. Whether it is sound is for `rules.require_sound_verdict` to say."""
    measures = tuple(
        Planned(one.target.kind, one.target.subject, one.measure, one.target.within, _days(form, one.at))
        for one in options_of(case)
        if form.get(f"do_{one.at}")
    )
    explanation = _text(form, "explanation")
    if not measures:
        return Verdict(explanation, to_user=_text(form, "to_user"))
    ground = Ground.LAW if form.get("ground") == Ground.LAW.value else Ground.TERMS
    category = form.get("category", "")
    known = decided_categories(ground.value).get(category, _NO_CATEGORY)
    return Verdict(
        explanation, _text(form, "facts"), measures, ground,
        _text(form, "law") if ground is Ground.LAW else form.get("term", ""),
        _text(form, "to_user"), _text(form, "proportionality"), category,
        tuple(word for word in known.keywords if form.get(f"{known.number}_{word}")), _text(form, "keyword_other"),
        tuple(one for one in CONTENT_TYPES if form.get(one)), territories_in(form.get("territories", "")),
        _text(form, "source_identity"),
    )  # fmt: skip


def territories_in(text: str) -> tuple[str, ...]:
    """Countries as people write them: `de, fr`."""
    return tuple(dict.fromkeys(text.upper().replace(",", " ").split()))


def digest_of(verdict: Verdict) -> str:
    """What tells a verdict that was shown as it will be told from another one."""
    return sha256(msgspec.json.encode(verdict)).hexdigest()


def _days(form: Mapping[str, str], at: int) -> int | None:
    text = form.get(f"days_{at}", "").strip()
    if not text:
        return None
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 5 else 0  # which is refused


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()
