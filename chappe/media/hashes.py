"""The PDQ hashes of what was uploaded: of a picture, and of some frames of a video where there is a program for it."""

from chappe.errors import Errcode, Refused
from chappe.media.decoders import Decoders, PictureHash
from chappe.media.files import Files
from chappe.media.serve import read_whole
from chappe.media.store import Media
from chappe.media.thumbnails import MAX_SOURCE_BYTES
from chappe.media.videos import Videos, demuxer_of

HEAD_BYTES = 64
"""Of a file, by which a video is known: what its uploader says of it is not believed."""


class MediaHashes:
    """Makes them, a few at a time."""

    def __init__(self, files: Files, decoders: Decoders, videos: Videos) -> None:
        self._files = files
        self._decoders = decoders
        self._videos = videos

    async def of(self, media: Media) -> list[PictureHash]:
        """The hashes of media; none of what is neither a picture nor a video, or cannot be decoded.

        Refuses with UNAVAILABLE and LIMIT_EXCEEDED what may be had later, with NOT_FOUND what is not there any more.
        """
        if not media.size_bytes:
            return []
        if (demuxer := demuxer_of(await read_whole(self._files, media, most=HEAD_BYTES))) is not None:
            return await self._videos.hash(self._files, media, demuxer)
        if media.size_bytes > MAX_SOURCE_BYTES:
            return []
        try:
            return await self._decoders.hash(media.uploader, lambda: read_whole(self._files, media))
        except Refused as no:
            if no.code in (Errcode.TOO_LARGE, Errcode.UNKNOWN):
                return []
            raise
