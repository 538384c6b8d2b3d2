"""Sending a file: its headers, a part of it if a part is asked for, or nothing if the client has it already.

Client-Server API v1.19, "Content repository"; RFC 9110 on ranges and conditions.
"""

from collections.abc import AsyncGenerator, Callable

import msgspec

from chappe.http import Answer, Request, Streamed
from chappe.media.files import Files
from chappe.media.ranges import BeyondTheEnd, wanted_bytes
from chappe.media.rules import not_found
from chappe.media.spool import cannot_read
from chappe.media.store import Media

_ALWAYS = (
    # The policy that the specification recommends: whatever the file is, nothing in it runs or loads anything.
    (
        "Content-Security-Policy",
        "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; "
        "object-src 'self';",
    ),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    # The content under an id never changes; only who may have it does, so that no proxy keeps it.
    ("Cache-Control", "private, max-age=86400, immutable"),
    ("Accept-Ranges", "bytes"),
)
_BEYOND = b'{"errcode":"M_INVALID_PARAM","error":"The range begins behind the end of the file."}'


class Content(msgspec.Struct, frozen=True):
    """A file as it is to be sent."""

    etag: str
    """Without its quotation marks. The same only for the same bytes."""
    content_type: str
    disposition: str
    size_bytes: int
    pieces: Callable[[int, int], AsyncGenerator[bytes, None]]
    """The bytes from the first up to before the second."""
    local_path: str | None
    """Where it lies as a file on this machine, if it does."""


async def read_whole(files: Files, media: Media, *, most: int | None = None) -> bytes:
    """All bytes of media, or the first of them.

    Refuses with NOT_FOUND when the file is gone, with UNAVAILABLE when it cannot be read.
    """
    try:
        end = media.size_bytes if most is None else min(most, media.size_bytes)
        return b"".join([piece async for piece in files.pieces(media.file_key, 0, end)])
    except FileNotFoundError as error:
        raise not_found() from error
    except OSError as error:
        raise cannot_read(error) from error


def send(request: Request, content: Content) -> Answer:
    """The answer to a GET or HEAD of the file: 200, 206, 304 or 416."""
    etag = f'"{content.etag}"'
    headers = (
        ("Content-Type", content.content_type),
        ("Content-Disposition", content.disposition),
        ("ETag", etag),
        *_ALWAYS,
    )
    if _has_already(request, etag):
        return Answer(304, b"", headers[2:])
    size = content.size_bytes
    wants_part = request.method == "GET" and request.header("if-range") in (None, etag)
    try:
        part = wanted_bytes(request.header("range"), size) if wants_part else None
    except BeyondTheEnd:
        return Answer(416, _BEYOND, (("Content-Type", "application/json"), ("Content-Range", f"bytes */{size}")))
    if part is not None:
        first, end = part
        told = (("Content-Range", f"bytes {first}-{end - 1}/{size}"),)
        return Streamed(206, headers=headers + told, length=end - first, pieces=content.pieces(first, end))
    return Streamed(200, headers=headers, length=size, pieces=content.pieces(0, size), path=content.local_path)


def _has_already(request: Request, etag: str) -> bool:
    known = request.header("if-none-match")
    if known is None:
        return False
    return known.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in known.split(","))
