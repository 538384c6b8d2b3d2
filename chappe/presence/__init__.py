"""Who is there: online, idle, busy or offline, since when, and what they say about it.

A *device* is present while it syncs, or for a moment after it said so; a person is what their devices are together.
`presence.py` who is there, in memory · `marks.py` in which rooms whose presence changed · `rules.py` pure ·
`told.py` what clients read · `routes.py` the endpoints. Owns no tables: a restart forgets everything.
"""

from chappe.events.state import Draft
from chappe.presence.presence import Joined, Person, Presence
from chappe.presence.routes import routes
from chappe.presence.rules import State, parse_state
from chappe.presence.told import M_PRESENCE, event_of
from chappe.resources import Resources
from chappe.rooms import Room, SendGates
from chappe.stream import Transaction


def install(resources: Resources) -> None:
    """Have presence hear of what people do in rooms."""
    resources.of(SendGates).gates.append(_notice)


async def _notice(tx: Transaction, room: Room, draft: Draft) -> None:
    """Lets everything through, and notes that its sender is not idle."""
    tx.of(Presence).act(draft.sender)


__all__ = ["M_PRESENCE", "Joined", "Person", "Presence", "State", "event_of", "install", "parse_state", "routes"]
