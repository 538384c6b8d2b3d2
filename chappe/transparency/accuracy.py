"""How often automatic decisions are right, from a random sample that people judged without knowing them. R95. Pure."""

from collections.abc import Iterable

import msgspec


class Accuracy(msgspec.Struct, frozen=True):
    """How many of a sample were matched and wrong to leave (`hits`), matched and fine (`false_alarms`), not matched and
    wrong to leave (`misses`), not matched and fine (`rest`)."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    rest: int = 0

    @property
    def size(self) -> int:
        """Of the sample."""
        return self.hits + self.false_alarms + self.misses + self.rest

    @property
    def accuracy(self) -> float | None:
        """The share of those that were decided rightly."""
        return _share(self.hits + self.rest, self.size)

    @property
    def precision(self) -> float | None:
        """The share of what was matched that was rightly matched."""
        return _share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """The share of what was to be matched that was; unknown where nothing was looked at that was not matched."""
        return _share(self.hits, self.hits + self.misses) if self.misses + self.rest else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def by_scope(judged: Iterable[tuple[str, str, str, int]]) -> dict[str, Accuracy]:
    """By scope of part 8: source and outcome of decisions that no person made, what who judged them again would have
    decided, and how many."""
    found: dict[str, Accuracy] = {}
    for source, outcome, again, count in judged:
        if outcome == "restricted":
            one = Accuracy(hits=count) if again == "restricted" else Accuracy(false_alarms=count)
        else:
            one = Accuracy(misses=count) if again == "restricted" else Accuracy(rest=count)
        for scope in _scopes(source):
            found[scope] = _together(found.get(scope, Accuracy()), one)
    return found


def _scopes(source: str) -> tuple[str, ...]:
    if source == "trusted_flagger":
        return ("Total number", "NAM Total", "NAM Trusted Flagger")
    return ("Total number", "NAM Total" if source == "notice" else "Own-initiative")


def _together(one: Accuracy, other: Accuracy) -> Accuracy:
    return Accuracy(
        one.hits + other.hits, one.false_alarms + other.false_alarms, one.misses + other.misses, one.rest + other.rest
    )
