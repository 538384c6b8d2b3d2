"""Watching policy lists. Acts in the register."""

import re

from chappe import audit
from chappe.errors import Errcode
from chappe.ids import is_room_id
from chappe.operators import StaffRefused, require
from chappe.rules import store
from chappe.rules.current import Current
from chappe.rules.policy_lists import MAX_WATCHED
from chappe.rules.staff import APPROVERS
from chappe.stream import Device, Transaction

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


async def watch_list(tx: Transaction, device: Device, name: str, room_id: str) -> None:
    """Have rules know who stands on the list in a room. What they do about it, they say themselves."""
    await require(tx, tx.now, device.user_id, *APPROVERS)
    wrong = StaffRefused("refused_watch", "Name the list with small letters, and a room.", Errcode.INVALID_PARAM)
    if _NAME.fullmatch(name) is None or not is_room_id(room_id):
        raise wrong
    store.watch(tx, name, room_id, device.user_id, MAX_WATCHED, otherwise=wrong)
    audit.record(tx, device.user_id, "policy_list.watched", room_id, after=name)
    tx.after_commit(tx.of(Current).wake)


async def unwatch_list(tx: Transaction, device: Device, name: str) -> None:
    """Watch it no more."""
    await require(tx, tx.now, device.user_id, *APPROVERS)
    absent = StaffRefused("refused_watch", "There is no such list.", Errcode.NOT_FOUND)
    store.unwatch(tx, name, otherwise=absent)
    audit.record(tx, device.user_id, "policy_list.unwatched", name)
    tx.after_commit(tx.of(Current).wake)
