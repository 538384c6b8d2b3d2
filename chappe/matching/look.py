"""Which media an event names. Pure."""

import re
from functools import cache

MAX_NAMED = 50
"""Media of one event that are looked at: more than any client shows."""

MARK = b"mxc://"


def media_named_in(event_json: bytes, server_name: str) -> list[str]:
    """The ids of this server's media that stand anywhere in an event: its file, its thumbnail, pictures in its text."""
    if MARK not in event_json:
        return []
    return list(dict.fromkeys(found.decode() for found in _ours(server_name).findall(event_json)))[:MAX_NAMED]


@cache
def _ours(server_name: str) -> re.Pattern[bytes]:
    # In the JSON of a stored event nothing is escaped that need not be.
    return re.compile(re.escape(f"mxc://{server_name}/".encode()) + rb"([A-Za-z0-9_-]{1,255})(?![A-Za-z0-9_-])")
