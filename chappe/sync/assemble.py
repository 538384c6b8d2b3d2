"""The answer of /sync: what changed for this device between two places, or everything up to now.

Client-Server API v1.19, "Syncing". Each slice gives its part; here they are put side by side. An answer
depends only on what is committed up to the heads it was made for, so that a client which syncs step by
step ends with what a fresh one is given.
"""

import asyncio
from collections.abc import Iterable
from time import perf_counter

import msgspec

from chappe.accounts.changes import account_data_changes
from chappe.ids import RoomID
from chappe.keys import DeviceLists
from chappe.presence import M_PRESENCE, event_of
from chappe.push import PUSH_RULES, push_rules, push_rules_between
from chappe.rooms import UserRoom, blocks_invites
from chappe.rooms.own_counts import recounted_rooms
from chappe.rooms.shown import json_list
from chappe.stream import Log, Place, Shard, place, position_at, shard_of
from chappe.sync.assembly import Assembly, account_event
from chappe.sync.restricted import is_open, joined, stripped_in, view_of
from chappe.sync.section import is_invited_by, joined_anew, joined_since, left, stripped, typing_only

_encode = msgspec.json.encode

MAX_TURN_S = 0.003
"""How long one answer may keep the loop at a stretch."""


class Answer(msgspec.Struct):
    """The parts of an answer, and whether there is any news in it."""

    rooms: dict[str, list[bytes]]
    account_data: list[bytes]
    to_device: list[bytes]
    device_lists: DeviceLists
    key_counts: bytes
    """How many keys of the device are left, as members of the answer."""
    keys_were_claimed: bool
    presence: list[bytes]

    @property
    def has_news(self) -> bool:
        """Whether a waiting client wants to hear of it. Presence alone can wait until the end of the request."""
        is_there = self.account_data or self.to_device or self.device_lists or self.keys_were_claimed
        return bool(is_there) or any(self.rooms.values())

    def render(self, next_batch: str) -> bytes:
        """The JSON of the whole answer."""
        parts = [b'{"next_batch":"', next_batch.encode(), b'"']
        if self.account_data:
            parts += [b',"account_data":{"events":', json_list(self.account_data), b"}"]
        if any(self.rooms.values()):
            kinds = [
                b'"%s":{%s}' % (kind.encode(), b",".join(sections)) for kind, sections in self.rooms.items() if sections
            ]
            parts += [b',"rooms":{', b",".join(kinds), b"}"]
        parts += [b',"to_device":{"events":', json_list(self.to_device), b"}"]
        parts += [b',"device_lists":', self.device_lists.render() if self.device_lists else _NO_CHANGES, b","]
        parts += [self.key_counts, b',"presence":{"events":', json_list(self.presence), b"}}"]
        return b"".join(parts)


_NO_CHANGES = b'{"changed":[],"left":[]}'


async def assemble(a: Assembly, log: Log) -> Answer:
    """Everything that the request asks for between `a.since` and `a.heads`."""
    kinds: dict[str, list[bytes]] = {"join": [], "invite": [], "knock": [], "leave": []}
    to_device, key_counts = await a.to_device(), await a.key_counts()
    answer = Answer(kinds, [], to_device, DeviceLists(set(), set()), key_counts, a.keys_were_claimed, [])
    a.ignored = await a.withholding.ignored_by(a.viewer)
    shard = shard_of(a.user_id)
    since, upto = a.place_since(shard), place(shard, a.heads[shard])
    if since < upto:
        everywhere, by_room = await account_data_changes(a.database, a.user_id, since, upto)
        answer.account_data = [
            account_event(type, content) for type, content in everywhere if a.filter.wants_account_data(type)
        ]
        a.account_data = {
            room_id: [
                account_event(type, content) for type, content in events if a.filter.room_account_data.wants(type)
            ]
            for room_id, events in by_room.items()
        }
    if a.filter.wants_account_data(PUSH_RULES) and (rules := await _push_rules(a, since, upto)) is not None:
        answer.account_data.append(account_event(PUSH_RULES, rules))
    a.recounted = await _recounted(a)
    moved = _moved(a, log, since)
    answer.device_lists = await a.device_lists(moved)
    candidates = dict.fromkeys(a.rooms) if a.since is None or a.full_state else moved
    turn = _Turn()
    for room_id in candidates:
        await turn.share()
        if a.filter.wants_room(room_id):
            kind, section = await _section(a, a.rooms[room_id], since)
            if section is not None:
                answer.rooms[kind].append(_encode(room_id) + b":" + section)
    for room_id in _only_typing(a, log) - candidates.keys():
        if a.filter.wants_room(room_id) and await is_open(a, room_id) and (section := typing_only(a, room_id)):
            answer.rooms["join"].append(_encode(room_id) + b":" + section)
    answer.presence = _presence(a, moved, since)
    return answer


def _presence(a: Assembly, moved: Iterable[RoomID], since: Place) -> list[bytes]:
    """The presence that has changed, and that of the people in rooms which are new to the client."""
    wants = a.filter.presence.wants
    if not wants(M_PRESENCE):
        return []
    rooms = [a.rooms[room_id] for room_id in moved]
    anew = frozenset([room.room_id for room in rooms if room.membership == "join" and room.place > since])
    found = a.presence.changes(a.joined, a.typing_since, anew)
    return [
        event_of(user_id, person, a.now)
        for user_id, person in found.items()
        if user_id not in a.ignored and wants(M_PRESENCE, user_id)
    ]


async def _push_rules(a: Assembly, since: Place, upto: Place) -> bytes | None:
    """What is told of push rules: all of them at first, also the default ones; then when they were changed."""
    if a.since is None:
        return await push_rules(a.database, a.user_id)
    return await push_rules_between(a.database, a.user_id, since, upto) if since < upto else None


class _Turn:
    """Lets others have the loop when a long answer has kept it for a while.

    An answer is bounded by the heads it was begun with, so that nothing it tells changes meanwhile.
    """

    def __init__(self) -> None:
        self._began = perf_counter()

    async def share(self) -> None:
        """Wait for the others' turns, if this one was long."""
        if perf_counter() - self._began > MAX_TURN_S:
            await asyncio.sleep(0)
            self._began = perf_counter()


def _moved(a: Assembly, log: Log, since: Place) -> dict[RoomID, None]:
    """The rooms in which something may have happened. Those that changed, not all; none for who begins."""
    if a.since is None:
        return {}
    found: dict[str, None] = dict.fromkeys(a.account_data)
    for shard, room_ids in a.joined.items():
        position = a.since.positions.get(shard, 0)
        if a.heads[shard] > position:
            changed = log.changed_since(shard, position)
            found.update(dict.fromkeys(room_ids if changed is None else room_ids & changed))
    if position_at(since) < a.heads[a.follower.shard]:
        found.update((room.room_id, None) for room in a.rooms.values() if room.place > since)
    found.update(dict.fromkeys(a.recounted))
    return {RoomID(room_id): None for room_id in found if room_id in a.rooms}


async def _recounted(a: Assembly) -> frozenset[RoomID]:
    """The rooms in which the person's own rules were found to change counts; asked only for who has such rules."""
    if a.since is None or not (await a.deciders.mutes_of(a.user_id)).looks:
        return frozenset()
    found: list[RoomID] = []
    for shard in a.joined:
        since, upto = a.place_since(shard), place(shard, a.heads[shard])
        if since < upto:
            found += await recounted_rooms(a.database, a.user_id, since, upto)
    return frozenset(found)


def _only_typing(a: Assembly, log: Log) -> set[RoomID]:
    """The rooms in which somebody has begun or stopped to type; all of them for who knows this from elsewhere."""
    if a.since is None or a.typing_since == log.ephemeral:
        return set()
    changed = a.rooms if a.typing_since < 0 else a.typing.changed_rooms(a.typing_since)
    return {room_id for room_id in changed if (room := a.rooms.get(room_id)) and room.membership == "join"}


async def _section(a: Assembly, room: UserRoom, since: Place) -> tuple[str, bytes | None]:
    """Under which heading a room stands in the answer, and its object there."""
    shard: Shard = shard_of(room.room_id)
    after, upto = a.place_since(shard), place(shard, a.heads[shard])
    is_new = a.since is None or room.place > since
    view = await view_of(a, room.room_id)
    match room.membership:
        case "join":
            if view is not None:
                return "join", await joined(a, room, view, after, upto, is_new=is_new)
            if is_new:
                return "join", await joined_anew(a, room, upto)
            return "join", await joined_since(a, room, after, upto)
        case "invite" if is_new or a.full_state:
            if a.blocks_invites is None:
                a.blocks_invites = await blocks_invites(a.database, a.user_id)
            is_shown = not a.blocks_invites and not is_invited_by(a.ignored, room, a.user_id)
            told = stripped_in(room, view) if view is not None else None
            return "invite", stripped(room, b"invite_state", told) if is_shown else None
        case "knock" if is_new or a.full_state:
            told = stripped_in(room, view) if view is not None else None
            return "knock", stripped(room, b"knock_state", told)
        case "leave" | "ban" if is_new and a.since is not None:
            return "leave", await left(a, room, after)
        case "leave" | "ban" if is_new and a.filter.include_leave and not room.forgotten:
            return "leave", await left(a, room, after)
    return "leave", None
