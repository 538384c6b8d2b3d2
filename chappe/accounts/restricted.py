"""What a decision about an account changes at once: its logins are looked at again.

Those of a terminated account are refused as if they had ended, and nobody logs in to it. They stay stored like all that
belongs to it, devices with their keys and what waits for them: after a reversal everything is as it was (R87).
"""

from chappe.restrictions import Kind, Restriction
from chappe.storage import FuturePlace
from chappe.stream import Place, Transaction


async def restricted(tx: Transaction, restriction: Restriction, place: FuturePlace | Place) -> None:
    """Called when a restriction is imposed, and when it is lifted; in the register."""
    if restriction.kind is Kind.ACCOUNT:
        tx.effect(restriction.subject, "accounts.standing_changed", restriction.subject, awaited=True)
