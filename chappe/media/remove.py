"""Removing media: not shown from now on, and destroyed unless something orders that it be kept."""

from chappe.holds import erase
from chappe.ids import UserID
from chappe.media import store
from chappe.media.add import drop_upload
from chappe.media.sweep import Sweeper
from chappe.media.uploads import Uploads
from chappe.storage import Database
from chappe.stream import Bus, Command, Device, Transaction, shard_of

MEDIA = "media"
"""What was uploaded, as `holds` knows it: erased by media id."""

MAX_REMOVED_AT_ONCE = 200
"""Media of one person that are looked up at a time."""


async def remove_media(tx: Transaction, device: Device | None, media_id: str) -> None:
    """Remove media, in the shard of its id. What is reserved, begun or not there is gone afterwards, too."""
    store.mark_removed(tx, media_id)
    store.drop_reservation(tx, media_id)
    await drop_upload(tx, media_id)
    await erase(tx, MEDIA, media_id)


async def erase_media(tx: Transaction, media_id: str) -> None:
    """The eraser of `MEDIA`: the row now, the file once that is durable."""
    media = await store.media(tx, media_id)
    if media is not None:
        store.erase_media(tx, media)
        tx.after_commit(tx.of(Sweeper).wake)


async def remove_all_media_of(bus: Bus, database: Database, uploads: Uploads, user_id: UserID) -> None:
    """Remove everything that a person has uploaded. Their devices are logged out before.

    What they are just uploading is waited for: it would else be there afterwards.
    """
    await uploads.until_none_of(user_id)
    for media_id in await store.unfinished_media_ids_of(database, user_id, MAX_REMOVED_AT_ONCE):
        await bus.call(shard_of(media_id), Command(remove_media, None, (media_id,)))
    after = ""
    while media_ids := await store.media_ids_of(database, user_id, after, MAX_REMOVED_AT_ONCE):
        for media_id in media_ids:
            await bus.call(shard_of(media_id), Command(remove_media, None, (media_id,)))
        after = media_ids[-1]
