"""What people upload: files in, files out, small versions of images.

*Media* has an address, mxc://server/id; its bytes are a *file* under a random key. Rows come last: a file is on the
disk before its row commits. What is in the *spool* is on its way; what comes in several requests is *unfinished* until
the last of them; the *sweeper* finishes what was cut off.

The acts: `add.py` at once, or under an id given out before · `begin.py` in several requests · `remove.py` ·
`uploader_gone.py` with the account · `hidden.py` what is not shown until a decision.
`rules.py` `ranges.py` `sizes.py` pure · `uploads.py` taking in · `spool.py` what is on its way · `resume.py`
`unfinished.py` `upload_headers.py` what comes in several requests: whose turn it is, the files, what is told about it ·
`files.py` `files_s3.py` where bytes are kept · `find.py` `serve.py` giving out, `shown.py` to staff · `arrivals.py`
waiting for an upload · `thumbnails.py` kept thumbnails · `decoders.py` the programs that make them, `decoder.py` such a
program · `hashes.py` PDQ hashes, `pdq.py` how one is made · `videos.py` frames of videos, `frames.py` the program ·
`sweep.py` the sweeper · `store.py` all SQL · `routes.py` `routes_resumable.py` the endpoints.

Tables, in the shard of the media id: media, reserved_media, unfinished_upload, unlinked_file.
"""

from pathlib import Path

from chappe.accounts import Deactivated
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import StartupError
from chappe.holds import Eraser
from chappe.http import Routes
from chappe.media.add import Described, FilledLater, add_media, new_media_id
from chappe.media.arrivals import Arrivals
from chappe.media.decoders import Decoders, PictureHash
from chappe.media.files import Files, LocalFiles
from chappe.media.hashes import MediaHashes
from chappe.media.hidden import HiddenFirst
from chappe.media.remove import MEDIA, erase_media, remove_all_media_of, remove_media
from chappe.media.resume import Resumable
from chappe.media.routes import routes
from chappe.media.routes_resumable import routes as routes_resumable
from chappe.media.shown import file_bytes, show_file, show_thumbnail
from chappe.media.spool import Received, Spool
from chappe.media.store import Media, is_reserved, media_ids_of
from chappe.media.store import media as media_named
from chappe.media.sweep import Sweeper
from chappe.media.thumbnails import Thumbnails
from chappe.media.unfinished import Unfinished
from chappe.media.uploader_gone import EFFECTS, Latecomers, uploader_gone
from chappe.media.uploads import Uploads
from chappe.media.videos import Videos
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import Bus

ROUTES = Routes(routes, routes_resumable)
ERASERS: dict[str, Eraser] = {MEDIA: erase_media}


def install(resources: Resources, settings: Settings, database: Database, bus: Bus, clock: Clock) -> None:
    """Add what media keeps in memory to `resources`, and make its folders."""
    folder: Path = settings.data_dir / "media"
    files = _files(settings.media_storage, folder)
    spool, unfinished = Spool(folder / "incoming", files.make_room), Unfinished(folder / "unfinished")
    decoders = Decoders()
    resources.add(HiddenFirst())
    resources.add(FilledLater())
    resources.add(videos := Videos())
    resources.add(MediaHashes(files, decoders, videos))
    thumbnails = Thumbnails(folder / "thumbnails", files, decoders)
    resources.add(files, Files)
    resources.add(Arrivals())
    resources.add(decoders)
    resources.add(thumbnails)
    uploads = Uploads(spool, files, database, settings.upload_quota_bytes)
    resources.add(uploads)
    resources.add(Resumable(unfinished, spool, uploads, database, bus, clock))
    resources.add(Latecomers(bus, database, uploads))
    resources.of(Deactivated).append(uploader_gone)
    resources.add(Sweeper(database, bus, clock, spool, unfinished, files, thumbnails))


def _files(media_storage: str, folder: Path) -> Files:
    if media_storage == "files":
        return LocalFiles(folder)
    try:
        from chappe.media.files_s3 import S3Files  # minio is an extra
    except ImportError as error:
        raise StartupError(
            f"media_storage names a bucket, and {error.name} is not installed.",
            "Install Chappe with its extra 's3', or keep media in files.",
        ) from error
    return S3Files(media_storage)


async def close(resources: Resources) -> None:
    """Commit what is about to be committed, and end the programs that make thumbnails."""
    await resources.of(Latecomers).close()
    await resources.of(Uploads).close()
    await resources.of(Thumbnails).close()
    await resources.of(Decoders).close()
    await resources.of(Files).close()


__all__ = [
    "EFFECTS",
    "ERASERS",
    "ROUTES",
    "Decoders",
    "Described",
    "FilledLater",
    "HiddenFirst",
    "Media",
    "MediaHashes",
    "PictureHash",
    "Received",
    "Sweeper",
    "Uploads",
    "Videos",
    "add_media",
    "close",
    "file_bytes",
    "install",
    "is_reserved",
    "media_ids_of",
    "media_named",
    "new_media_id",
    "remove_all_media_of",
    "remove_media",
    "show_file",
    "show_thumbnail",
]
