"""A room's state in a dictionary, for tests of the rules."""

from chappe.events.state import Draft, StateEvent
from chappe.events.versions import RoomVersion, room_version
from chappe.ids import EventID, RoomID, UserID

CREATOR = "@creator:here"
ALICE = "@alice:here"
BOB = "@bob:here"
FAR = "@far:there"
NEW = "@new:here"
OLD = "@old:here"

CREATE_ID = EventID("$" + "c" * 43)
LAST_ID = EventID("$" + "p" * 43)


def room_id_of(version: RoomVersion) -> RoomID:
    return RoomID("!" + CREATE_ID[1:]) if version.room_id_is_hash else RoomID("!room:here")


class Room:
    """State before an event. It has a create event and its creator as a member; the rest is put in."""

    def __init__(self, version: str, create: dict[str, object] | None = None) -> None:
        self.version = room_version(version)
        self.events: dict[tuple[str, str], StateEvent] = {}
        content: dict[str, object] = {"room_version": version, **(create or {})}
        if not self.version.creator_is_sender:
            content["creator"] = CREATOR
        self.put("m.room.create", "", content, event_id=CREATE_ID)
        self.member(CREATOR, "join")

    @property
    def create(self) -> StateEvent | None:
        return self.get("m.room.create", "")

    def get(self, type: str, state_key: str) -> StateEvent | None:
        return self.events.get((type, state_key))

    def put(
        self,
        event_type: str,
        state_key: str,
        content: dict[str, object],
        *,
        sender: str = CREATOR,
        event_id: str | None = None,
    ) -> "Room":
        number = EventID(event_id or f"${len(self.events):043d}")
        self.events[event_type, state_key] = StateEvent(number, event_type, state_key, UserID(sender), content)
        return self

    def member(self, user_id: str, membership: str) -> "Room":
        return self.put("m.room.member", user_id, {"membership": membership}, sender=user_id)

    def rule(self, join_rule: str) -> "Room":
        return self.put("m.room.join_rules", "", {"join_rule": join_rule})

    def levels(self, **content: object) -> "Room":
        return self.put("m.room.power_levels", "", content)

    def draft(
        self, event_type: str, sender: str, content: dict[str, object] | None = None, state_key: str | None = None
    ) -> Draft:
        return Draft(event_type, UserID(sender), state_key, content or {}, room_id_of(self.version), (LAST_ID,))

    def joins(self, user_id: str, via: object = None) -> Draft:
        more = {} if via is None else {"join_authorised_via_users_server": via}
        return self.change(user_id, user_id, "join", **more)

    def leaves(self, user_id: str) -> Draft:
        return self.change(user_id, user_id, "leave")

    def knocks(self, user_id: str) -> Draft:
        return self.change(user_id, user_id, "knock")

    def invites(self, sender: str, target: str) -> Draft:
        return self.change(sender, target, "invite")

    def kicks(self, sender: str, target: str) -> Draft:
        return self.change(sender, target, "leave")

    def bans(self, sender: str, target: str) -> Draft:
        return self.change(sender, target, "ban")

    def change(self, sender: str, target: str, membership: str, **more: object) -> Draft:
        return self.draft("m.room.member", sender, {"membership": membership, **more}, target)


def powered(room: Room, **levels: object) -> Room:
    """Alice has 50, Bob 20 and both are in the room."""
    levels = {"users": {ALICE: 50, BOB: 20}, **levels}
    return room.member(ALICE, "join").member(BOB, "join").levels(**levels)
