"""What a checker can find, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

MAX_NAMED = 10
"""Findings of one kind that are told in full."""


class Wrong(Enum):
    """What can be wrong."""

    LOST = "acknowledged and lost"
    DOUBLE = "stored more than once"
    CHANGED_ID = "a repeat was answered with another event"
    INVENTED = "nobody asked for it"
    REFUSED = "refused, though nothing was wrong with it"
    REFUSED_YET_STORED = "refused, and stored all the same"
    ORDER = "out of order"
    VANISHED = "shown to somebody, and not there"
    GAP = "left out on the way"
    SHOWN_TWICE = "shown twice to the same reader"
    LATE = "acknowledged, and not shown to who asked later"
    STALE = "not what was acknowledged last"
    DIFFERS = "two ways of reading do not agree"
    HALF = "stored by half"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. The sentence names the event, the request or the reader concerned."""

    wrong: Wrong
    sentence: str


def told(findings: Sequence[Finding]) -> str:
    """The findings for a person: how many of each kind, and the first of them in full."""
    lines = []
    for wrong in Wrong:  # the gravest first
        sentences = [f"  {one.sentence}" for one in findings if one.wrong is wrong]
        if sentences:
            lines += [f"{len(sentences)} × {wrong.value}:", *sentences[:MAX_NAMED]]
    return "\n".join(lines)
