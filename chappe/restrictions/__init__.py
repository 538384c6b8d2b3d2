"""What is restricted, until when, where, and by which decision. It never decides: it obeys.

A decision (of moderation, the legal desk, a country) imposes a *restriction* in its own commit and can lift it, each
with an ID; whoever owns the thing asks here before it is read or used (law 4). Several may hold at once, and lifting
one leaves the others. Nothing that is restricted is changed: when it is lifted, it is there again as it was.

`restriction.py` what a restriction is, pure · `impose.py` imposing and lifting · `held.py` what holds now, for whom:
from memory · `marks.py` where anything is restricted at all · `territories.py` where a reader is · `told.py` what
people are told · `sweep.py` tidying away what has ended · `store.py` all SQL.

Tables: restriction (in the room's shard; of accounts and media in the register), restricted_room (the room's shard).
"""

from chappe.clock import Clock
from chappe.resources import Resources
from chappe.restrictions.held import Restrictions, View
from chappe.restrictions.impose import OnImposed, OnLifted, impose, impose_effect, lift, lift_effect
from chappe.restrictions.restriction import HIDING, MEASURES, TOLD, Ground, Kind, Measure, Restriction, require_sound
from chappe.restrictions.store import Held, are_any_on_account
from chappe.restrictions.sweep import sweep, sweep_minutely
from chappe.restrictions.territories import Territories, Unknown
from chappe.restrictions.told import KEY, frozen, limited, placeholder_of, standing_refused, told_of, withheld
from chappe.storage import Database
from chappe.stream import Effect

EFFECTS: dict[str, Effect] = {"restrictions.impose": impose_effect, "restrictions.lift": lift_effect}


def install(
    resources: Resources, database: Database, clock: Clock, territories: Territories, base_url: str
) -> Restrictions:
    """Add what is known of restrictions to `resources`. Returns it: `begin` is to be called before anybody is answered.

    `OnImposed` and `OnLifted` are filled by those who follow.
    """
    restrictions = Restrictions(database, clock, territories, base_url)
    resources.add(restrictions)
    resources.add(territories, Territories)
    resources.add(OnImposed())
    resources.add(OnLifted())
    return restrictions


__all__ = [
    "EFFECTS",
    "HIDING",
    "KEY",
    "MEASURES",
    "TOLD",
    "Ground",
    "Held",
    "Kind",
    "Measure",
    "OnImposed",
    "OnLifted",
    "Restriction",
    "Restrictions",
    "Territories",
    "Unknown",
    "View",
    "are_any_on_account",
    "frozen",
    "impose",
    "install",
    "lift",
    "limited",
    "placeholder_of",
    "require_sound",
    "standing_refused",
    "sweep",
    "sweep_minutely",
    "told_of",
    "withheld",
]
