"""The Range header: which bytes of a file are wanted (RFC 9110, section 14). Pure."""

import re

_ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.IGNORECASE)


class BeyondTheEnd(Exception):
    """A range that begins behind the last byte."""


def wanted_bytes(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte that is wanted and the one after the last; None for the whole file.

    A header that is malformed, or names several ranges, asks for the whole, as RFC 9110 allows.
    """
    found = _ONE_RANGE.fullmatch(header) if header is not None else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0 or size == 0:
            raise BeyondTheEnd
        return max(0, size - length), size
    first, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    if end <= first and found[2]:
        return None
    if first >= size:
        raise BeyondTheEnd
    return first, min(end, size)
