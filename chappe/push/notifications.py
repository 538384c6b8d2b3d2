"""GET /notifications: of what a person was notified and has not read yet.

Client-Server API v1.19, "Listing notifications". Push keeps this for people whose clients or mail it tells, and until
it is read; others are told of nothing here, and find what they have not read by /sync.
"""

from collections.abc import Sequence

import msgspec

from chappe.errors import Errcode, Refused
from chappe.ids import RoomID
from chappe.push import store
from chappe.push.defaults import NOTIFY
from chappe.push.ruleset import JSON
from chappe.push.store import Waiting
from chappe.rooms import StoredEvent, reading
from chappe.storage import Database
from chappe.stream import Place
from chappe.timeline.unsigned import present
from chappe.timeline.visible import Sight, Viewer, Withholding, sight_of, visible

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
HIGHLIGHT = "highlight"
_LAST = Place(2**63 - 1)


class NotificationsQuery(msgspec.Struct, rename={"from_token": "from"}):
    """Parameters of GET /notifications."""

    from_token: str | None = None
    limit: int | None = None
    only: str | None = None


class Notifications:
    """One person's list, read page by page, the newest first."""

    def __init__(self, database: Database, withholding: Withholding, viewer: Viewer, now: int) -> None:
        self._database = database
        self._withholding = withholding
        self._viewer = viewer
        self._now = now
        self._sights: dict[RoomID, Sight] = {}

    async def page(self, query: NotificationsQuery) -> JSON:
        """The answer. What the person may not see any more is left out."""
        limit = min(max(query.limit if query.limit is not None else DEFAULT_LIMIT, 1), MAX_LIMIT)
        before = _place(query.from_token) if query.from_token else _LAST
        found = await store.waiting_before(self._database, self._viewer.user_id, before, limit + 1)
        page = [one for one in found[:limit] if query.only != HIGHLIGHT or one.tweaks.get(HIGHLIGHT)]
        answer: JSON = {"notifications": await self._shown(page)}
        if len(found) > limit:
            answer["next_token"] = str(found[limit - 1].place)
        return answer

    async def _shown(self, page: Sequence[Waiting]) -> list[JSON]:
        events = {
            event.place: event for event in await reading.events_at(self._database, [o.event_place for o in page])
        }
        shown: list[JSON] = []
        for one in page:
            event = events.get(one.event_place)
            if event is None or (told := await self._told(event)) is None:
                continue
            tweaks = [{"set_tweak": name, "value": value} for name, value in one.tweaks.items()]
            shown.append(
                {
                    "actions": [NOTIFY, *tweaks],
                    "event": told,
                    "read": False,
                    "room_id": one.room_id,
                    "ts": one.queued_at,
                }
            )
        return shown

    async def _told(self, event: StoredEvent) -> msgspec.Raw | None:
        sight = self._sights.get(event.room_id)
        if sight is None:
            sight = self._sights[event.room_id] = await sight_of(
                self._database, event.room_id, self._viewer, self._withholding
            )
        for seen in await visible(self._database, [event], self._viewer, sight, self._withholding):
            if not seen.is_heard:
                return None
            (told,) = await present(self._database, [seen], self._viewer, sight, self._now, with_room_id=False)
            return msgspec.Raw(told)
        return None


def _place(token: str) -> Place:
    if not token.isascii() or not token.isdigit() or len(token) > 18:
        raise Refused(Errcode.INVALID_PARAM, "from is no token of this endpoint.")
    return Place(int(token))
