"""A room's state as committed, for rules that are asked outside of the room's own acts."""

from collections.abc import Sequence

from chappe.events.powers import membership_of, power_of, power_to_send
from chappe.events.state import StateEvent
from chappe.events.versions import ROOM_VERSIONS, RoomVersion
from chappe.ids import RoomID, UserID
from chappe.rooms import store
from chappe.rooms.placeholders import Placeholders
from chappe.rooms.store import EVERYTHING, Reads
from chappe.stream import Place

_POWER_TYPES = ("m.room.create", "m.room.power_levels")


class CommittedState:
    """Some of a room's state, as the rules read it (`AuthState`)."""

    def __init__(self, version: RoomVersion, joined: int, state: dict[tuple[str, str], StateEvent]) -> None:
        self.version = version
        self.joined = joined
        self._state = state

    @property
    def create(self) -> StateEvent | None:
        """The m.room.create event, if it was read."""
        return self.get("m.room.create", "")

    def get(self, type: str, state_key: str) -> StateEvent | None:
        """The state event, if it was read and is set."""
        return self._state.get((type, state_key))


async def committed_state(
    reads: Reads,
    room_id: RoomID,
    types: Sequence[str],
    *members: UserID,
    at: Place = EVERYTHING,
    placeholders: Placeholders | None = None,
) -> CommittedState | None:
    """The state of the given types with an empty state key, and some memberships; None if there is no room.

    With `placeholders`, as one viewer is told it.
    """
    row = await store.room_row(reads, room_id)
    if row is None:
        return None
    events = await store.state_of_types(reads, room_id, list(types), at)
    for user_id in members:
        member = await store.member_at(reads, room_id, user_id, at)
        if member is not None:
            events.append(member)
    if placeholders is not None:
        events = [placeholders.told(event) for event in events]
    state = {(one.type, str(one.state_key)): one.as_state() for one in events}
    return CommittedState(ROOM_VERSIONS[row[0]], row[1], state)


async def may_send_state(reads: Reads, room_id: RoomID, user_id: UserID, event_type: str) -> bool:
    """Whether the user is in the room and has the power to set state of that type."""
    state = await committed_state(reads, room_id, _POWER_TYPES, user_id)
    if state is None or membership_of(state, user_id) != "join":
        return False
    return power_of(state.version, state, user_id) >= power_to_send(state, event_type, is_state=True)
