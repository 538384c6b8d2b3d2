"""A JSON body: decoded strictly, then read into the shape that a route declares."""

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import MAX_INT, decode
from chappe.http.routes import JSONObject, Route

MAX_FAULT_CHARS = 200
"""How much is told of what is wrong with a value: it may repeat the value."""

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 16


def read(raw: bytes, route: Route) -> object:
    """The body of a request as `route.body`.

    Refuses as NOT_JSON what is no JSON text, as BAD_JSON what is no object or has a wrong type at some path.
    The content type is not looked at: Matrix clients are lax about it.
    """
    if not raw and route.empty_body_is_object:
        raw = b"{}"
    value = decode(raw)
    if not isinstance(value, dict):
        raise Refused(Errcode.BAD_JSON, "The body must be a JSON object.")
    if _LONG_NUMBER in raw.translate(_DIGITS):  # fifteen times as quick as a pattern, in a body of a megabyte
        _refuse_large_numbers(value, "")
    if route.body is JSONObject:
        return value
    assert route.body is not None
    try:
        if route.keeps_json:  # read once more: the value has nothing left of how it was written
            return msgspec.json.decode(raw, type=route.body)
        return msgspec.convert(value, route.body)
    except msgspec.ValidationError as wrong:
        raise Refused(Errcode.BAD_JSON, _sentence(str(wrong))) from None


def _refuse_large_numbers(value: object, path: str) -> None:
    """Refuse integers that neither other clients nor a database can hold. The decoder has bounded the depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_large_numbers(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            _refuse_large_numbers(inner, f"{path}[{at}]")
    elif isinstance(value, int) and not -MAX_INT <= value <= MAX_INT:
        raise Refused(Errcode.BAD_JSON, f"{path[:200]} is a number beyond ±(2^53 - 1).")


def _sentence(message: str) -> str:
    """msgspec says "Expected `bool`, got `str` - at `$.typing`"; we say the path first.

    It repeats a word that is none of those allowed, however long that is: the client knows what it sent.
    """
    fault, at, path = message.rpartition(" - at ")
    if not at:
        fault, path = message, ""
    path = path.strip("`").removeprefix("$").removeprefix(".")
    if len(fault) > MAX_FAULT_CHARS:
        fault = fault[:MAX_FAULT_CHARS] + "…"
    return f"{path[:200]}: {fault}." if path else f"The body is wrong: {fault}."
