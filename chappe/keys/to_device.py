"""Messages from device to device (Client-Server API v1.19, "Send-to-Device messaging").

They commit in the sender's shard as effects, one for each shard with recipients, and become rows there, each
once and in the order of sending. A message is kept until its device has received it, or is gone: nothing that
was accepted is dropped, so that it is the sender who is bounded.
"""

from collections.abc import Collection, Mapping
from hashlib import blake2b

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import ServerName, UserID, parse_user_id, server_of
from chappe.keys import store_to_device as store
from chappe.keys.inboxes import Inboxes
from chappe.storage import FuturePlace
from chappe.stream import Device, Place, Shard, Transaction, shard_of

ALL_DEVICES = "*"
MAX_TYPE_BYTES = 255
"""Length of a type: that of an event type."""
MAX_MESSAGES = 5_000
"""Messages of one request, those to all devices of a person counted once for each."""
MAX_MESSAGE_BYTES = 64 * 1024
"""One message's content: what an event may have."""
MAX_REQUEST_BYTES = 16 * 1024 * 1024
"""The messages of one request together, those to all devices of a person counted once for each."""
REQUEST_MESSAGES = 50
REQUEST_BYTES = 16 * 1024
"""What counts as one request of the limit for to-device messages; two thousand room keys count as a hundred or so."""
REPEATS_KNOWN_MS = 86_400_000
"""How long a request is remembered, so that its repeat sends nothing."""

Messages = dict[UserID, dict[str, msgspec.Raw]]
"""Content by user id and device id; the device id may be `ALL_DEVICES`. Contents are the JSON that the sender wrote,
from the request to the answer to their device."""
DELIVERED = tuple[str, str, Messages]
"""The arguments of `deliver`, as they are read from the outbox."""

_OBJECT = ord("{")
_encode = msgspec.json.encode


def for_local_people(messages: Mapping[str, dict[str, msgspec.Raw]], server: ServerName) -> Messages:
    """The messages to people of this server.

    Refuses with INVALID_PARAM what is no user id, and with BAD_JSON a content that is no object.
    """
    found: Messages = {}
    for name, by_device in messages.items():
        user_id = parse_user_id(name, "A key of messages")
        for content in by_device.values():
            if memoryview(content)[0] != _OBJECT:
                raise Refused(Errcode.BAD_JSON, "The content of a message is an object.")
        if server_of(user_id) == server and by_device:
            # No device has a NUL in its id, which one of the engines does not take.
            found[user_id] = {device_id: content for device_id, content in by_device.items() if "\0" not in device_id}
    return found


def weight(messages: Messages, devices: dict[UserID, list[str]]) -> int:
    """As how many requests one counts, where people have these devices. Refuses with TOO_LARGE beyond the limits."""
    count = total = 0
    for user_id, by_device in messages.items():
        for device_id, content in by_device.items():
            size = len(content)
            if size > MAX_MESSAGE_BYTES:
                raise Refused(Errcode.TOO_LARGE, f"One message has at most {MAX_MESSAGE_BYTES} bytes.")
            copies = len(devices.get(user_id, ())) if device_id == ALL_DEVICES else 1
            count += copies
            total += copies * size
    if count > MAX_MESSAGES or total > MAX_REQUEST_BYTES:
        raise Refused(
            Errcode.TOO_LARGE,
            f"One request sends at most {MAX_MESSAGES} messages, and {MAX_REQUEST_BYTES} bytes in all.",
        )
    return 1 + max(count // REQUEST_MESSAGES, total // REQUEST_BYTES)


async def send_to_device(tx: Transaction, device: Device, event_type: str, txn_id: str, messages: Messages) -> None:
    """Send messages of one type, once per device, type and transaction ID; answered when they can be received."""
    by_shard: dict[Shard, Messages] = {}
    for user_id, by_device in messages.items():
        by_shard.setdefault(shard_of(user_id), {})[user_id] = by_device
    repeat_key = blake2b(f"{event_type}\0{txn_id}".encode(), digest_size=16).digest()
    if await store.was_sent(tx, device, repeat_key):
        for part in by_shard.values():
            tx.after_effects(next(iter(part)))
        return
    store.add_request(tx, device, repeat_key, tx.now - REPEATS_KNOWN_MS)
    for shard, part in by_shard.items():
        tx.effect(shard, "keys.deliver", device.user_id, event_type, part, awaited=True)


async def deliver(tx: Transaction, device: Device | None, sender: str, event_type: str, messages: Messages) -> None:
    """The effect, in the shard of the recipients: the messages wait for their devices. Unknown devices get none."""
    to_all = [user_id for user_id, contents in messages.items() if ALL_DEVICES in contents]
    devices = await store.devices_of(tx, to_all) if to_all else {}
    beginning = b'{"sender":%b,"type":%b,"content":' % (_encode(sender), _encode(event_type))
    came: list[tuple[UserID, Collection[str], FuturePlace]] = []
    for user_id, contents in messages.items():
        reached = contents if ALL_DEVICES not in contents else _for_each(contents, devices.get(user_id, []))
        if not reached:
            continue
        place = tx.place(user_id)
        for device_id, content in reached.items():
            store.add_message(tx, user_id, device_id, place, b"%b%b}" % (beginning, content))
        came.append((user_id, reached.keys(), place))
    inboxes = tx.of(Inboxes)

    def note() -> None:
        for user_id, device_ids, place in came:
            inboxes.put(user_id, device_ids, Place(place.value))

    tx.after_commit(note)


def _for_each(contents: dict[str, msgspec.Raw], device_ids: list[str]) -> dict[str, msgspec.Raw]:
    """The content for each device of a person: what is for that one, or what is for all."""
    to_all = contents[ALL_DEVICES]
    return {device_id: contents.get(device_id, to_all) for device_id in device_ids}


async def forget_devices(tx: Transaction, user_id: UserID, device_ids: list[str]) -> None:
    """Called when devices end: what waits for them goes with them."""
    store.erase_of_gone(tx, user_id)
