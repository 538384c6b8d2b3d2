"""What can be reported, looked up as whoever reports it sees it."""

from chappe import accounts
from chappe.errors import Errcode, Refused
from chappe.ids import EventID, RoomID, UserID
from chappe.moderation.records import Item
from chappe.moderation.rules import dissemination_of
from chappe.moderation.words import Dissemination, ItemKind
from chappe.restrictions import Restrictions
from chappe.rooms import committed_state, is_listed, join_rule_of, may_know_of, membership_of, reading
from chappe.rooms.stored import StoredEvent
from chappe.storage import Database
from chappe.timeline import Viewer, Withholding, latest_edit, require_sight, require_visible

_SHOWN = ("m.room.create", "m.room.join_rules", "m.room.name", "m.room.topic", "m.room.avatar", "m.room.encryption")
_PUBLIC_RULES = ("public",)


async def event_item(
    database: Database, withholding: Withholding, room_id: RoomID, event_id: EventID, viewer: Viewer
) -> Item:
    """An event that the viewer sees. Refuses NOT_FOUND whatever else, and everybody who is not in the room."""
    state = await committed_state(database, room_id, _SHOWN, viewer.user_id)
    if state is None or membership_of(state, viewer.user_id) != "join":
        raise _not_there()
    try:
        sight = await require_sight(database, room_id, viewer, withholding)
        seen = await require_visible(database, room_id, event_id, viewer, sight, withholding)
    except Refused:
        raise _not_there() from None
    # What was seen may be a placeholder: a case is about what it stands for.
    event = await reading.event_by_id(database, event_id) if seen.restricted is not None else seen
    assert event is not None, "it was seen"
    return await item_of(database, event)


async def item_of(database: Database, event: StoredEvent) -> Item:
    """An event as an item."""
    spread, _ = await _room(database, event.room_id)
    edit = await latest_edit(database, event.place, event.place, reading.EVERYTHING, 1)
    snapshot: dict[str, object] = {"type": event.type, "sender": event.sender, "content": event.content}
    snapshot |= {"event_id": event.event_id, "origin_server_ts": event.origin_server_ts}
    if edit is not None:
        snapshot["edited"] = edit.content.get("m.new_content", edit.content)
        snapshot["edited_by"] = edit.event_id  # without which its sender's device could not decrypt it
    return Item(
        ItemKind.EVENT, event.event_id, event.room_id, event.sender, spread,
        event.type == "m.room.encrypted", snapshot, edit.event_id if edit else "", event.origin_server_ts,
    )  # fmt: skip


async def known_room_item(database: Database, restrictions: Restrictions, room_id: RoomID, viewer: UserID) -> Item:
    """A room that the viewer may know of. Refuses NOT_FOUND any other."""
    if not await may_know_of(database, restrictions, room_id, viewer):
        raise _no_room()
    return await room_item(database, room_id)


async def room_item(database: Database, room_id: RoomID) -> Item:
    """A room, for whoever was shown its id. Refuses NOT_FOUND one that is not here."""
    state = await committed_state(database, room_id, _SHOWN)
    if state is None or state.create is None:
        raise _no_room()
    spread, encrypted = await _room(database, room_id)
    snapshot: dict[str, object] = {}
    version = ""
    for type in _SHOWN[2:5]:
        event = state.get(type, "")
        if event is not None:
            snapshot[type], version = event.content, version + event.event_id
    return Item(ItemKind.ROOM, room_id, room_id, state.create.sender, spread, encrypted, snapshot, version)


async def account_item(database: Database, user_id: UserID) -> Item:
    """An account of this server. Refuses NOT_FOUND any other."""
    account = await accounts.account_of(database, user_id)
    if account is None or account.deactivated_at is not None:
        raise Refused(Errcode.NOT_FOUND, "There is nobody of this name on this server.")
    profile = await accounts.profile_of(database, user_id)
    snapshot: dict[str, object] = {key: bytes(value).decode() for key, value in profile.items()}
    return Item(
        ItemKind.ACCOUNT, user_id, "", user_id, Dissemination.PUBLIC, False, snapshot,
        "".join(f"{key}={value}" for key, value in sorted(snapshot.items()))[:400], account.created_at,
    )  # fmt: skip


async def _room(database: Database, room_id: RoomID) -> tuple[Dissemination, bool]:
    """To whom a room is open, and whether it is encrypted."""
    state = await committed_state(database, room_id, _SHOWN)
    assert state is not None, "an event is in a room"
    listed = await is_listed(database, room_id)
    rule = join_rule_of(state)
    spread = dissemination_of(rule, is_listed=listed and rule in _PUBLIC_RULES, is_direct=state.joined <= 2)
    return spread, state.get("m.room.encryption", "") is not None


def _no_room() -> Refused:
    return Refused(Errcode.NOT_FOUND, "There is no such room here, or you may not know of it.")


def _not_there() -> Refused:
    return Refused(Errcode.NOT_FOUND, "There is no such event, or you are not in the room.")
