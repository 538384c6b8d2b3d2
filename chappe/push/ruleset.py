"""The shape of push rules, and what one person changed of the default ones. Pure.

Only the changes are stored: the person's own rules, and what differs in the default ones. So a new default
rule reaches everybody.
"""

from typing import Literal, get_args

import msgspec

JSON = dict[str, object]
Kind = Literal["override", "content", "room", "sender", "underride"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which they are asked."""


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule. `conditions` only for override and underride, `pattern` only for content."""

    rule_id: str
    actions: list[object]
    enabled: bool = True
    conditions: list[JSON] | None = None
    pattern: str | None = None

    def shown(self, *, is_default: bool) -> JSON:
        """The rule as clients see it ("PushRule")."""
        shown: JSON = {
            "rule_id": self.rule_id,
            "default": is_default,
            "enabled": self.enabled,
            "actions": self.actions,
        }
        if self.conditions is not None:
            shown["conditions"] = self.conditions
        if self.pattern is not None:
            shown["pattern"] = self.pattern
        return shown


class Tuned(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person changed of one default rule; None where it is as it was."""

    enabled: bool | None = None
    actions: list[object] | None = None

    def applied_to(self, rule: Rule) -> Rule:
        """The rule with the changes."""
        return msgspec.structs.replace(
            rule,
            enabled=rule.enabled if self.enabled is None else self.enabled,
            actions=rule.actions if self.actions is None else self.actions,
        )


class Changes(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that one person changed: `own` by kind, the most important first; `tuned` by default rule."""

    own: dict[Kind, list[Rule]] = {}
    tuned: dict[str, Tuned] = {}


UNCHANGED = Changes()
_decode = msgspec.json.Decoder(Changes).decode


def packed(changes: Changes) -> bytes:
    """The changes as they are stored."""
    return msgspec.json.encode(changes)


def unpacked(stored: bytes) -> Changes:
    """The changes that were stored."""
    return _decode(stored)
