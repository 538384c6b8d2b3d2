"""One search, from what was asked to the JSON of the answer.

Client-Server API v1.19, "POST /search".
"""

from collections.abc import Sequence

import msgspec

from chappe.ids import RoomID, UserID
from chappe.rooms import StoredEvent, reading
from chappe.rooms.read_state import reader_of
from chappe.rooms.room_token import encode_room_token
from chappe.search.page import Hit, Page, Searcher
from chappe.search.query import MAX_CONTEXT, Behind, ContextWish, RoomEvents, Wish, token_of, wish_of
from chappe.storage import Database
from chappe.stream import Log, Place
from chappe.timeline.aggregations import Bundling
from chappe.timeline.filters import EVERYTHING
from chappe.timeline.pages import Walk
from chappe.timeline.unsigned import present
from chappe.timeline.visible import Sight, Viewer, Withholding

MAX_STATE_ROOMS = 5
"""Rooms whose whole state one answer has."""


class Search:
    """A search of one person, and what its answer is made of."""

    def __init__(self, database: Database, log: Log, withholding: Withholding, viewer: Viewer, now: int) -> None:
        self._database = database
        self._log = log
        self._withholding = withholding
        self._viewer = viewer
        self._now = now

    async def answer(self, asked: RoomEvents, next_batch: str | None) -> dict[str, object]:
        """The category `room_events` of the answer."""
        wish = wish_of(asked, next_batch)
        page = await Searcher(self._database, self._viewer, self._withholding, wish).page()
        results = await self._results(page, asked.event_context)
        told: dict[str, object] = {"count": page.count, "highlights": list(wish.words), "results": results}
        if page.behind is not None:
            told["next_batch"] = token_of(page.behind)
        if wish.groups:
            told["groups"] = _groups(wish, page)
        if asked.include_state:
            rooms = list(dict.fromkeys(hit.event.room_id for hit in page.hits))[:MAX_STATE_ROOMS]
            told["state"] = {room_id: await self._state(room_id, page.sights[room_id]) for room_id in rooms}
        return told

    async def _results(self, page: Page, context: ContextWish | None) -> list[dict[str, object]]:
        by_room: dict[RoomID, list[Hit]] = {}
        for hit in page.hits:
            by_room.setdefault(hit.event.room_id, []).append(hit)
        shown: dict[Place, msgspec.Raw] = {}
        for room_id, hits in by_room.items():
            events = [hit.event for hit in hits]
            told = await self._shown(events, page.sights[room_id])
            shown.update((event.place, one) for event, one in zip(events, told, strict=True))
        results: list[dict[str, object]] = []
        for hit in page.hits:
            result: dict[str, object] = {"rank": hit.rank, "result": shown[hit.event.place]}
            if context is not None:
                result["context"] = await self._context(hit.event, page.sights[hit.event.room_id], context)
            results.append(result)
        return results

    async def _shown(self, events: Sequence[StoredEvent], sight: Sight) -> list[msgspec.Raw]:
        bundling = Bundling(self._withholding)
        found = await present(self._database, events, self._viewer, sight, self._now, bundling=bundling)
        return [msgspec.Raw(one) for one in found]

    async def _context(self, event: StoredEvent, sight: Sight, wish: ContextWish) -> dict[str, object]:
        """What happened around an event, and who said it under which name."""
        walk = Walk(self._database, event.room_id, self._viewer, sight, self._withholding, EVERYTHING)
        head = self._log.head_of(event.room_id)
        before: list[StoredEvent] = []
        after: list[StoredEvent] = []
        if (most := min(wish.before_limit, MAX_CONTEXT)) > 0:
            before = (await walk.backwards(Place(event.place - 1), walk.beginning, most)).events
        if (most := min(wish.after_limit, MAX_CONTEXT)) > 0:
            after = (await walk.forwards(event.place, head, most)).events
        around = [*reversed(before), event, *after]
        told: dict[str, object] = {
            "start": encode_room_token(Place(around[0].place - 1)),
            "end": encode_room_token(around[-1].place),
            "events_before": await self._shown(before, sight),
            "events_after": await self._shown(after, sight),
        }
        if wish.include_profile:
            told["profile_info"] = await self._profiles(around, event, sight)
        return told

    async def _profiles(
        self, events: Sequence[StoredEvent], event: StoredEvent, sight: Sight
    ) -> dict[UserID, dict[str, object]]:
        profiles: dict[UserID, dict[str, object]] = {}
        for sender in dict.fromkeys(one.sender for one in events):
            member = await reading.member_at(self._database, event.room_id, sender, event.place)
            content = sight.told(member, held_at=event.place).content if member is not None else {}
            profiles[sender] = {key: content[key] for key in ("displayname", "avatar_url") if key in content}
        return profiles

    async def _state(self, room_id: RoomID, sight: Sight) -> list[msgspec.Raw]:
        restrictions = self._withholding.restrictions
        assert restrictions is not None, "the process has them"
        reader = await reader_of(self._database, self._log, restrictions, room_id, self._viewer.user_id)
        return await self._shown(await reader.all(), sight)


def _groups(wish: Wish, page: Page) -> dict[str, dict[str, dict[str, object]]]:
    """The events of the page by room or sender. The order of groups is that of their first events."""
    told: dict[str, dict[str, dict[str, object]]] = {}
    for key in sorted(wish.groups):
        found: dict[str, list[str]] = {}
        for hit in page.hits:
            value: str = hit.event.room_id if key == "room_id" else hit.event.sender
            found.setdefault(value, []).append(hit.event.event_id)
        groups = told[key] = {}
        for number, (group, event_ids) in enumerate(found.items()):
            groups[group] = {"order": number, "results": event_ids}
            if page.behind is not None:
                groups[group]["next_batch"] = token_of(Behind(page.behind.order, page.behind.passed, key, group))
    return told
