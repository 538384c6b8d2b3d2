"""What the headers of an upload in several requests say. Pure.

draft-ietf-httpbis-resumable-upload: the fields are Structured Fields (RFC 9651), and one with another value than it may
have counts as not there.
"""

import re
from collections.abc import AsyncIterator, Callable

import msgspec

from chappe.http import Request

MEDIA_TYPE = "application/partial-upload"
"""The type of what is appended; the type of the file itself was told when its upload began."""

EXPOSED = ("Access-Control-Expose-Headers", "Upload-Offset, Upload-Complete, Upload-Length, Upload-Limit, Location")
"""Lets the pages of other sites read them, as web clients are."""

_PARAMETERS = r"(?:[ ]*;[ ]*[a-z*][a-z0-9_.*-]*(?:=[!-:<-~]+)?)*"
_INTEGER = re.compile(rf"[ ]*(-?[0-9]{{1,15}}){_PARAMETERS}[ ]*")
_BOOLEAN = re.compile(rf"[ ]*\?([01]){_PARAMETERS}[ ]*")


class Part(msgspec.Struct, frozen=True):
    """The content of one request."""

    content_length: int | None
    """None where it comes in chunks."""
    is_last: bool
    pieces: Callable[[int], AsyncIterator[bytes]]
    """Reads it, of at most so many bytes."""


class Progress(msgspec.Struct, frozen=True):
    """How far an upload is."""

    offset_bytes: int
    length_bytes: int
    is_complete: bool
    left_ms: int
    """How long it may still take."""


def offset_of(request: Request) -> int | None:
    """Upload-Offset: where the content begins that this request brings."""
    return _integer(request.header("upload-offset"))


def length_of(request: Request) -> int | None:
    """Upload-Length: how long the whole file is."""
    return _integer(request.header("upload-length"))


def is_last(request: Request) -> bool | None:
    """Upload-Complete: whether this request brings the end of the file."""
    found = _BOOLEAN.fullmatch(request.header("upload-complete") or "")
    return found[1] == "1" if found else None


def content_length_of(request: Request) -> int | None:
    """How long the content of this request is; None where it comes in chunks."""
    declared = request.header("content-length")
    if declared is not None:
        return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 16 else None
    return None if request.header("transfer-encoding") is not None else 0


def limits(max_size_bytes: int, left_ms: int) -> tuple[str, str]:
    """Upload-Limit: how long a file may be, and how long its upload may still take."""
    return "Upload-Limit", f"max-size={max_size_bytes}, max-age={max(left_ms, 0) // 1000}"


def headers_of(progress: Progress, max_size_bytes: int) -> tuple[tuple[str, str], ...]:
    """The headers of an answer about an upload."""
    told = (
        ("Upload-Offset", str(progress.offset_bytes)),
        ("Upload-Length", str(progress.length_bytes)),
        ("Upload-Complete", "?1" if progress.is_complete else "?0"),
        ("Cache-Control", "no-store"),
        EXPOSED,
    )
    return told if progress.is_complete else (*told, limits(max_size_bytes, progress.left_ms))


def _integer(value: str | None) -> int | None:
    found = _INTEGER.fullmatch(value or "")
    return int(found[1]) if found and int(found[1]) >= 0 else None
