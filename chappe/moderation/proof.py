"""Whether a report proves what an encrypted message said. R112 to R114; docs/decisions/0024.

A sender's client that takes part puts a *commitment* beside the ciphertext, in the clear: `HMAC-SHA256(k, m)` under a
fresh key k, with m the canonical JSON of what it encrypts, without k. k travels inside the ciphertext, so every
recipient can open the commitment, and nobody else. The server stamps commitment, sender and time by taking the event:
the event's hash and signature cover it. A report hands over m and k. If they open the commitment, the sender sent
exactly that; no key of the conversation leaves the device, and no other message.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from hashlib import sha256

from chappe.errors import Refused
from chappe.events import canonical_json
from chappe.ids import EventID, is_event_id
from chappe.moderation.records import Disclosed, Item
from chappe.moderation.words import Proof
from chappe.rooms import reading
from chappe.storage import Database

COMMITMENT = "org.chappe.commitment"
"""In the content of m.room.encrypted: `{"v": 1, "hmac": unpadded base64}`."""
KEY_BYTES = 32


async def proof_of(database: Database, item: Item, disclosed: tuple[Disclosed, ...]) -> Proof:
    """The proof that a report carries: of an encrypted item, verified if each message that is disclosed opens its
    commitment and is of the same room."""
    if not item.is_encrypted:
        return Proof.PUBLIC
    if not disclosed:
        return Proof.UNVERIFIED
    if item.kind == "event" and item.id not in {one.event_id for one in disclosed}:
        return Proof.UNVERIFIED
    for one in disclosed:
        event = await reading.event_by_id(database, EventID(one.event_id)) if is_event_id(one.event_id) else None
        if event is None or event.room_id != item.room_id or not opens(event.content, one):
            return Proof.UNVERIFIED
    return Proof.VERIFIED


def opens(content: dict[str, object], one: Disclosed) -> bool:
    """Whether what was disclosed opens the commitment in the content of an encrypted event."""
    commitment = content.get(COMMITMENT)
    if not isinstance(commitment, dict) or commitment.get("v") != 1 or not isinstance(commitment.get("hmac"), str):
        return False
    try:
        key, told = _bytes_of(one.opening), _bytes_of(str(commitment["hmac"]))
        message = canonical_json.encode(one.content)
    except (Base64Error, ValueError, Refused):
        return False
    return len(key) == KEY_BYTES and hmac.compare_digest(hmac.new(key, message, sha256).digest(), told)


def _bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
