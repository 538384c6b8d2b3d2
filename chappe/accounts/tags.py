"""Tags that people give their rooms, kept as the room's account data m.tag. v1.19, "Room Tagging"."""

from collections.abc import Callable

from chappe.accounts import store
from chappe.accounts.account_data import put_account_data, take_turn
from chappe.accounts.store import Fetches
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import decode, encode
from chappe.ids import RoomID, UserID
from chappe.stream import Device, Transaction

TAGS = "m.tag"
MAX_TAG_BYTES = 255
MAX_TAGS = 100
"""Tags of one room."""

Tags = dict[str, object]


async def set_tag(tx: Transaction, device: Device, room_id: RoomID, tag: str, about: dict[str, object]) -> None:
    """Give a room a tag, or say something else about one it has. Others' changes at the same time stay."""
    _require_tag(tag)
    _require_order(about)

    def change(tags: Tags) -> Tags:
        if tag not in tags and len(tags) >= MAX_TAGS:
            raise Refused(Errcode.TOO_LARGE, f"A room has at most {MAX_TAGS} tags.")
        return {**tags, tag: about}

    await _change(tx, device.user_id, room_id, change)


async def remove_tag(tx: Transaction, device: Device, room_id: RoomID, tag: str) -> None:
    """Take a tag away, if the room has it."""
    _require_tag(tag)

    def change(tags: Tags) -> Tags:
        return {name: about for name, about in tags.items() if name != tag}

    await _change(tx, device.user_id, room_id, change)


async def tags_of(source: Fetches, user_id: UserID, room_id: RoomID) -> Tags:
    """The tags of a room; none where a client stored something else under their name."""
    content = await store.account_data(source, user_id, room_id, TAGS)
    stored = decode(content) if content is not None else None
    tags = stored.get("tags") if isinstance(stored, dict) else None
    return tags if isinstance(tags, dict) else {}


async def _change(tx: Transaction, user_id: UserID, room_id: RoomID, change: Callable[[Tags], Tags]) -> None:
    await take_turn(tx, user_id, room_id, TAGS)
    before = await tags_of(tx, user_id, room_id)
    after = change(before)
    if encode(after) == encode(before):
        tx.after_all_queued()
        return
    await put_account_data(tx, user_id, room_id, TAGS, encode({"tags": after}))


def _require_tag(tag: str) -> None:
    if not tag or "\0" in tag or len(tag.encode()) > MAX_TAG_BYTES:
        raise Refused(Errcode.INVALID_PARAM, f"The name of a tag has 1 to {MAX_TAG_BYTES} bytes, and no U+0000.")


def _require_order(about: dict[str, object]) -> None:
    order = about.get("order")
    if order is None:
        return
    if isinstance(order, bool) or not isinstance(order, int | float):
        raise Refused(Errcode.BAD_JSON, "order is not a number.")
    if not 0 <= order <= 1:
        raise Refused(Errcode.INVALID_PARAM, "order is a number between 0 and 1.")
