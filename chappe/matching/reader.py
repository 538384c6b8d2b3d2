"""The reader "matching": looks at the media that events in open rooms name, and records what stands on a list.

Sending knows nothing of it. Rooms that are not open, and encrypted messages, are not looked at (R107). What an event
names before it is uploaded is looked at when it comes.
"""

import asyncio
import contextlib
import logging
from collections import Counter, OrderedDict
from dataclasses import dataclass

from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.ids import EventID, RoomID, UserID
from chappe.matching import store
from chappe.matching.index import MIN_QUALITY
from chappe.matching.look import media_named_in
from chappe.matching.match import Match, OnMatch, id_of
from chappe.matching.snapshots import Loaded, Snapshot, Snapshots
from chappe.matching.store import Awaited
from chappe.media import FilledLater, Media, MediaHashes, PictureHash, is_reserved, media_named
from chappe.resources import Resources
from chappe.rooms import StoredEvent
from chappe.rooms.committed import committed_state
from chappe.rooms.listing import LISTED_TYPES, is_open
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Log, Place, Reader, Shard, Transaction, Writer, place

logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 200
AWAITED_AT_ONCE = 200
MAX_KNOWN = 10_000
"""Files whose hits are remembered, so that what many people show is hashed once. The one longest ago goes first."""
MAX_TRIES = 3
"""How often a picture is tried that this machine has no time for, before it is left out and counted."""
RETRY_S = 1.0
INTERVAL_S = 600.0


@dataclass(frozen=True)
class Hit:
    """A list that has a file, or what looks like it."""

    loaded: Loaded
    distance: int
    quality: int


class MatchingReader:
    """Follows the events of all rooms."""

    def __init__(self, resources: Resources, bus: Bus) -> None:
        self._database = resources.of(Database)
        self._snapshots = resources.of(Snapshots)
        self._hashes = resources.of(MediaHashes)
        self._server_name = resources.of(Settings).server_name
        self._bus = bus
        self._known: OrderedDict[tuple[int, bytes], tuple[Hit, ...]] = OrderedDict()
        self._come = asyncio.Event()
        self.outcomes: Counter[str] = Counter()
        """Media looked at, by what came of it."""
        resources.of(FilledLater).append(self._come.set)

    async def handle(self, shard: Shard, after: int, upto: int) -> None:
        """Deal with what happened in a shard in (after, upto]."""
        await self._snapshots.ready.wait()
        if not self._snapshots.now.lists:
            return
        start, end = place(shard, after), place(shard, upto)
        are_open: dict[RoomID, bool] = {}
        while events := await store.events_between(self._database, start, end, EVENTS_AT_ONCE):
            start = Place(events[-1].place)
            for event in events:
                named = media_named_in(event.client_json, self._server_name)
                if not named:
                    continue
                if event.room_id not in are_open:
                    are_open[event.room_id] = await self._is_open(event.room_id)
                if are_open[event.room_id]:
                    for media_id in named:
                        if not await self._look(event, media_id):
                            self._come.set()  # it may have come before it was noted down
            await asyncio.sleep(0)

    async def run(self) -> None:
        """Look at what came later than the event that names it, for as long as the process runs."""
        while True:
            self._come.clear()
            try:
                await self.catch_up_awaited()
            except Exception:
                logger.exception("What was uploaded late will be looked at again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL_S):
                    await self._come.wait()

    async def catch_up_awaited(self) -> None:
        """Look at everything that has come, and forget what never will."""
        media_id, event_id = "", ""
        while found := await store.awaited_after(self._database, media_id, event_id, AWAITED_AT_ONCE):
            media_id, event_id = found[-1].media_id, found[-1].event_id
            for one in found:
                event = await store.event_named(self._database, one.event_id)
                if event is None or await self._look(event, one.media_id):
                    await self._bus.call(REGISTER, Command(stop_awaiting, None, (one.media_id, one.event_id)))

    async def _is_open(self, room_id: RoomID) -> bool:
        state = await committed_state(self._database, room_id, LISTED_TYPES)
        return state is not None and is_open(state)

    async def _look(self, event: StoredEvent, media_id: str) -> bool:
        """Look at media that an event names. Answers whether that is done, and need not be done again later."""
        may_come = await is_reserved(self._database, media_id)  # asked first: it may come in between
        media = await media_named(self._database, media_id)
        if media is None:
            if may_come:
                awaited = Awaited(media_id, event.event_id, event.room_id, event.sender)
                await self._bus.call(REGISTER, Command(await_media, None, (awaited,)))
            return not may_come
        if media.removed_at is not None or media.sha256 in self._snapshots.cleared:
            return True
        for hit in await self.hits_of(media):
            loaded = hit.loaded
            match = Match(
                id_of(loaded.name, media_id, event.event_id), loaded.name, loaded.version, loaded.kind.value,
                loaded.topic,
                loaded.vetted, hit.distance, hit.quality, media_id, media.uploader,
                EventID(event.event_id), event.room_id, UserID(event.sender),
            )  # fmt: skip
            await self._bus.call(REGISTER, Command(record_match, None, (match,)))
        return True

    async def hits_of(self, media: Media) -> tuple[Hit, ...]:
        """The lists that have media, or what looks like it."""
        snapshot = self._snapshots.now
        key = (snapshot.number, media.sha256)
        if (known := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return known
        hits = tuple(Hit(loaded, 0, 100) for loaded in snapshot.with_file(media.sha256))
        hashes = await self._hash(media) if snapshot.has_pictures else []
        if hashes is None:
            self.outcomes["unreadable"] += 1
            return hits  # and the next who shows it may be luckier
        hits += tuple(await self._pictures(snapshot, hashes))
        self.outcomes["hit" if hits else "none"] += 1
        self._known[key] = hits
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return hits

    async def _pictures(self, snapshot: Snapshot, hashes: list[PictureHash]) -> list[Hit]:
        nearest: dict[str, Hit] = {}
        for hashed in hashes:
            if hashed.quality < MIN_QUALITY:
                continue
            for loaded, distance in await asyncio.to_thread(snapshot.with_picture, hashed.bits):
                if loaded.name not in nearest or distance < nearest[loaded.name].distance:
                    nearest[loaded.name] = Hit(loaded, distance, hashed.quality)
        return list(nearest.values())

    async def _hash(self, media: Media) -> list[PictureHash] | None:
        """The hashes of media; None if this machine could not make them now."""
        for _ in range(MAX_TRIES):
            try:
                return await self._hashes.of(media)
            except Refused as no:
                if no.code is Errcode.NOT_FOUND:
                    break
                await asyncio.sleep(RETRY_S)
        return None


async def record_match(tx: Transaction, device: Device | None, match: Match) -> None:
    """An act in the register: a match is recorded, and whoever follows matches deals with it, once."""
    if await store.has_match(tx, match.match_id):
        return
    store.add_match(tx, match)
    for follow in tx.of(OnMatch):
        await follow(tx, match)


async def await_media(tx: Transaction, device: Device | None, awaited: Awaited) -> None:
    """An act in the register: media is looked at when it comes."""
    store.await_media(tx, awaited)


async def stop_awaiting(tx: Transaction, device: Device | None, media_id: str, event_id: str) -> None:
    """An act in the register: it has come."""
    store.stop_awaiting(tx, media_id, event_id)


def clear_file(tx: Transaction, sha256: bytes, why: str) -> None:
    """Queue, in the register, that a file was judged to be fine: lists say nothing of it any more."""
    store.clear(tx, sha256, why)
    tx.after_commit(lambda: tx.of(Snapshots).cleared.add(sha256))


def unclear_file(tx: Transaction, sha256: bytes) -> None:
    """Queue, in the register, the end of that."""
    store.unclear(tx, sha256)
    tx.after_commit(lambda: tx.of(Snapshots).cleared.discard(sha256))


def matching_reader(resources: Resources) -> Reader:
    """The reader, to be run as a task of the process."""
    reading = resources.of(MatchingReader)
    return Reader("matching", reading.handle, resources.of(Database), resources.of(Log), resources.of(Writer))
