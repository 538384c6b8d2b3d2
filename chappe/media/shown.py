"""Media as staff are shown it: whatever restricts it, and without a copy that a browser keeps.

Who may see it, and that it was shown, is for the caller to say.
"""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http import Answer, Request
from chappe.ids import UserID
from chappe.media.files import Files
from chappe.media.find import find_any
from chappe.media.routes import thumbnail_of, whole
from chappe.media.sizes import wanted_size

_PREFIX = "mxc://"
SHOWN_PX = 640


async def show_thumbnail(request: Request, for_whom: UserID, address: str) -> Answer:
    """A small version of an image that people uploaded here."""
    media = await find_any(request, *_parts(address), 0)
    wanted = wanted_size(SHOWN_PX, SHOWN_PX, "scale", animated=False)
    return _not_kept(await thumbnail_of(request, for_whom, media, wanted))


async def show_file(request: Request, address: str) -> Answer:
    """The file itself, or the part of it that is asked for. No small version is made or kept."""
    media = await find_any(request, *_parts(address), 0)
    return _not_kept(await whole(request, media, media.content_type, media.filename))


async def file_bytes(request: Request, address: str, most: int) -> bytes | None:
    """The bytes of a file of at most so many; None if it is larger, or not here any more."""
    try:
        media = await find_any(request, *_parts(address), 0)
        if media.size_bytes > most:
            return None
        files = request.of(Files)
        return b"".join([piece async for piece in files.pieces(media.file_key, 0, media.size_bytes)])
    except (Refused, OSError):
        return None


def _parts(address: str) -> tuple[str, str]:
    server_name, _, media_id = address.removeprefix(_PREFIX).partition("/")
    if not address.startswith(_PREFIX) or not media_id:
        raise Refused(Errcode.INVALID_PARAM, "This is not the address of media.")
    return server_name, media_id


def _not_kept(answer: Answer) -> Answer:
    headers = tuple(one for one in answer.headers if one[0] not in ("Cache-Control", "ETag"))
    return msgspec.structs.replace(answer, headers=(*headers, ("Cache-Control", "no-store")))
