"""Matrix HTTP for finding messages (Client-Server API v1.19, "Server Side Search")."""

import msgspec

from chappe.clock import Clock
from chappe.http import DEVICE, Limit, RawJSON, Request, Routes
from chappe.search.query import SearchBody, SearchQuery
from chappe.search.search import Search
from chappe.storage import Database
from chappe.stream import Log
from chappe.timeline.visible import Viewer, Withholding

routes = Routes()


@routes.post("/_matrix/client/v3/search", auth=DEVICE, limit=Limit.SEARCH)
async def post_search(request: Request, body: SearchBody, query: SearchQuery) -> RawJSON:
    """Find messages by their words (spec: "POST /search")."""
    found: dict[str, object] = {}
    if (asked := body.search_categories.room_events) is not None:
        viewer = Viewer(request.device.user_id, request.device.device_id)
        of = request.of
        search = Search(of(Database), of(Log), of(Withholding), viewer, of(Clock).now_ms())
        found["room_events"] = await search.answer(asked, query.next_batch)
    return RawJSON(msgspec.json.encode({"search_categories": found}))
