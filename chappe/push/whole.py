"""A person's whole ruleset: the default rules and their own, in the order in which they are asked. Pure."""

import msgspec

from chappe.ids import UserID
from chappe.push.defaults import MASTER, default_rules
from chappe.push.ruleset import JSON, KINDS, Changes, Kind, Rule


class Whole:
    """All rules of a person by kind, the most important first, and which of them are default ones."""

    def __init__(self, user_id: UserID, changes: Changes) -> None:
        self.defaults: dict[str, Rule] = {}
        self.rules: dict[Kind, list[Rule]] = {}
        given = default_rules(user_id)
        for kind in KINDS:
            tuned = [self._tuned(rule, changes) for rule in given.get(kind, ())]
            self.defaults.update((f"{kind}/{rule.rule_id}", rule) for rule in tuned)
            first = [rule for rule in tuned if rule.rule_id == MASTER]
            self.rules[kind] = [*first, *changes.own.get(kind, ()), *tuned[len(first) :]]

    @staticmethod
    def _tuned(rule: Rule, changes: Changes) -> Rule:
        tuning = changes.tuned.get(rule.rule_id)
        return tuning.applied_to(rule) if tuning is not None else rule

    def find(self, kind: Kind, rule_id: str) -> Rule | None:
        """A rule, default or own."""
        return next((rule for rule in self.rules[kind] if rule.rule_id == rule_id), None)

    def is_default(self, kind: Kind, rule_id: str) -> bool:
        """Whether a rule is one that everybody has."""
        return f"{kind}/{rule_id}" in self.defaults

    def shown(self) -> JSON:
        """The ruleset as clients see it ("Ruleset")."""
        return {
            kind: [rule.shown(is_default=self.is_default(kind, rule.rule_id)) for rule in rules]
            for kind, rules in self.rules.items()
        }


def content_of(user_id: UserID, changes: Changes) -> bytes:
    """The content of `m.push_rules` as JSON; the same is the answer of GET /pushrules/."""
    return msgspec.json.encode({"global": Whole(user_id, changes).shown()})
