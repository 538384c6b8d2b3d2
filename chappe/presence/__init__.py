"""Who is there: online, idle, busy or offline, since when, and what they say about it.

A *device* is present while it syncs, or for a moment after it said so; a person is what their devices are together.
`presence.py` who is there, in memory · `meetings.py` whose presence changed, and who meets them · `rules.py` pure ·
`told.py` what clients read · `routes.py` the endpoints. Owns no tables: a restart forgets everything.
"""

from chappe.accounts import ProfileChanged
from chappe.events.state import Draft
from chappe.ids import UserID
from chappe.presence.meetings import Joined
from chappe.presence.presence import Person, Presence
from chappe.presence.routes import routes
from chappe.presence.rules import State, parse_state
from chappe.presence.told import M_PRESENCE, event_of
from chappe.resources import Resources
from chappe.rooms import Room, SendGates
from chappe.stream import Transaction


def install(resources: Resources) -> None:
    """Have presence hear of what people do in rooms, and of their names and pictures."""
    resources.of(SendGates).gates.append(_notice)
    resources.of(ProfileChanged).append(_rename)


async def _notice(tx: Transaction, room: Room, draft: Draft) -> None:
    """Lets everything through, and notes that its sender is not idle."""
    tx.of(Presence).act(draft.sender)


async def _rename(tx: Transaction, user_id: UserID, key: str, value: object) -> None:
    if key in ("displayname", "avatar_url"):
        shown = value if isinstance(value, str) else None
        tx.after_commit(lambda: tx.of(Presence).rename(user_id, key, shown))


__all__ = ["M_PRESENCE", "Joined", "Person", "Presence", "State", "event_of", "install", "parse_state", "routes"]
