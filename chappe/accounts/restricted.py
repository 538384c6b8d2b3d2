"""What a decision about an account changes at once: its logins are looked at again, or end.

Its devices, with their keys and what waits for them, stay when an account is terminated, like everything else of it:
who logs in again after a reversal with the same device has all of it (R87).
"""

from chappe.accounts import store
from chappe.accounts.tokens import Tokens
from chappe.ids import UserID
from chappe.restrictions import Kind, Measure, Restriction
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Transaction


async def restricted(tx: Transaction, restriction: Restriction, place: FuturePlace) -> None:
    """Called when a restriction is imposed, in the register."""
    if restriction.kind is Kind.ACCOUNT:
        ends = restriction.measure is Measure.TERMINATED
        effect = "accounts.end_sessions" if ends else "accounts.standing_changed"
        tx.effect(restriction.subject, effect, restriction.subject, awaited=True)


async def unrestricted(tx: Transaction, restriction: Restriction, place: Place) -> None:
    """Called when one is lifted, in the register."""
    if restriction.kind is Kind.ACCOUNT:
        tx.effect(restriction.subject, "accounts.standing_changed", restriction.subject, awaited=True)


async def end_sessions(tx: Transaction, device: Device | None, user_id: str) -> None:
    """The effect in the person's shard: all their tokens end, and waiting requests wake."""
    store.erase_all_tokens(tx, UserID(user_id))
    tx.place(user_id)
    tx.after_commit(lambda: tx.of(Tokens).forget(UserID(user_id)))
