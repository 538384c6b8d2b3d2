"""What a handler gives back, and how it and a refusal become status, headers and body."""

import math
from collections.abc import AsyncGenerator
from typing import Final

import msgspec

from chappe.errors import Errcode, Refused
from chappe.http.limits import RETRY_AFTER_MS

Headers = list[tuple[bytes, bytes]]

# Client-Server API v1.19, "Web Browser Clients": on every answer, errors included.
_CORS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"X-Requested-With, Content-Type, Authorization"),
]
# Only a preflight is asked what else may be sent: what uploads in several requests need.
_CORS_ASKED: Final[Headers] = [
    _CORS[0],
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (_CORS[2][0], _CORS[2][1] + b", Upload-Offset, Upload-Complete, Upload-Length"),
    (b"access-control-max-age", b"86400"),
]
_JSON_HEADERS: Final[Headers] = [(b"content-type", b"application/json"), *_CORS]
_ENCODER = msgspec.json.Encoder()

JSON: Final[tuple[tuple[str, str], ...]] = (("Content-Type", "application/json"),)
"""The headers of an answer in JSON; the default of `Answer`."""


class RawJSON(msgspec.Struct, frozen=True):
    """A body that is JSON already, spliced from stored bytes; answered with 200."""

    body: bytes


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. CORS headers and the length are added to all of them."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = JSON

    def wire_headers(self) -> Headers:
        """The headers as they are sent, with those of CORS. The list is shared: do not change it."""
        if self.headers is JSON:
            return _JSON_HEADERS
        if self is PREFLIGHT:
            return _CORS_ASKED
        own = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        return own + _CORS


class Streamed(Answer, frozen=True, kw_only=True):
    """An answer with a long body, sent piece by piece. `pieces` gives `length` bytes."""

    length: int
    pieces: AsyncGenerator[bytes, None]
    path: str | None = None
    """A file that is the whole of the body, which a server that can sends by itself instead of the pieces."""


PREFLIGHT = Answer(204, b"", ())
"""The answer to OPTIONS on any path; a browser may remember it for a day."""


def render(result: object) -> Answer:
    """The answer a handler's result stands for."""
    kind = type(result)
    if kind is Answer or kind is Streamed:
        return result  # type: ignore[return-value]  # kind says so
    if kind is RawJSON:
        return Answer(200, result.body)  # type: ignore[attr-defined]  # kind says so
    assert kind is dict or isinstance(result, msgspec.Struct), f"a handler returned {kind.__name__}"
    return Answer(200, _ENCODER.encode(result))


def refusal(no: Refused) -> Answer:
    """The Matrix face of a refusal: "Standard error response", and Retry-After where the client should come again."""
    body = _ENCODER.encode({"errcode": no.code.code, "error": no.reason, **no.details})
    if no.status not in {429, 503}:
        return Answer(no.status, body, (*JSON, *no.headers)) if no.headers else Answer(no.status, body)
    retry_after_ms = no.details.get("retry_after_ms", RETRY_AFTER_MS)
    assert isinstance(retry_after_ms, int)
    return Answer(no.status, body, (*JSON, ("Retry-After", str(max(1, math.ceil(retry_after_ms / 1000))))))


def broken(reference: str) -> Answer:
    """The answer when we made a mistake: nothing about what it was, but where to find it in the log."""
    return refusal(Refused(Errcode.UNKNOWN, f"Something broke on the server. Its log has the reference {reference}."))
