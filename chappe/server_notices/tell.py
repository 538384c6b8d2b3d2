"""Telling somebody something, once: an effect in the person's shard, which is committed with what it is about."""

from chappe.accounts import account_of, change_account_data
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import decode, encode
from chappe.identity import Identity
from chappe.ids import RoomID, UserID, server_of
from chappe.server_notices import store
from chappe.server_notices.languages import Languages, language_of
from chappe.server_notices.make_room import plan_notice_room
from chappe.stream import Device, Transaction

TAGS = "m.tag"
TAG = "m.server_notice"
"""By which clients know the room (spec: "Server Notices", "Client behaviour")."""
MAX_KEY_CHARS = 255
MAX_CONTENT_BYTES = 48 * 1024
"""Of a notice: an event has at most 64 KiB."""

Content = dict[str, object]


def tell(
    tx: Transaction,
    user_id: UserID,
    key: str,
    content: Content,
    french: Content | None = None,
    *,
    awaited: bool = False,
) -> None:
    """Tell somebody something with this unit of work: once for each `key`, whatever is told the second time.

    `content` is that of a message, with a `body`, perhaps a `formatted_body`, and keys for clients that know more; it
    is an `m.text` unless it says something else. Who reads French is told `french`, where it is given. Whose account
    has ended is told nothing. With `awaited`, the unit's answer waits until it is said. Refuses (TOO_LARGE) what no
    event holds.
    """
    assert 0 < len(key) <= MAX_KEY_CHARS, "a key is a short text"
    by_language = {"en": _whole(content), "fr": _whole(content if french is None else french)}
    tx.effect(user_id, "server_notices.tell", user_id, key, by_language, awaited=awaited)


async def tell_effect(
    tx: Transaction, device: Device | None, user_id: str, key: str, by_language: dict[str, Content]
) -> None:
    """The effect in the person's shard: the room is made if there is none, and then it is said there."""
    person = UserID(user_id)
    account = await account_of(tx, person)
    if account is None or account.deactivated_at is not None or await store.is_told(tx, person, key):
        return
    language = await language_of(tx, tx.of(Languages), person)
    room_id = await store.notice_room_of(tx, person)
    if room_id is None:
        room_id = await _begin_room(tx, person, language)
    store.add_told(tx, person, key)
    tx.effect(room_id, "server_notices.say", room_id, by_language[language], awaited=True)


async def _begin_room(tx: Transaction, person: UserID, language: str) -> RoomID:
    identity, version_id = tx.of(Identity), tx.of(Settings).room_version
    assert server_of(person) == identity.server_name, "only people of this server are told something"
    room_id, content = plan_notice_room(identity, version_id, person, tx.now)
    store.add_room(tx, person, room_id)
    await change_account_data(tx, person, room_id, TAGS, _tagged)
    tx.effect(room_id, "server_notices.make_room", room_id, person, content, tx.now, language)
    return room_id


def _tagged(before: bytes | None) -> bytes:
    stored = decode(before) if before is not None else None
    tags = stored.get("tags") if isinstance(stored, dict) else None
    return encode({"tags": {**(tags if isinstance(tags, dict) else {}), TAG: {}}})


def _whole(content: Content) -> Content:
    whole = {"msgtype": "m.text", **content}
    if "formatted_body" in whole:
        whole["format"] = "org.matrix.custom.html"
    assert isinstance(whole.get("body"), str), "a notice has a text"
    if len(encode(whole)) > MAX_CONTENT_BYTES:
        raise Refused(Errcode.TOO_LARGE, f"What the server tells has at most {MAX_CONTENT_BYTES} bytes.")
    return whole
