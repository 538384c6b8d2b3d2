"""GET /sync: from where a client was to now, waiting until there is something."""

import contextlib
from functools import lru_cache

import msgspec

from chappe.accounts import filter_of
from chappe.errors import Errcode, Refused
from chappe.events import canonical_json
from chappe.http import GUEST, Limit, RawJSON, Request, Routes
from chappe.presence import Presence, State, parse_state
from chappe.sync.syncing import Syncing, Wish
from chappe.timeline.filters import SyncFilter

routes = Routes()

MAX_TIMEOUT_MS = 120_000
"""How long a request may wait; proxies cut longer ones."""
MAX_FILTER_CHARS = 16_384
READ_BYTES = 64 * 1024
"""What counts as one read of the limit for reads; an answer of 8 MiB as 128."""


NO_FILTER = SyncFilter()


class SyncQuery(msgspec.Struct):
    """Parameters of GET /sync."""

    filter: str | None = None
    since: str | None = None
    full_state: bool = False
    set_presence: str | None = None
    timeout: int = 0
    use_state_after: bool = False
    unstable_use_state_after: bool = msgspec.field(default=False, name="org.matrix.msc4222.use_state_after")


@routes.get("/_matrix/client/v3/sync", auth=GUEST, limit=Limit.READS)
async def get_sync(request: Request, query: SyncQuery) -> RawJSON:
    """What changed since `since`, or everything (spec: "GET /sync")."""
    state = State.ONLINE if query.set_presence is None else parse_state(query.set_presence, "set_presence")
    wish = Wish(
        device=request.device,
        since=query.since or None,
        filter=await _filter(request, query.filter),
        full_state=query.full_state,
        state_word=_state_word(query),
        timeout_s=min(max(query.timeout, 0), MAX_TIMEOUT_MS) / 1000,
    )
    syncing = request.of(Syncing)
    follower = await syncing.followers.get(request.device.user_id)
    with request.of(Presence).poll(request.device, state, follower.joined):
        body = await syncing.answer(wish, lambda: request.gone)
    if len(body) > READ_BYTES:
        # A large answer counts as many reads, which the next ones wait for: it stays in memory until it is fetched.
        with contextlib.suppress(Refused):
            request.limits.hit(Limit.READS, request.device.user_id, len(body) // READ_BYTES)
    return RawJSON(body)


def _state_word(query: SyncQuery) -> str:
    """Clients of today ask for state behind the timeline by its unstable name, and read that name."""
    if query.use_state_after:
        return "state_after"
    return "org.matrix.msc4222.state_after" if query.unstable_use_state_after else "state"


@lru_cache(maxsize=1024)
def _inline(given: str) -> SyncFilter:
    """A filter given as JSON. Most clients of a kind give the same one, with every request."""
    return SyncFilter.parse(canonical_json.decode(given.encode("utf-8", "replace")))


async def _filter(request: Request, given: str | None) -> SyncFilter:
    """The filter: JSON in the request, or the id of a stored one."""
    if not given:
        return NO_FILTER
    if len(given) > MAX_FILTER_CHARS:
        raise Refused(Errcode.TOO_LARGE, f"The filter is longer than {MAX_FILTER_CHARS} characters; store it instead.")
    if given.startswith("{"):
        return _inline(given)
    stored = await filter_of(request, request.device.user_id, given)
    return SyncFilter.parse(stored)
