"""Changing one's push rules. Client-Server API v1.19, "Push Rules: API"."""

import msgspec

from chappe import holds
from chappe.accounts.turns import Turns
from chappe.errors import Errcode, Refused
from chappe.ids import UserID
from chappe.push import rules, store
from chappe.push.deciders import Deciders
from chappe.push.holders import Watchers
from chappe.push.mutes import looks_into_events
from chappe.push.ruleset import JSON, Changes, Kind, Rule, Tuned
from chappe.push.whole import Whole
from chappe.stream import Device, Transaction

RULES = "push.rules"
"""What somebody wants to be told about, as `holds` knows it."""


def no_rule() -> Refused:
    """What who names a rule that is not there is told."""
    return Refused(Errcode.NOT_FOUND, "You have no such push rule.")


async def put_rule(
    tx: Transaction,
    device: Device,
    kind: Kind,
    rule_id: str,
    actions: list[object],
    conditions: list[JSON],
    pattern: str | None,
    before: str | None,
    after: str | None,
) -> None:
    """Make a rule, switched on, or change one, which stays on or off as it was."""
    rule = rules.new_rule(kind, rule_id, actions, conditions, pattern)
    changes = await _begin(tx, device.user_id)
    own = changes.own.get(kind, [])
    if old := next((one for one in own if one.rule_id == rule_id), None):
        rule = msgspec.structs.replace(rule, enabled=old.enabled)
    _put_own(tx, device.user_id, changes, kind, rules.with_rule(own, kind, rule, before, after))


async def delete_rule(tx: Transaction, device: Device, kind: Kind, rule_id: str) -> None:
    """Remove one of one's own rules. A default one can only be switched off."""
    changes = await _begin(tx, device.user_id)
    own = changes.own.get(kind, [])
    left = [rule for rule in own if rule.rule_id != rule_id]
    if len(left) == len(own):
        if Whole(device.user_id, changes).is_default(kind, rule_id):
            raise Refused(Errcode.INVALID_PARAM, "A default rule cannot be deleted. Switch it off.")
        raise no_rule()
    _put_own(tx, device.user_id, changes, kind, left)


async def set_enabled(tx: Transaction, device: Device, kind: Kind, rule_id: str, enabled: bool) -> None:
    """Switch a rule on or off, default or own."""
    await _tune(tx, device.user_id, kind, rule_id, Tuned(enabled=enabled))


async def set_actions(tx: Transaction, device: Device, kind: Kind, rule_id: str, actions: list[object]) -> None:
    """Give a rule other actions, default or own."""
    await _tune(tx, device.user_id, kind, rule_id, Tuned(actions=rules.required_actions(actions)))


async def forget_rules(tx: Transaction, user_id: UserID, erase: bool) -> None:
    """What the end of an account does: its rules go."""
    await holds.erase(tx, RULES, user_id)


async def erase_rules(tx: Transaction, user_id: str) -> None:
    """The eraser of `RULES`, by user id."""
    store.erase_rules(tx, UserID(user_id))
    tx.after_commit(lambda: _changed(tx, UserID(user_id)))


async def _begin(tx: Transaction, user_id: UserID) -> Changes:
    await tx.of(Turns).take(tx, f"push rules {user_id}")
    _, changes = await store.rules(tx, user_id)
    return changes


async def _tune(tx: Transaction, user_id: UserID, kind: Kind, rule_id: str, tuned: Tuned) -> None:
    changes = await _begin(tx, user_id)
    whole = Whole(user_id, changes)
    rule = whole.find(kind, rule_id)
    if rule is None:
        raise no_rule()
    wanted = tuned.applied_to(rule)
    rules.require_size(wanted)
    if not whole.is_default(kind, rule_id):
        _put_own(tx, user_id, changes, kind, _replaced(changes.own[kind], wanted))
        return
    before = changes.tuned.get(rule_id, Tuned())
    after = Tuned(
        before.enabled if tuned.enabled is None else tuned.enabled,
        before.actions if tuned.actions is None else tuned.actions,
    )
    _put(tx, user_id, msgspec.structs.replace(changes, tuned={**changes.tuned, rule_id: after}))


def _replaced(own: list[Rule], rule: Rule) -> list[Rule]:
    return [rule if one.rule_id == rule.rule_id else one for one in own]


def _put_own(tx: Transaction, user_id: UserID, changes: Changes, kind: Kind, own: list[Rule]) -> None:
    _put(tx, user_id, msgspec.structs.replace(changes, own={**changes.own, kind: own}))


def _put(tx: Transaction, user_id: UserID, changes: Changes) -> None:
    store.put_rules(tx, user_id, rules.require_total(changes), looks=looks_into_events(changes))
    tx.after_commit(lambda: _changed(tx, user_id))


def _changed(tx: Transaction, user_id: UserID) -> None:
    tx.of(Deciders).forget(user_id)
    tx.of(Watchers).changed(user_id)
