"""What a person's rules say about an event. Pure.

Client-Server API v1.19, "Push Rules": the first rule that matches decides, and only its actions count.
"""

from chappe.ids import UserID
from chappe.push.conditions import CONTAINS_NAME, Condition, compiled, matches_words
from chappe.push.defaults import NOTIFY
from chappe.push.look import Look
from chappe.push.ruleset import JSON, Changes, Rule
from chappe.push.whole import Whole

Actions = list[object]
_Ready = list[tuple[tuple[Condition, ...], Actions]]


class Decider:
    """The rules of one person that are switched on, made ready once and asked about many events."""

    __slots__ = ("_content", "_overrides", "_rooms", "_senders", "_underrides", "needs_name")

    def __init__(self, user_id: UserID, changes: Changes) -> None:
        rules = {kind: [one for one in given if one.enabled] for kind, given in Whole(user_id, changes).rules.items()}
        self._overrides = [_ready(rule) for rule in rules["override"]]
        self._content: _Ready = [((matches_words(rule.pattern or ""),), rule.actions) for rule in rules["content"]]
        self._rooms = {rule.rule_id: rule.actions for rule in rules["room"]}
        self._senders = {rule.rule_id: rule.actions for rule in rules["sender"]}
        self._underrides = [_ready(rule) for rule in rules["underride"]]
        self.needs_name = any(
            condition.get("kind") == CONTAINS_NAME
            for rule in rules["override"] + rules["underride"]
            for condition in rule.conditions or ()
        )
        """Whether the answer depends on what the person is called in the room."""

    def actions(self, look: Look, room_id: str, sender: str, name: str | None) -> Actions:
        """What is to be done; nothing when no rule matches."""
        for rules in (self._overrides, self._content):
            if (found := _first(rules, look, name)) is not None:
                return found
        if room_id in self._rooms:
            return self._rooms[room_id]
        if sender in self._senders:
            return self._senders[sender]
        return _first(self._underrides, look, name) or []


def _ready(rule: Rule) -> tuple[tuple[Condition, ...], Actions]:
    return tuple(compiled(condition) for condition in rule.conditions or ()), rule.actions


def _first(rules: _Ready, look: Look, name: str | None) -> Actions | None:
    for conditions, actions in rules:
        for condition in conditions:
            if not condition(look, name):
                break
        else:
            return actions
    return None


def tweaks_of(actions: Actions) -> JSON | None:
    """How the person is to be told, by the names of the tweaks; None if they are not."""
    if NOTIFY not in actions:
        return None
    tweaks: JSON = {}
    for action in actions:
        if isinstance(action, dict):
            name = str(action.get("set_tweak"))
            # "If a highlight tweak is given with no value, its value is defined to be true."
            tweaks[name] = action.get("value", True if name == "highlight" else None)
    return tweaks
