"""What one request may cost, by name. `rate.py` says how often; this file says how large and how long."""

from dataclasses import dataclass

MAX_BODY_BYTES = 128 * 1024
"""A JSON body, unless its route says otherwise: an event has at most 64 KiB, and may be sent escaped."""

MAX_BYTES_READ_ON_LOOP = 64 * 1024
"""JSON up to here is decoded at once, in a third of a millisecond. A longer body is in a thread, and others have the
loop meanwhile."""

MAX_PATH_BYTES = 4096
"""The path of a request: four ids of 255 bytes, each byte percent-encoded, fit."""

MAX_QUERY_BYTES = 8192
"""The query string. Filters given inline are the longest that clients send."""

MAX_QUERY_PARAMETERS = 64
"""How many `key=value` pairs a query string may have."""

MAX_TOKEN_BYTES = 1024
"""An access token; ours are far shorter, and a longer one is not worth looking up."""

MAX_HEAD_BYTES = 64 * 1024
"""Request line and headers together. It is the largest buffer of a connection, which has 8 KiB until it needs more, and
so the largest piece of a body: with half of it, an upload costs a fifth more. What is too long in a smaller head gets
our own refusal; beyond this the connection is answered 431, without JSON."""

HELD_BY_HEAD_BYTES = 80 * 1024
"""What a connection takes that has sent nearly all of such a head and then nothing more, as measured. After 30 s it is
closed."""

HEADS_SHARE = 0.5
"""The part of the memory that all connections together may take in this way: `connections.py`."""

MAX_FORWARDED = 32
"""How many addresses of `X-Forwarded-For` are read, from the nearest."""

MAX_SKIPPED_BYTES = 32 * 1024 * 1024
"""What is still read of an upload that was refused, before its connection is closed."""

SKIP_SECONDS = 5.0
"""How long that may take."""

SEND_SECONDS = 60.0
"""How long a client may take for one piece of a long body before the connection is cut."""

COMMAND_SECONDS = 30.0
"""How long a request waits for the owner of a shard before it answers 503."""

CONNECTION_BACKLOG = 8192
"""Connections the kernel holds for us while we are busy."""

MAX_CONNECTIONS = 100_000
"""Open connections of a process, if it has 16 GB of memory. Each long poll holds one; the server's own default stalls
at 1,024."""

FEWEST_CONNECTIONS = 4_096
"""Open connections of a process in any case."""

RETRY_AFTER_MS = 2_000
"""When a client turned away because the server is busy or stopping should come again."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits that a test or a small machine may want tighter."""

    body_seconds: float = 30.0
    """The whole body must have arrived by then, however slowly it drips."""

    upload_seconds: float = 900.0
    """A streamed body may take that long in all, if each piece arrives within `body_seconds`."""

    requests_at_once: int = 50_000
    """Requests being answered at the same time, long polls included."""

    requests_of_a_person: int = 500
    """Those of one person: a hundred devices that each wait for /sync, and what they do meanwhile."""

    requests_of_an_address: int = 20_000
    """Those from one address by nobody who is logged in. Behind a reverse proxy that is not told to be trusted,
    all come from one."""

    stop_grace_seconds: float = 2.0
    """How long a stopping process lets requests finish before it cancels them."""
