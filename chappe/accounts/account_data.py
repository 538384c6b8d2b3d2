"""What clients store for themselves, for the account or for one of its rooms. v1.19, "Client Config"."""

from collections.abc import Awaitable, Callable

from chappe.accounts import rules, store
from chappe.accounts.turns import Turns
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import encode
from chappe.ids import RoomID, UserID
from chappe.stream import Device, Transaction

ReadManaged = Callable[[store.Fetches, UserID], Awaitable[bytes]]
"""`await read(reads, user_id)`: the content of a type, a JSON object."""


class ManagedData(dict[str, ReadManaged]):
    """Types of account data that higher slices keep themselves, each with how it is read. Clients cannot put them."""


MAX_ENTRY_BYTES = 64 * 1024
"""One type's content, as canonical JSON."""
MAX_ENTRIES = 5_000
"""Types that an account may have stored, in all rooms and outside."""
MAX_BYTES = 8 * 1024 * 1024
"""All contents of an account together: an initial /sync holds them in memory at once."""


async def put(
    tx: Transaction, device: Device, room_id: RoomID | None, data_type: str, content: dict[str, object]
) -> None:
    """Store what a client sends. Refuses the types that the server manages, with 405."""
    rules.require_account_data_type(data_type)
    await take_turn(tx, device.user_id, room_id, data_type)
    await put_account_data(tx, device.user_id, room_id, data_type, encode(content))


async def take_turn(tx: Transaction, user_id: UserID, room_id: RoomID | None, data_type: str) -> None:
    """Wait until nobody else changes this entry: the unit must then write it, or wait for what is queued."""
    await tx.of(Turns).take(tx, f"{user_id} {room_id or ''} {data_type}")


async def put_account_data(
    tx: Transaction, user_id: UserID, room_id: RoomID | None, data_type: str, content: bytes
) -> None:
    """Store `content`, a JSON object, in a unit of the user's shard; the user's devices hear of it by /sync.

    What an account may store in all is decided at the flush, exactly, also for many requests at once.
    """
    if len(content) > MAX_ENTRY_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"One type of account data has at most {MAX_ENTRY_BYTES} bytes.")
    full = Refused(
        Errcode.RESOURCE_LIMIT_EXCEEDED,
        f"An account stores at most {MAX_ENTRIES} types of account data, and {MAX_BYTES} bytes of them in all.",
    )
    store.put_account_data(
        tx,
        user_id,
        room_id or "",
        data_type,
        content,
        tx.place(user_id),
        most_others=MAX_ENTRIES - 1,
        most_bytes_of_others=MAX_BYTES - len(content),
        otherwise=full,
    )


async def change_account_data(
    tx: Transaction,
    user_id: UserID,
    room_id: RoomID | None,
    data_type: str,
    change: Callable[[bytes | None], bytes | None],
) -> None:
    """Have `change` make what is stored into something else, for an effect: an account that is full stays as it is."""
    await take_turn(tx, user_id, room_id, data_type)
    before = await account_data_of(tx, user_id, room_id, data_type)
    after = change(before)
    if after is None or after == before or len(after) > MAX_ENTRY_BYTES:
        tx.after_all_queued()
        return
    store.put_account_data_if_it_fits(
        tx,
        user_id,
        room_id or "",
        data_type,
        after,
        tx.place(user_id),
        most_others=MAX_ENTRIES - 1,
        most_bytes_of_others=MAX_BYTES - len(after),
    )


async def account_data_of(
    source: store.Fetches, user_id: UserID, room_id: RoomID | None, data_type: str
) -> bytes | None:
    """The content of a type as committed, a JSON object; None if nothing is stored."""
    return await store.account_data(source, user_id, room_id or "", data_type)
