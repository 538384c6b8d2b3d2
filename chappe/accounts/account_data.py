"""What clients store for themselves, for the account or for one of its rooms. v1.19, "Client Config"."""

from chappe.accounts import rules, store
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import encode
from chappe.ids import RoomID, UserID
from chappe.stream import Device, Transaction

MAX_ENTRIES = 20_000
"""Types that an account may have stored, in all rooms and outside."""


async def put(
    tx: Transaction, device: Device, room_id: RoomID | None, data_type: str, content: dict[str, object]
) -> None:
    """Store what a client sends. Refuses the types that the server manages, with 405."""
    rules.require_account_data_type(data_type)
    await put_account_data(tx, device.user_id, room_id, data_type, encode(content))


async def put_account_data(
    tx: Transaction, user_id: UserID, room_id: RoomID | None, data_type: str, content: bytes
) -> None:
    """Store `content`, a JSON object, in a unit of the user's shard; the user's devices hear of it by /sync."""
    if (
        await store.account_data(tx, user_id, room_id or "", data_type) is None
        and await store.count_account_data(tx, user_id) >= MAX_ENTRIES
    ):
        raise Refused(
            Errcode.RESOURCE_LIMIT_EXCEEDED, f"An account stores at most {MAX_ENTRIES} types of account data."
        )
    store.put_account_data(tx, user_id, room_id or "", data_type, content, tx.place(user_id))


async def account_data_of(
    source: store.Fetches, user_id: UserID, room_id: RoomID | None, data_type: str
) -> bytes | None:
    """The content of a type as committed, a JSON object; None if nothing is stored."""
    return await store.account_data(source, user_id, room_id or "", data_type)
