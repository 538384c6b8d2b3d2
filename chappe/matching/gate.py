"""As an event enters an open room: the very file of a vetted list is hidden, so that nobody sees it first. R109.

The event itself enters, so that it can be judged, and shown again. A moment later the reader finds the match, and
whoever follows matches decides; from then on what they decided holds. Rooms that are not open are not looked at (R107).
"""

from functools import partial

import msgspec

from chappe.config import Settings
from chappe.events.state import Draft
from chappe.matching.look import MARK, media_named_in
from chappe.matching.match import OnMatch
from chappe.matching.snapshots import Snapshots
from chappe.media import HiddenFirst, media_named
from chappe.rooms import Room
from chappe.rooms.listing import is_open
from chappe.stream import Transaction


async def hide_first(tx: Transaction, room: Room, draft: Draft) -> None:
    """A `SendGate`. Refuses nothing."""
    snapshots, followers = tx.of(Snapshots), tx.of(OnMatch)
    if not snapshots.now.lists or not followers or not is_open(room):
        return
    content = msgspec.json.encode(draft.content)
    if MARK not in content:
        return
    for media_id in media_named_in(content, tx.of(Settings).server_name):
        media = await media_named(tx, media_id)
        if media is None or media.sha256 in snapshots.cleared:
            continue
        if snapshots.now.with_file(media.sha256, only_vetted=True):
            tx.after_commit(partial(tx.of(HiddenFirst).hide, media_id, tx.now))
