"""Unread messages and highlights of one person in one room.

A room counts the events that notify; what is unread is that count less its value where the person has
read to: their receipt, or their own last message. So neither sending nor counting depends on members. What the
person's push rules mute is taken off at the end, so that a change of them shows when the room is told next; and then
what rules that look into events make of single ones, as a reader of the log has noted it (`rooms/own_counts.py`).
"""

import msgspec

from chappe.ids import RoomID, UserID
from chappe.push import Mutes
from chappe.rooms import StoredEvent, Tails, UserRoom, highlights, reading
from chappe.stream import Place
from chappe.sync.assembly import Assembly
from chappe.sync.delta import Delta
from chappe.sync.followers import Follower, ReadState, ThreadedRead
from chappe.timeline.ignoring import NOBODY
from chappe.timeline.receipts import read_upto
from chappe.timeline.unread import Counts, own_counts_in, said_by, unread_by_thread

MAX_OWN_SEARCHED = 500
"""How many of the last events are searched for the person's own last message after their receipt."""


async def unread_members(a: Assembly, room: UserRoom, delta: Delta) -> bytes:
    """What is unread, as JSON members: of the room as a whole, or thread by thread if the client wants that."""
    mutes = await a.deciders.mutes_of(a.user_id)
    if mutes.everything or room.room_id in mutes.silent:
        return b',"unread_notifications":' + _told(Counts())
    joined = await _members(a.database, room.room_id) if mutes.asks_for_members else 0
    if not a.view.threads:
        whole, read_place = await unread(a.database, a.tails, a.follower, room, delta, a.ignored)
        own = Counts()
        if mutes.looks:
            own = await own_counts_in(a.database, room.room_id, a.user_id, read_place, delta.upto, a.ignored)
        return b',"unread_notifications":' + _told(_followed(whole, own, room.room_id, mutes, joined))
    if mutes.looks:
        main, threads, by_root = await _threads_anew(a, room, delta)
    else:
        main, threads = await unread_threads(a.database, a.tails, a.follower, room, delta, a.ignored)
        by_root = {}
    nothing = Counts()
    following = [
        (root, _followed(threads.get(root, nothing), by_root.get(root, nothing), room.room_id, mutes, joined))
        for root in dict.fromkeys((*threads, *by_root))
        if root
    ]
    unread_ones = [(root, counts) for root, counts in following if counts != nothing]
    told = b",".join([msgspec.json.encode(root) + b":" + _told(counts) for root, counts in unread_ones])
    by_thread = b',"unread_thread_notifications":{' + told + b"}" if told else b""
    in_main = _followed(main, by_root.get("", nothing), room.room_id, mutes, joined)
    return b',"unread_notifications":' + _told(in_main) + by_thread


def _followed(counts: Counts, own: Counts, room_id: RoomID, mutes: Mutes, joined: int) -> Counts:
    """The counts as the person's rules want them: what they mute of a whole room, then what they make of each event."""
    return Counts(*mutes.counts(room_id, counts.notifications, counts.highlights, joined)).plus(own)


async def _members(reads: reading.Reads, room_id: RoomID) -> int:
    row = await reading.room_row(reads, room_id)
    return int(row[1]) if row is not None else 0


async def _threads_anew(
    a: Assembly, room: UserRoom, delta: Delta
) -> tuple[Counts, dict[str, Counts], dict[str, Counts]]:
    """The counts of all threads for someone with rules of their own, of which nothing is remembered."""
    total = delta.counted
    if total is None:
        total = await counted_at(a.database, a.tails, room.room_id, delta.upto)
    return await unread_by_thread(
        a.database, room.room_id, a.user_id, room.joined_place, delta.upto, total, a.ignored, has_own_rules=True
    )


def _told(counts: Counts) -> bytes:
    return b'{"highlight_count":%d,"notification_count":%d}' % (counts.highlights, counts.notifications)


async def unread(
    reads: reading.Reads,
    tails: Tails,
    follower: Follower,
    room: UserRoom,
    delta: Delta,
    ignored: frozenset[UserID] = NOBODY,
) -> tuple[Counts, Place]:
    """Unread and highlight counts of a whole room for the follower, as of `delta.upto`; and up to where they read."""
    room_id = room.room_id
    if ignored:
        return await _without(reads, tails, follower, room, delta, ignored)
    state = follower.read.get(room_id)
    is_usable = state is not None and state.joined_place == room.joined_place
    if state is None or not is_usable or not delta.after <= state.valid_at <= delta.upto:
        state = await _from_database(reads, follower.user_id, room, delta.upto)
        _keep(follower, room_id, state)
    elif state.valid_at < delta.upto:
        # A copy: another device of the person may be told at the same time, of another place.
        state = msgspec.structs.replace(state)
        await _move_on(reads, follower.user_id, room_id, state, delta)
        _keep(follower, room_id, state)
    total = delta.counted
    if total is None:
        total = await counted_at(reads, tails, room_id, delta.upto)
    return Counts(max(0, total - state.counted_at_read), state.highlights), state.read_place


async def unread_threads(
    reads: reading.Reads,
    tails: Tails,
    follower: Follower,
    room: UserRoom,
    delta: Delta,
    ignored: frozenset[UserID] = NOBODY,
) -> tuple[Counts, dict[str, Counts]]:
    """The counts of the main timeline, and those of threads that have any, by their roots; as of `delta.upto`."""
    room_id = room.room_id
    known = None if ignored else follower.threaded.get(room_id)
    moved: ThreadedRead | None = None
    if known is not None and known.joined_place == room.joined_place and delta.after <= known.valid_at <= delta.upto:
        moved = _moved_on(known, follower.user_id, delta)
    if moved is None:
        total = delta.counted
        if total is None:
            total = await counted_at(reads, tails, room_id, delta.upto)
        found = await unread_by_thread(reads, room_id, follower.user_id, room.joined_place, delta.upto, total, ignored)
        moved = ThreadedRead(delta.upto, room.joined_place, total, *found[:2])
    if not ignored:
        follower.threaded[room_id] = moved
    return moved.main, moved.threads


def _moved_on(known: ThreadedRead, user_id: UserID, delta: Delta) -> ThreadedRead | None:
    """What is unread as of the delta, where that follows from the delta: others said something, and nothing else."""
    is_plain = delta.has_all_events and not any(receipt.user_id == user_id for receipt in delta.receipts)
    if not is_plain:
        return None
    total, main, threads = known.counted, known.main.notifications, dict(known.threads)
    for event in delta.all_events:
        if event.place <= known.valid_at:
            continue
        if event.sender == user_id or event.type == "m.room.redaction" or _may_mention(event, user_id):
            return None
        more, total = event.counted - total, event.counted
        root = delta.threads.get(event.place)
        if root is None:
            main += more
        elif more:
            before = threads.get(root, Counts())
            threads[root] = Counts(before.notifications + more, before.highlights)
    return ThreadedRead(delta.upto, known.joined_place, total, Counts(main, known.main.highlights), threads)


async def _without(
    reads: reading.Reads,
    tails: Tails,
    follower: Follower,
    room: UserRoom,
    delta: Delta,
    ignored: frozenset[UserID],
) -> tuple[Counts, Place]:
    """The counts for someone who ignores people, whose events notify everybody else: nothing of it is remembered."""
    room_id, upto = room.room_id, delta.upto
    state = await _from_database(reads, follower.user_id, room, upto)
    total = delta.counted if delta.counted is not None else await counted_at(reads, tails, room_id, upto)
    left = max(0, total - state.counted_at_read)
    if left:
        left -= await said_by(reads, room_id, state.read_place, upto, ignored, main_only=False)
    if not state.highlights:
        return Counts(left, 0), state.read_place
    number = await highlights.count(reads, room_id, follower.user_id, state.read_place, upto, without=ignored)
    return Counts(left, number), state.read_place


def _keep(follower: Follower, room_id: RoomID, state: ReadState) -> None:
    """Remember what was found, unless somebody found out about a later place meanwhile."""
    kept = follower.read.get(room_id)
    if kept is None or kept.valid_at <= state.valid_at or kept.joined_place < state.joined_place:
        follower.read[room_id] = state


async def counted_at(reads: reading.Reads, tails: Tails, room_id: RoomID, upto: Place) -> int:
    """How many events of the room notify its members, up to a place."""
    recent = tails.between(room_id, Place(upto - 1), upto)
    if recent:
        return recent[-1].counted
    last = await reading.events_before(reads, room_id, Place(0), upto, 1)
    return last[0].counted if last else 0


async def _from_database(reads: reading.Reads, user_id: UserID, room: UserRoom, upto: Place) -> ReadState:
    room_id, joined = room.room_id, room.joined_place
    read_place, counted = await read_upto(reads, room_id, user_id)
    if joined > read_place:
        came_in = await reading.events_at(reads, [joined])
        read_place, counted = joined, came_in[0].counted if came_in else counted
    own = await reading.last_own_event(reads, room_id, user_id, read_place, upto, MAX_OWN_SEARCHED)
    if own is not None:
        read_place, counted = own
    highlighted = await highlights.count(reads, room_id, user_id, read_place, upto)
    return ReadState(upto, joined, read_place, counted, highlighted)


async def _move_on(reads: reading.Reads, user_id: UserID, room_id: RoomID, state: ReadState, delta: Delta) -> None:
    """Bring what is in memory up to the delta, from the delta alone where possible."""
    before = state.read_place
    mentions = False
    for event in delta.all_events:
        if event.place <= state.valid_at:
            continue
        if event.sender == user_id:
            _read(state, event.place, event.counted)
        # A message that was redacted is no highlight any more, and does not say that it was one.
        mentions = mentions or event.type == "m.room.redaction" or _may_mention(event, user_id)
    for receipt in delta.receipts:
        if receipt.user_id == user_id and receipt.is_unthreaded:
            _read(state, receipt.event_place, receipt.counted)
    if not delta.has_all_events:
        state.read_place, state.counted_at_read = await _read_anew(reads, user_id, room_id, state, delta.upto)
        mentions = True
    state.valid_at = delta.upto
    if mentions or (state.highlights and state.read_place != before):
        state.highlights = await highlights.count(reads, room_id, user_id, state.read_place, delta.upto)


def _may_mention(event: StoredEvent, user_id: UserID) -> bool:
    """Whether an event may highlight the user: not if it names neither them nor everyone. Clients say of nearly every
    message that it mentions nobody, so that its rows are asked for only where it may have one."""
    told = event.client_json
    return b'"m.mentions"' in told and (user_id.encode() in told or b'"room":true' in told)


async def _read_anew(
    reads: reading.Reads, user_id: UserID, room_id: RoomID, state: ReadState, upto: Place
) -> tuple[Place, int]:
    own = await reading.last_own_event(reads, room_id, user_id, state.read_place, upto, MAX_OWN_SEARCHED)
    return own if own is not None else (state.read_place, state.counted_at_read)


def _read(state: ReadState, place: Place, counted: int) -> None:
    if place > state.read_place:
        state.read_place, state.counted_at_read = place, counted


def is_own(event: StoredEvent, user_id: UserID, device_id: str | None) -> bool:
    """Whether this device sent the event, and so is shown its transaction ID."""
    return event.txn_id is not None and event.sender == user_id and event.device_id == device_id
