"""Imposing and lifting: acts in the shard of what is restricted, or queued for it by a decision.

Both are idempotent: a restriction that is imposed already stays as it is, and one that is not there is lifted.
"""

from collections.abc import Awaitable, Callable

import msgspec

from chappe.restrictions import store
from chappe.restrictions.held import Restrictions
from chappe.restrictions.restriction import Kind, Restriction, home_of, require_sound
from chappe.restrictions.store import Held
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Transaction


class OnImposed(list[Callable[[Transaction, Restriction, FuturePlace], Awaitable[None]]]):
    """What higher slices do in the commit that imposes one: `on_imposed(tx, restriction, place)`, in its shard."""


class OnLifted(list[Callable[[Transaction, Restriction, Place], Awaitable[None]]]):
    """What they do in the commit that lifts one, with the place at which it was imposed; also when its time is over."""


async def impose(tx: Transaction, restriction: Restriction) -> None:
    """Impose a restriction with this unit of work, which answers once it holds.

    In the shard of what is restricted it is part of the unit; elsewhere, in the register with a decision say, it is an
    effect that the answer waits for. Refuses (INVALID_PARAM) what is not sound.
    """
    require_sound(restriction)
    if tx.shard == restriction.home:
        await _impose_here(tx, restriction)
    else:
        told = msgspec.to_builtins(restriction)
        tx.effect(restriction.home, "restrictions.impose", told, awaited=True)


async def lift(tx: Transaction, kind: Kind, subject: str, within: str, id: str) -> None:
    """Lift a restriction with this unit of work, which answers once it does not hold any more. Others on the same
    subject stay."""
    home = home_of(kind, subject, within)
    if tx.shard == home:
        await _lift_here(tx, kind, subject, within, id)
    else:
        tx.effect(home, "restrictions.lift", kind.value, subject, within, id, awaited=True)


async def impose_effect(tx: Transaction, device: Device | None, restriction: dict[str, object]) -> None:
    """The effect in the shard of what is restricted."""
    await _impose_here(tx, msgspec.convert(restriction, Restriction))


async def lift_effect(tx: Transaction, device: Device | None, kind: str, subject: str, within: str, id: str) -> None:
    """The effect in the shard of what was restricted."""
    await _lift_here(tx, Kind(kind), subject, within, id)


async def _impose_here(tx: Transaction, restriction: Restriction) -> None:
    if await _find(tx, restriction.kind, restriction.subject, restriction.within, restriction.id) is not None:
        return
    place = tx.place(restriction.room_id or restriction.subject)
    store.impose(tx, restriction, place)
    if restriction.kind is Kind.ROOM:
        store.tell_anew(tx, restriction.room_id, place)
    elif restriction.room_id:
        store.touch_room(tx, restriction.room_id)
    restrictions = tx.of(Restrictions)
    tx.after_commit(lambda: restrictions.changed(restriction))
    for on_imposed in tx.of(OnImposed):
        await on_imposed(tx, restriction, place)


async def _lift_here(tx: Transaction, kind: Kind, subject: str, within: str, id: str) -> None:
    found = await _find(tx, kind, subject, within, id)
    if found is None:
        return
    restriction = found.restriction
    store.lift(tx, restriction)
    place = tx.place(restriction.room_id or restriction.subject)
    if restriction.room_id:
        # What clients hold of it is a placeholder, or nothing; they are given the rest of the room's end with it.
        store.tell_anew(tx, restriction.room_id, place)
    restrictions = tx.of(Restrictions)
    tx.after_commit(lambda: restrictions.changed(restriction))
    for on_lifted in tx.of(OnLifted):
        await on_lifted(tx, restriction, found.place)


async def _find(tx: Transaction, kind: Kind, subject: str, within: str, id: str) -> Held | None:
    held = await store.of_subject(tx, kind, subject, within)
    return next((one for one in held if one.restriction.id == id), None)
