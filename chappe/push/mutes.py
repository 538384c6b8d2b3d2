"""What a person's rules change of unread counts: what they mute altogether, and whether they look into events. Pure.

A rule that looks into events cannot change a number of which only the size is known. What can is a rule about a
whole room, about all messages, or about everything. For the others a reader of the log looks (`counting.py`).
"""

from collections.abc import Iterable

import msgspec

from chappe.ids import RoomID, UserID
from chappe.push.defaults import MASTER, NOTIFY
from chappe.push.ruleset import UNCHANGED, Changes, Kind, Rule
from chappe.push.whole import Whole

OF_TWO = 2
"""A room with so many people has default rules of its own."""

_BEHIND = {
    ".m.rule.room_one_to_one": ".m.rule.message",
    ".m.rule.encrypted_room_one_to_one": ".m.rule.encrypted",
}
"""The default rules about all messages: those for rooms of two people, and which of the others stands behind each."""


class Mutes(msgspec.Struct, frozen=True):
    """What somebody does not wish to be told of: `everything`; anything in `silent` rooms; in `muted` ones, what does
    not highlight. The same in all rooms of two people (`direct`) or in all others (`groups`), but for the `loud` ones.
    `looks`: whether they have rules about single events."""

    everything: bool = False
    silent: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    groups: bool = False
    direct: bool = False
    loud: frozenset[str] = frozenset()
    looks: bool = False

    @property
    def asks_for_members(self) -> bool:
        """Whether it matters how many people are in a room."""
        return self.groups != self.direct

    def mutes(self, room_id: str, joined: int) -> bool:
        """Whether in a room with so many people only that counts which highlights."""
        if room_id in self.muted or room_id in self.loud:
            return room_id in self.muted
        return self.direct if joined == OF_TWO else self.groups

    def counts(
        self, room_id: RoomID, notifications: int, highlights: int, joined: int | None = None
    ) -> tuple[int, int]:
        """What is told of so many unread notifications and highlights of a room with so many people; with None, of
        those that the rules about all messages have let through already."""
        if self.everything or room_id in self.silent:
            return 0, 0
        is_muted = room_id in self.muted if joined is None else self.mutes(room_id, joined)
        return (highlights, highlights) if is_muted else (notifications, highlights)


NOTHING = Mutes()


def mutes_of(user_id: UserID, changes: Changes) -> Mutes:
    """What the rules mute; `NOTHING`, always the same, for who has the default ones."""
    if changes == UNCHANGED:
        return NOTHING
    whole = Whole(user_id, changes)
    master = whole.find("override", MASTER)
    everything = master is not None and master.enabled and NOTIFY not in master.actions
    about_rooms = [rule for rule in whole.rules["room"] if rule.enabled]
    return Mutes(
        everything,
        frozenset(_silent(changes.own.get("override", []))),
        frozenset(rule.rule_id for rule in about_rooms if NOTIFY not in rule.actions),
        all(_is_off(whole, rule_id) for rule_id in _BEHIND.values()),
        all(_is_off(whole, rule_id) for rule_id in _BEHIND),
        frozenset(rule.rule_id for rule in about_rooms if NOTIFY in rule.actions),
        looks_into_events(changes),
    )


def looks_into_events(changes: Changes) -> bool:
    """Whether the changes may make an event count otherwise than a whole room is muted."""
    if any(rule_id != MASTER for rule_id in changes.tuned):
        return True
    return any(rule.enabled and not _is_mute(kind, rule) for kind, own in changes.own.items() for rule in own)


def _is_mute(kind: Kind, rule: Rule) -> bool:
    if kind == "room":
        return not rule.actions
    return kind == "override" and NOTIFY not in rule.actions and _room_of(rule) is not None


def _is_off(whole: Whole, rule_id: str) -> bool:
    """Whether a default rule about all messages notifies of none. Switched off, it lets the one behind it decide."""
    rule = whole.find("underride", rule_id)
    assert rule is not None, "default rules are never deleted"
    if rule.enabled:
        return NOTIFY not in rule.actions
    return rule_id not in _BEHIND or _is_off(whole, _BEHIND[rule_id])


def _silent(overrides: Iterable[Rule]) -> Iterable[str]:
    """The rooms that an own override rule silences, as clients write them, if none that notifies goes before it."""
    for rule in overrides:
        if not rule.enabled:
            continue
        if NOTIFY in rule.actions:
            return
        if (room_id := _room_of(rule)) is not None:
            yield room_id


def _room_of(rule: Rule) -> str | None:
    """The room that the only condition of a rule names."""
    match rule.conditions:
        case [{"kind": "event_match", "key": "room_id", "pattern": str(room_id)}]:
            return room_id
    return None
