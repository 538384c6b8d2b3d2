"""The rules that are on, compiled, and what they say about something."""

import logging
from collections import Counter
from dataclasses import dataclass

from chappe.rooms.reading import Reads
from chappe.rules import store
from chappe.rules.expression import Expression, Seen, WrongExpression
from chappe.rules.facts import NOTHING, Facts, Happening
from chappe.rules.rule import Rule, Stage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compiled:
    """A rule, ready to look."""

    rule: Rule
    expression: Expression


class Engine:
    """Those of one process. `load` takes up what is on now, all at once."""

    def __init__(self) -> None:
        self._on: dict[Happening, tuple[Compiled, ...]] = {}
        self._kept: dict[tuple[str, int], Expression] = {}
        self.failures: Counter[str] = Counter()
        """How often a rule could not say anything, by its name."""
        self.hits: Counter[tuple[str, str]] = Counter()
        """How often it held, by its name and stage."""

    def __len__(self) -> int:
        return sum(len(rules) for rules in self._on.values())

    def looks_at(self, happening: Happening) -> bool:
        """Whether any rule is about that."""
        return happening in self._on

    async def load(self, reads: Reads, now: int) -> None:
        """Take up the rules that are on. One that does not compile (any more) is left out, and told of in the log."""
        on: dict[Happening, list[Compiled]] = {}
        kept: dict[tuple[str, int], Expression] = {}
        for rule in await store.on(reads, now):
            key = (rule.name, rule.version)
            try:
                kept[key] = self._kept.get(key) or Expression(rule.expression)
            except WrongExpression as wrong:
                logger.error("Rule %s, version %d, is left out: %s", rule.name, rule.version, wrong)
                continue
            on.setdefault(rule.happening, []).append(Compiled(rule, kept[key]))
        self._kept = kept
        self._on = {happening: tuple(rules) for happening, rules in on.items()}

    def holding(self, happening: Happening, facts: Facts, now: int) -> list[Rule]:
        """The rules that hold. `facts` are those that say something; all others say nothing."""
        rules = self._on.get(happening, ())
        if not rules:
            return []
        seen = Seen({**NOTHING, **facts, "happening": happening.value})
        found: list[Rule] = []
        for one in rules:
            if not one.rule.is_on(now):
                continue
            try:
                if one.expression.holds(seen):
                    found.append(one.rule)
            except RuntimeError:
                self.failures[one.rule.name] += 1
        for rule in found:
            self.hits[rule.name, "live" if rule.stage is Stage.LIVE else "shadow"] += 1
        return found
