"""One letter about what somebody has not read: who is told, at most once an hour. Acts and an effect.

`send_digest` is an act in the person's shard; whether the address is still theirs, the register knows.
"""

from collections.abc import Sequence

import msgspec

from chappe import mail
from chappe.accounts.emails import has_email
from chappe.accounts.standing import is_locked
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.identity import Identity
from chappe.ids import RoomID, UserID
from chappe.mail import Address, Letter
from chappe.push import store
from chappe.push.deciders import Deciders
from chappe.push.deliveries import MAX_KEPT
from chappe.push.heard import is_heard
from chappe.push.letter import Unread, letter_about
from chappe.push.mutes import Mutes
from chappe.push.pushers import EMAIL_APP
from chappe.push.store import Waiting
from chappe.push.unsubscribe import link_for
from chappe.restrictions import Restrictions
from chappe.rooms import StoredEvent, placeholders_in, reading
from chappe.stream import REGISTER, Device, Transaction

UNREAD_MS = 15 * 60 * 1000
"""How long something is unread before its person is written to."""
BETWEEN_MS = 60 * 60 * 1000
"""A person is written to at most once in this time."""
MAX_EVENTS = 200
"""Events a letter is about: the newest."""


async def send_digest(tx: Transaction, device: Device | None, user_id: UserID) -> None:
    """Write to all addresses of a person's pushers about what waits for them, unless they were told within the hour."""
    store.erase_oldest(tx, user_id, MAX_KEPT)
    pushers = [one for one in await store.pushers(tx, user_id) if one.app_id == EMAIL_APP]
    waiting = await store.waiting(tx, user_id, min((one.sent for one in pushers), default=0), MAX_EVENTS)
    if not pushers or not waiting:
        return
    told = await _may_know(tx, user_id, waiting)
    if not told:
        for one in pushers:
            store.mark_sent(tx, (user_id, one.app_id, one.pushkey), waiting[-1].place)
        return
    rooms = await _rooms(tx, user_id, told)
    enough = Refused(Errcode.LIMIT_EXCEEDED, "They were written to within the hour.", retry_after_ms=BETWEEN_MS)
    store.mark_told(tx, user_id, waiting[-1].place, tx.now - BETWEEN_MS, otherwise=enough)
    server = tx.of(Settings).server_name
    for one in pushers:
        stop = link_for(tx.of(Identity), tx.of(Settings).base_url, user_id, one.pushkey)
        letter = letter_about(rooms, one.lang, server, user_id, stop)
        tx.effect(REGISTER, "push.mail_digest", user_id, one.pushkey, msgspec.to_builtins(letter))


async def mail_digest(
    tx: Transaction, device: Device | None, user_id: str, address: str, letter: dict[str, object]
) -> None:
    """Effect in the register: the letter goes out, if the address is still the person's. Else the pusher ends."""
    if await has_email(tx, UserID(user_id), address):
        await mail.tell(tx, Address(address), msgspec.convert(letter, Letter))
    else:
        tx.effect(user_id, "push.remove_pusher", user_id, EMAIL_APP, address)


async def _may_know(tx: Transaction, user_id: UserID, waiting: Sequence[Waiting]) -> list[StoredEvent]:
    """Of what waits, the events that the person may still know and wishes to."""
    if await is_locked(tx, tx.of(Restrictions), user_id):
        return []
    mutes = await tx.of(Deciders).mutes_of(user_id)
    by_room: dict[RoomID, list[Waiting]] = {}
    for one in waiting:
        by_room.setdefault(one.room_id, []).append(one)
    rooms = {room_id for room_id, some in by_room.items() if await _is_wished(tx, user_id, room_id, some, mutes)}
    events = await reading.events_at(tx, [one.event_place for one in waiting if one.room_id in rooms])
    restrictions = tx.of(Restrictions)
    heard = [e for e in events if await is_heard(tx, restrictions, user_id, e.room_id, e.place)]
    return [event for event in heard if not event.redacted_by]


async def _is_wished(tx: Transaction, user_id: UserID, room_id: RoomID, some: list[Waiting], mutes: Mutes) -> bool:
    highlights = sum(bool(one.tweaks.get("highlight")) for one in some)
    if not mutes.counts(room_id, len(some), highlights)[0]:
        return False
    member = await reading.member_at(tx, room_id, user_id)
    return member is not None and member.content.get("membership") in ("join", "invite")


async def _rooms(tx: Transaction, user_id: UserID, events: Sequence[StoredEvent]) -> list[Unread]:
    """Room by room what is unread, the room with the newest event first."""
    by_room: dict[RoomID, list[StoredEvent]] = {}
    for event in sorted(events, key=lambda event: event.origin_server_ts):
        by_room.setdefault(event.room_id, []).append(event)
    newest_first = sorted(by_room.items(), key=lambda room: -room[1][-1].origin_server_ts)
    return [await _unread(tx, user_id, room_id, some) for room_id, some in newest_first]


async def _unread(tx: Transaction, user_id: UserID, room_id: RoomID, events: list[StoredEvent]) -> Unread:
    names: dict[str, str] = {}
    placeholders = await placeholders_in(tx, tx.of(Restrictions), room_id, user_id)
    for sender in {event.sender for event in events}:
        member = await reading.member_at(tx, room_id, sender)
        if member is not None and placeholders is not None:
            member = placeholders.told(member)
        name = member.content.get("displayname") if member is not None else None
        names[sender] = name if isinstance(name, str) and name.strip() else sender
    for type, key in (("m.room.name", "name"), ("m.room.canonical_alias", "alias")):
        state = await reading.state_event_at(tx, room_id, type, "")
        if state is not None and placeholders is not None:
            state = placeholders.told(state)
        title = state.content.get(key) if state is not None else None
        if isinstance(title, str) and title.strip():
            break
    else:
        title = names[events[-1].sender]
    return Unread(str(title), [(names[event.sender], event.type, event.content) for event in events])
