"""JSON as Matrix wants it: read strictly, checked for events, written in the one canonical form.

Matrix: appendices, "Canonical JSON"; room version 6, "Canonical JSON" (enforced since then).
"""

import json
from typing import TypeAlias

import msgspec

from chappe.errors import Errcode, Refused

MAX_DEPTH = 64
"""How many objects and arrays may stand inside each other, so that recursion over a value is safe anywhere."""

MAX_INT = 2**53 - 1
"""The largest whole number an event may hold: up to here IEEE double precision is exact."""

MAX_PATH_CHARS = 200
"""Length of the path named in a refusal: keys are the sender's, and may be as long as the body."""

_SPACE_BEFORE_COLON = (b" :", b"\t:", b"\n:", b"\r:")
_ENCODER = msgspec.json.Encoder(order="sorted")

# A place in a value: the place of the container around it, and the key or index inside that.
_Place: TypeAlias = "tuple[_Place, str | int] | None"


def decode(body: bytes) -> object:
    """The value in `body`, a JSON text from outside.

    Refuses as NOT_JSON what is no JSON text in UTF-8, and what two readers would understand differently
    (a key twice in one object, half a surrogate pair); as BAD_JSON what is deeper than `MAX_DEPTH`.
    Decimal numbers pass, since account data may hold them: what becomes an event goes through `check` too.
    """
    try:
        value: object = msgspec.json.decode(body)
    except RecursionError:
        raise Refused(Errcode.NOT_JSON, f"The JSON is nested deeper than {MAX_DEPTH} levels.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise Refused(Errcode.NOT_JSON, f"The body is not a JSON text in UTF-8: {_cause(wrong)}.") from None
    _refuse_duplicates(body, _count_keys(value))
    return value


def encode(value: object) -> bytes:
    """`value` as canonical JSON. It may hold `msgspec.Raw` of bytes that are already canonical.

    msgspec sorts keys by code point and escapes as the specification's grammar does (a test compares
    all of Unicode). Numbers are written as they are: it is `check` that keeps decimals out of events.
    """
    try:
        return _ENCODER.encode(value)
    except (TypeError, UnicodeEncodeError, RecursionError):
        raise Refused(Errcode.BAD_JSON, "The value cannot be written as JSON in UTF-8.") from None


def check(value: object, where: str = "content") -> None:
    """Refuse (BAD_JSON) what an event may not hold, and name its path, which begins with `where`.

    Not allowed: decimal numbers, integers beyond ±`MAX_INT`, half a surrogate pair, keys that are no
    strings, more than `MAX_DEPTH` levels.
    """
    _check_items({where: value}, None, 0)


def _check_items(container: dict[str, object] | list[object], place: _Place, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _refusal(place, f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(container, dict):
        _check_keys(container, place)
    for at, item in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(item, str):
            if not item.isascii():
                _require_utf8(item, (place, at))
        elif isinstance(item, dict | list):
            _check_items(item, (place, at), depth + 1)
        elif item is not None:
            _check_number(item, (place, at))


def _check_keys(container: dict[str, object], place: _Place) -> None:
    for key in container:
        if not isinstance(key, str):
            raise _refusal(place, "has a key that is not a string")
        if not key.isascii():
            _require_utf8(key, (place, key))


def _check_number(item: object, place: _Place) -> None:
    if isinstance(item, float):
        raise _refusal(place, "is a decimal number; Matrix events have whole numbers only")
    if not isinstance(item, int):
        raise _refusal(place, "is nothing that JSON can hold")
    if not -MAX_INT <= item <= MAX_INT:
        raise _refusal(place, "is a number beyond ±(2^53 - 1), which Matrix events may not hold")


def _require_utf8(text: str, place: _Place) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refusal(place, "has half a surrogate pair, which UTF-8 cannot hold") from None


def _refusal(place: _Place, fault: str) -> Refused:
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in reversed(steps))[1:]
    if len(path) > MAX_PATH_CHARS:
        path = path[:MAX_PATH_CHARS] + "…"
    printable = path.encode("utf-8", "backslashreplace").decode()
    return Refused(Errcode.BAD_JSON, f"{printable} {fault}.")


def _count_keys(value: object) -> int:
    """How many keys all objects in `value` have together; refuses too deep a value on the way."""
    keys, depth, level = 0, 0, [value]
    while level:
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                keys += len(item)
                below += [inner for inner in item.values() if isinstance(inner, (dict, list))]
            elif isinstance(item, list):
                below += [inner for inner in item if isinstance(inner, (dict, list))]
        depth += 1
        if below and depth >= MAX_DEPTH:
            raise Refused(Errcode.BAD_JSON, f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        level = below
    return keys


def _refuse_duplicates(body: bytes, keys: int) -> None:
    """Refuse a key that stands twice in one object: msgspec keeps the last one and says nothing.

    Each member of an object has a colon, and a quote before it unless white space stands between. So when
    the text has no more of these than the decoded value has keys, no member was lost. Colons inside strings
    can only make the count too high, and then the standard library's parser decides.
    """
    if body.count(b":") == keys:
        return
    # One byte is looked for much faster than two: a compact text has none of these.
    if body.count(b'":') == keys and not any(spaced[:1] in body and spaced in body for spaced in _SPACE_BEFORE_COLON):
        return
    json.loads(body, object_pairs_hook=_members, parse_int=len, parse_float=len)


def _members(pairs: list[tuple[str, object]]) -> None:
    seen = set()
    for key, _ in pairs:
        if key in seen:
            shown = key[:MAX_PATH_CHARS].encode("utf-8", "backslashreplace").decode()
            raise Refused(Errcode.NOT_JSON, f"The key {shown!r} stands twice in one JSON object.")
        seen.add(key)


def _cause(wrong: Exception) -> str:
    if isinstance(wrong, UnicodeDecodeError):
        return f"a string has bytes that are not UTF-8 ({wrong.reason})"
    return str(wrong).removeprefix("JSON is malformed: ")
