"""Who is in a room, for clients that name it after its people (spec: /sync, `RoomSummary`)."""

from chappe.ids import RoomID, UserID
from chappe.rooms import reading
from chappe.stream import Place


async def summary(
    reads: reading.Reads, room_id: RoomID, user_id: UserID, upto: Place
) -> tuple[dict[str, object], list[UserID]]:
    """The summary and its heroes. A room with a name or alias of its own needs no heroes, and gets none."""
    row = await reading.room_row(reads, room_id)
    assert row is not None
    found: dict[str, object] = {"m.joined_member_count": row[1], "m.invited_member_count": row[2]}
    if await _has_name(reads, room_id, upto):
        return found, []
    heroes = await reading.heroes(reads, room_id, user_id, upto, inside=True)
    if not heroes:
        heroes = await reading.heroes(reads, room_id, user_id, upto, inside=False)
    found["m.heroes"] = heroes
    return found, heroes


async def _has_name(reads: reading.Reads, room_id: RoomID, upto: Place) -> bool:
    for type, field in (("m.room.name", "name"), ("m.room.canonical_alias", "alias")):
        event = await reading.state_event_at(reads, room_id, type, "", upto)
        if event is not None and event.content.get(field):
            return True
    return False
