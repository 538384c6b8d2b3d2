"""Which parts of an event a client wants: `event_fields` of a filter.

Client-Server API v1.19, "Filtering"; appendices, "Dot-separated property paths". Pure.
"""

import re

import msgspec

from chappe.errors import Errcode, Refused

MAX_FIELDS = 100
MAX_FIELD_CHARS = 255

_PIECE = re.compile(r"\\[.\\]|[^.]|\.")
_decode = msgspec.json.Decoder(dict[str, object]).decode


class EventFields(msgspec.Struct, frozen=True):
    """The wanted properties, each as the names on the way to it."""

    paths: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, given: object, where: str = "event_fields") -> "EventFields":
        """The paths of a filter. Refuses (INVALID_PARAM) what is no list of text."""
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise Refused(Errcode.INVALID_PARAM, f"{where} is not a list of text.")
        if len(given) > MAX_FIELDS or any(len(one) > MAX_FIELD_CHARS for one in given):
            raise Refused(
                Errcode.INVALID_PARAM, f"{where} has more than {MAX_FIELDS} paths, or one above {MAX_FIELD_CHARS} long."
            )
        return cls(tuple(sorted({split_path(one) for one in given})))

    def pick(self, event: bytes) -> bytes:
        """The event's JSON with the wanted properties only."""
        whole = _decode(event)
        left: dict[str, object] = {}
        for path in self.paths:
            _copy(whole, left, path)
        return msgspec.json.encode(left)


def split_path(path: str) -> tuple[str, ...]:
    r"""The names in a path. `\.` and `\\` are a dot and a backslash within a name; other backslashes are themselves."""
    names = [""]
    for piece in _PIECE.findall(path):
        if piece == ".":
            names.append("")
        else:
            names[-1] += piece[1] if len(piece) == 2 else piece
    return tuple(names)


def _copy(whole: dict[str, object], left: dict[str, object], path: tuple[str, ...]) -> None:
    """Copy one property, with the objects on the way to it."""
    *way, name = path
    for step in way:
        inner = whole.get(step)
        if not isinstance(inner, dict):
            return
        whole = inner
    if name not in whole:
        return
    for step in way:
        # Sorted paths: if a wider path took the whole object before, the narrower one finds it there.
        found = left.setdefault(step, {})
        assert isinstance(found, dict), "the same step was an object in the whole event"
        left = found
    left[name] = whole[name]
