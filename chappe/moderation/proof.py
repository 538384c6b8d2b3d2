"""Whether a report proves what an encrypted message said. R112 to R114; docs/decisions/0024.

A sender's client that takes part puts a *commitment* beside the ciphertext, in the clear: `HMAC-SHA256(k, m)` under a
fresh key k, with m the canonical JSON of who says what where (`message_of`). k, the *opening*, travels inside the
ciphertext, so every recipient can open the commitment, and nobody else. The server stamps commitment, sender and time
by taking the event: the event's hash and signature cover it. A report hands over the content and k. If they open the
commitment, the sender sent exactly that; no key of the conversation leaves the device, and no other message.
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha256

from chappe.errors import Refused
from chappe.events import canonical_json
from chappe.ids import EventID, UserID, is_event_id
from chappe.moderation.records import Disclosed, Item
from chappe.moderation.words import ItemKind, Proof
from chappe.rooms import reading
from chappe.rooms.stored import StoredEvent
from chappe.storage import Database

COMMITMENT = "org.chappe.commitment"
"""In the content of m.room.encrypted: `{"v": 1, "hmac": unpadded base64}`."""
OPENING = "org.chappe.opening"
"""In the content that is encrypted: k in unpadded base64. It is no part of m, nor of what is handed over as content."""
KEY_BYTES = 32
"""Exactly so many: HMAC takes a shorter key for the same as one with zeros after it, and hashes a longer one."""


async def proof_of(database: Database, item: Item, disclosed: tuple[Disclosed, ...], reporter: UserID) -> Proof:
    """The proof that a report carries.

    Verified is what somebody else than the reporter is proven to have said: each message that is handed over opens its
    commitment, and one of them is the item, or, where a person is the item, theirs. What the reporter said themselves
    may stand between, and proves nothing against others. Nothing handed over about what the server reads is public.
    """
    if not disclosed:
        return Proof.UNVERIFIED if item.is_encrypted else Proof.PUBLIC
    if item.kind is ItemKind.EVENT and not item.is_encrypted:
        return Proof.PUBLIC
    is_proven = False
    for one in disclosed:
        event = await reading.event_by_id(database, EventID(one.event_id)) if is_event_id(one.event_id) else None
        if event is None or not opens(event, one):
            return Proof.UNVERIFIED
        if item.room_id and event.room_id != item.room_id:
            return Proof.UNVERIFIED
        is_proven = is_proven or _proves(item, event, reporter)
    return Proof.VERIFIED if is_proven else Proof.UNVERIFIED


def _proves(item: Item, event: StoredEvent, reporter: UserID) -> bool:
    if item.kind is ItemKind.EVENT:
        return event.event_id == item.id
    return event.sender == item.id if item.kind is ItemKind.ACCOUNT else event.sender != reporter


def opens(event: StoredEvent, one: Disclosed) -> bool:
    """Whether what was disclosed opens the commitment beside the ciphertext of an event."""
    commitment = event.content.get(COMMITMENT)
    if event.type != "m.room.encrypted" or not isinstance(commitment, dict) or commitment.get("v") != 1:
        return False
    if OPENING in one.content or isinstance(commitment["v"], bool):
        return False
    try:
        key, told = _bytes_of(one.opening), _bytes_of(commitment.get("hmac"))
        message = message_of(event.room_id, event.sender, one.type, one.content)
    except (Base64Error, ValueError, Refused):
        return False
    return len(key) == KEY_BYTES and hmac.compare_digest(hmac.new(key, message, sha256).digest(), told)


def message_of(room_id: str, sender: str, type: str, content: dict[str, object]) -> bytes:
    """What is committed to: an event as its recipients decrypt it, with the room and the sender that the server knows,
    so that nobody's commitment is good for another event. Refuses what has no canonical JSON."""
    message: dict[str, object] = {"room_id": room_id, "sender": sender, "type": type, "content": content}
    canonical_json.check(message, "message")  # decimals and huge numbers, which two programs write differently
    return canonical_json.encode(message)


def _bytes_of(text: object) -> bytes:
    """Unpadded base64 (Matrix: appendices, "Unpadded Base64"), strictly: one text for the same bytes."""
    if not isinstance(text, str) or "=" in text:
        raise ValueError
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
