"""All the SQL about messages from device to device, and the device that waits for them.

It also reads `device`, which accounts own.
"""

from chappe.ids import UserID
from chappe.rooms.reading import Reads
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Transaction

# A device that is removed meanwhile gets nothing: it is looked for at the flush, behind all removals.
_ADD_MESSAGE = """
INSERT INTO to_device_message (user_id, device_id, place, event)
SELECT user_id, device_id, $3, $4 FROM device WHERE user_id = $1 AND device_id = $2
"""
_MESSAGES = """
SELECT place, event FROM to_device_message
WHERE user_id = $1 AND device_id = $2 AND place > $3 AND place <= $4 ORDER BY place LIMIT $5
"""
_FIRST_AND_LAST = """
SELECT COALESCE(MIN(place), 0), COALESCE(MAX(place), 0) FROM to_device_message WHERE user_id = $1 AND device_id = $2
"""
_DEVICES = "SELECT user_id, device_id FROM device WHERE user_id IN (SELECT * FROM each_text($1))"
_ADD_REQUEST = "INSERT INTO to_device_request (user_id, device_id, repeat_key, sent_at) VALUES ($1, $2, $3, $4)"
_FORGET_REQUESTS = "DELETE FROM to_device_request WHERE user_id = $1 AND device_id = $2 AND sent_at < $3"
_REQUEST = "SELECT 1 FROM to_device_request WHERE user_id = $1 AND device_id = $2 AND repeat_key = $3"

ERASE_RECEIVED = "DELETE FROM to_device_message WHERE user_id = $1 AND device_id = $2 AND place <= $3"
"""For `Writer.lazily`: user id, device id, the place up to which the device has received everything."""


def add_message(tx: Transaction, user_id: UserID, device_id: str, at: FuturePlace, event: bytes) -> None:
    """Queue a message for a device, if there is such a device."""
    tx.append(_ADD_MESSAGE, user_id, device_id, at, event)


async def messages(
    reads: Reads, user_id: UserID, device_id: str, after: Place, upto: Place, limit: int
) -> list[tuple[Place, bytes]]:
    """The first `limit` messages for a device with a place in (after, upto], in order."""
    rows = await reads.fetch(_MESSAGES, user_id, device_id, after, upto, limit)
    return [(Place(row[0]), bytes(row[1])) for row in rows]


async def first_and_last(reads: Reads, user_id: UserID, device_id: str) -> tuple[Place, Place]:
    """The places of the first and last message that wait for a device; 0 without any."""
    row = await reads.fetch_one(_FIRST_AND_LAST, user_id, device_id)
    assert row is not None
    return Place(row[0]), Place(row[1])


async def devices_of(reads: Reads, user_ids: list[UserID]) -> dict[UserID, list[str]]:
    """The devices of these people; who has none is not there."""
    found: dict[UserID, list[str]] = {}
    for user_id, device_id in await reads.fetch(_DEVICES, user_ids):
        found.setdefault(UserID(user_id), []).append(device_id)
    return found


def add_request(tx: Transaction, device: Device, repeat_key: bytes, forget_before_ms: int) -> None:
    """Remember a request; the same one queued by somebody else makes this unit collide, and run again."""
    tx.execute(_FORGET_REQUESTS, device.user_id, device.device_id, forget_before_ms)
    tx.execute(_ADD_REQUEST, device.user_id, device.device_id, repeat_key, tx.now)


async def was_sent(reads: Reads, device: Device, repeat_key: bytes) -> bool:
    """Whether the device has made this request before."""
    return await reads.fetch_one(_REQUEST, device.user_id, device.device_id, repeat_key) is not None


def erase_of_gone(tx: Transaction, user_id: UserID) -> None:
    """Queue that nothing remains of devices that are gone: neither what waits for them nor what they asked."""
    for table in ("to_device_message", "to_device_request", "dehydrated_device"):
        tx.execute(
            f"DELETE FROM {table} WHERE user_id = $1 AND device_id NOT IN "
            "(SELECT device_id FROM device WHERE user_id = $1)",
            user_id,
        )


# The device that waits for a login

_PUT_DEHYDRATED = """
INSERT INTO dehydrated_device (user_id, device_id, device_data) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, device_data = excluded.device_data
"""
_DEHYDRATED = "SELECT device_id, device_data FROM dehydrated_device WHERE user_id = $1"


def put_dehydrated_device(tx: Transaction, user_id: UserID, device_id: str, data: bytes) -> None:
    """Queue which device of a person is the dehydrated one, with its data."""
    tx.execute(_PUT_DEHYDRATED, user_id, device_id, data)


async def dehydrated_device(reads: Reads, user_id: UserID) -> tuple[str, bytes] | None:
    """The id and the data of a person's dehydrated device."""
    row = await reads.fetch_one(_DEHYDRATED, user_id)
    return None if row is None else (row[0], bytes(row[1]))
