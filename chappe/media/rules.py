"""What may be uploaded, under which id, and how it may be shown. Pure.

Client-Server API v1.19, "Content repository".
"""

import re
import unicodedata
from urllib.parse import quote

from chappe.errors import Errcode, Refused
from chappe.ids import ServerName, is_server_name

MAX_MEDIA_ID_CHARS = 255
MAX_FILENAME_BYTES = 1024
"""A file name: 255 characters on the usual file systems, each of up to four bytes."""
MAX_CONTENT_TYPE_CHARS = 255

UNKNOWN_TYPE = "application/octet-stream"

INLINE_TYPES = frozenset(
    {
        *("text/css", "text/plain", "text/csv", "application/json", "application/ld+json"),
        *("image/jpeg", "image/gif", "image/png", "image/apng", "image/webp", "image/avif"),
        *("video/mp4", "video/webm", "video/ogg", "video/quicktime"),
        *("audio/mp4", "audio/webm", "audio/aac", "audio/mpeg", "audio/ogg", "audio/wave", "audio/wav"),
        *("audio/x-wav", "audio/x-pn-wav", "audio/flac", "audio/x-flac"),
    }
)
"""What a browser may show instead of saving it: the specification's list, under "Serving inline content"."""

_MEDIA_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_MEDIA_ID_CHARS}}}")
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_CONTENT_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[ !#-\[\]-~]*"))*')


def require_ours(server_name: str, media_id: str, here: ServerName) -> None:
    """Refuse what cannot be the address of media on this server.

    INVALID_PARAM for what is no server name or media id, tricks with paths among them; NOT_FOUND for other servers.
    """
    if not is_server_name(server_name):
        raise Refused(Errcode.INVALID_PARAM, "The server name of the media is malformed.")
    if _MEDIA_ID.fullmatch(media_id) is None:
        raise Refused(Errcode.INVALID_PARAM, "A media ID has only letters, digits, '_' and '-'.")
    if server_name != here:
        raise not_found()


def not_found() -> Refused:
    """The refusal for media that is not here, or not any more."""
    return Refused(Errcode.NOT_FOUND, "There is no such media.")


def content_type_of(declared: str | None) -> str:
    """The declared type if it is well-formed, and otherwise the one that says nothing."""
    if declared is None or len(declared) > MAX_CONTENT_TYPE_CHARS or _CONTENT_TYPE.fullmatch(declared) is None:
        return UNKNOWN_TYPE
    return declared


def require_filename(name: str | None) -> str | None:
    """A file name as it may be stored and sent; None for an empty one."""
    if not name:
        return None
    if len(name.encode("utf-8", "replace")) > MAX_FILENAME_BYTES:
        raise Refused(Errcode.INVALID_PARAM, f"A file name has at most {MAX_FILENAME_BYTES} bytes.")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise Refused(Errcode.INVALID_PARAM, "A file name has no line breaks or other control characters.")
    return name


def disposition(content_type: str, filename: str | None) -> str:
    """The Content-Disposition for a file of that type (RFC 6266; the name in UTF-8 by RFC 8187)."""
    base = content_type.partition(";")[0].strip().lower()
    kind = "inline" if base in INLINE_TYPES else "attachment"
    if filename is None:
        return kind
    if filename.isascii() and not set(filename) & set('"\\%'):
        return f'{kind}; filename="{filename}"'
    return f"{kind}; filename*=utf-8''{quote(filename, safe='')}"
