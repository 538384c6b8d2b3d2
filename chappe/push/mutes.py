"""Where a person's rules notify of less than the usual: what unread counts follow. Pure.

A rule that looks into events cannot change a number of which only the size is known. What can is a rule about a
whole room, or about everything.
"""

from collections.abc import Iterable

import msgspec

from chappe.ids import RoomID, UserID
from chappe.push.defaults import MASTER, NOTIFY
from chappe.push.ruleset import UNCHANGED, Changes, Rule
from chappe.push.whole import Whole


class Mutes(msgspec.Struct, frozen=True):
    """What somebody does not wish to be told of: `everything`; anything in `silent` rooms; in `muted` ones, what does
    not highlight."""

    everything: bool = False
    silent: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()

    def counts(self, room_id: RoomID, notifications: int, highlights: int) -> tuple[int, int]:
        """What is told of so many unread notifications and highlights of a room."""
        if self.everything or room_id in self.silent:
            return 0, 0
        return (highlights, highlights) if room_id in self.muted else (notifications, highlights)


NOTHING = Mutes()


def mutes_of(user_id: UserID, changes: Changes) -> Mutes:
    """What the rules mute; `NOTHING`, always the same, for who has the default ones."""
    if changes == UNCHANGED:
        return NOTHING
    whole = Whole(user_id, changes)
    master = whole.find("override", MASTER)
    everything = master is not None and master.enabled and NOTIFY not in master.actions
    muted = frozenset(rule.rule_id for rule in whole.rules["room"] if rule.enabled and NOTIFY not in rule.actions)
    return Mutes(everything, frozenset(_silent(changes.own.get("override", []))), muted)


def _silent(overrides: Iterable[Rule]) -> Iterable[str]:
    """The rooms that an own override rule silences, as clients write them, if none that notifies goes before it."""
    for rule in overrides:
        if not rule.enabled:
            continue
        if NOTIFY in rule.actions:
            return
        match rule.conditions:
            case [{"kind": "event_match", "key": "room_id", "pattern": str(room_id)}]:
                yield room_id
