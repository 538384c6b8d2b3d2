"""What restrictions keep people from writing: a gate before every event."""

from chappe.events.auth import Draft
from chappe.ids import is_server_user
from chappe.restrictions import HIDING, Measure, Restrictions, frozen, limited
from chappe.rooms.room import MEMBER, Room
from chappe.stream import Transaction

_TO_STRANGERS = frozenset({"invite", "knock"})


async def obey_restrictions(tx: Transaction, room: Room, draft: Draft) -> None:
    """Refuse what is sent to a room that is frozen or closed, but for leaving it, and what limited accounts may not.

    The server itself is kept from nothing: what it has to tell people would be lost (`server_notices`).
    """
    if is_server_user(draft.sender):
        return
    restrictions = tx.of(Restrictions)
    membership = draft.content.get("membership") if draft.type == MEMBER else None
    is_leaving = membership == "leave" and draft.state_key == draft.sender
    if not is_leaving and (r := await restrictions.forbids_writing(room.room_id, draft.sender)) is not None:
        raise restrictions.refusal(r) if r.measure in HIDING else frozen(r)
    if membership in _TO_STRANGERS:
        r = await restrictions.on_account(draft.sender, (Measure.LIMITED,))
        if r is not None:
            raise limited(r)
