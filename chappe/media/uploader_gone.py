"""Somebody's account has ended, with the wish that as little as possible remains: what they uploaded goes too.

It begins with an effect of the ending itself, so that a crash forgets nothing. An upload that is on its way at that
moment is waited for beside it: after a crash it is not there.
"""

import asyncio

from chappe.ids import UserID
from chappe.media import store
from chappe.media.remove import MAX_REMOVED_AT_ONCE, remove_all_media_of, remove_media
from chappe.media.uploads import Uploads
from chappe.storage import Database
from chappe.stream import Bus, Device, Effect, Transaction


class Latecomers:
    """Removes what the owners of ended accounts were just uploading."""

    def __init__(self, bus: Bus, database: Database, uploads: Uploads) -> None:
        self._bus = bus
        self._database = database
        self._uploads = uploads
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, user_id: UserID) -> None:
        """Remove what is there once nothing of theirs is on its way any more. They are logged out already."""
        if self._uploads.has_any_of(user_id):
            task = asyncio.create_task(remove_all_media_of(self._bus, self._database, self._uploads, user_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """The process ends: uploads that are not done by now are cut off, and swept at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def uploader_gone(tx: Transaction, user_id: UserID, erase: bool) -> None:
    """Called in the user's shard when the account has ended."""
    if erase:
        tx.effect(user_id, "media.remove_all", user_id, "")


async def remove_all(tx: Transaction, device: Device | None, user_id: str, after: str) -> None:
    """The effect: remove some of their media, and queue the same for those behind."""
    owner = UserID(user_id)
    media_ids = await store.media_ids_of(tx.database, owner, after, MAX_REMOVED_AT_ONCE)
    begun = await store.unfinished_media_ids_of(tx.database, owner, MAX_REMOVED_AT_ONCE) if not after else []
    for media_id in media_ids + begun:
        tx.effect(media_id, "media.remove", media_id)
    if len(media_ids) == MAX_REMOVED_AT_ONCE:
        tx.effect(user_id, "media.remove_all", user_id, media_ids[-1])
    else:
        tx.after_commit(lambda: tx.of(Latecomers).follow(owner))


EFFECTS: dict[str, Effect] = {"media.remove_all": remove_all, "media.remove": remove_media}
