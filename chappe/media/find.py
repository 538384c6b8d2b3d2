"""Looking media up, and waiting for what was announced and is not there yet."""

import asyncio

from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import Request
from chappe.media import store
from chappe.media.arrivals import Arrivals
from chappe.media.hidden import HiddenFirst, hidden
from chappe.media.rules import not_found, require_ours
from chappe.media.store import Media
from chappe.restrictions import Restrictions
from chappe.storage import Database

MAX_WAIT_MS = 60_000
"""How long a request waits for an upload, whatever it asks for."""


async def find(request: Request, server_name: str, media_id: str, wait_ms: int) -> Media:
    """The media of that address, for who asks.

    Refuses like `find_any`, with NOT_FOUND what is hidden, and with WITHHELD or RESTRICTED what is blocked for who
    asks.
    """
    media = await find_any(request, server_name, media_id, wait_ms)
    if request.of(HiddenFirst).is_hidden(media_id, request.of(Clock).now_ms()):
        raise hidden()
    restrictions = request.of(Restrictions)
    viewer = request.device.user_id
    blocked = await restrictions.on_media(f"mxc://{server_name}/{media_id}", media.sha256.hex(), viewer)
    if blocked is not None:
        raise restrictions.refusal(blocked)
    return media


async def find_any(request: Request, server_name: str, media_id: str, wait_ms: int) -> Media:
    """The media of that address, hidden, restricted or not: for staff.

    Refuses with INVALID_PARAM what is no address, with NOT_FOUND what is not here or was removed, with
    NOT_YET_UPLOADED what has not arrived after `wait_ms` milliseconds.
    """
    require_ours(server_name, media_id, request.of(Settings).server_name)
    database = request.of(Database)
    media = await store.media(database, media_id)
    if media is None:
        media = await _awaited(request, database, media_id, min(max(wait_ms, 0), MAX_WAIT_MS))
    if media.removed_at is not None:
        raise not_found()
    return media


async def _awaited(request: Request, database: Database, media_id: str, wait_ms: int) -> Media:
    arrivals = request.of(Arrivals)
    arrival = arrivals.expect(media_id)  # before it is looked for again: it may arrive in between
    try:
        reservation = await store.reservation(database, media_id)
        if reservation is not None and reservation.expires_at > request.of(Clock).now_ms() and wait_ms:
            stopping = asyncio.ensure_future(request.stopping.wait())
            ends = (arrival, request.gone, stopping)
            await asyncio.wait(ends, timeout=wait_ms / 1000, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
    finally:
        arrivals.leave(media_id, arrival)
    media = await store.media(database, media_id)
    if media is not None:
        return media
    if reservation is None:
        raise not_found()
    raise Refused(Errcode.NOT_YET_UPLOADED, "Nothing has been uploaded under this media ID yet.")
