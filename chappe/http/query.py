"""The query string: read once, strictly, into the struct that a route declares."""

import re
from functools import cache
from urllib.parse import unquote_to_bytes

import msgspec

from chappe.errors import Errcode, Refused
from chappe.events.canonical_json import MAX_INT
from chappe.http.limits import MAX_QUERY_BYTES, MAX_QUERY_PARAMETERS

Query = dict[str, list[str]]

MAX_FAULT_CHARS = 200
"""How much is told of what is wrong with a value: it may repeat the value."""

_WRONG_TYPE = re.compile(r"(.*) - at `\$\.?([^`]*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `([^`]*)`")


def parse(raw: bytes) -> Query:
    """All values of each parameter in the order they came. Refuses what is too long, not UTF-8, or holds a NUL."""
    if not raw:
        return {}
    if len(raw) > MAX_QUERY_BYTES or raw.count(b"&") >= MAX_QUERY_PARAMETERS:
        raise Refused(
            Errcode.TOO_LARGE,
            f"A query string has at most {MAX_QUERY_BYTES} bytes and {MAX_QUERY_PARAMETERS} parameters.",
            status=414,
        )
    query: Query = {}
    for pair in raw.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            query.setdefault(_decode(name), []).append(_decode(value))
    return query


def convert(query: Query, shape: type[msgspec.Struct]) -> msgspec.Struct:
    """`query` as `shape`: numbers and booleans are read from text, a list takes every value of its parameter.

    Refuses with MISSING_PARAM or INVALID_PARAM and the parameter's name.
    """
    lists, integers = _kinds(shape)
    given = {name: values if name in lists else values[-1] for name, values in query.items()}
    try:
        filled = msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as wrong:
        raise _refusal(str(wrong)) from None
    for name in integers:
        number = getattr(filled, name)
        if type(number) is int and not -MAX_INT <= number <= MAX_INT:
            raise Refused(Errcode.INVALID_PARAM, f"The query parameter {name} is too large a number.")
    return filled


def _decode(text: bytes) -> str:
    if b"+" in text:
        text = text.replace(b"+", b" ")
    if b"%" in text:
        text = unquote_to_bytes(text)
    if b"\0" in text:
        raise Refused(Errcode.INVALID_PARAM, "The query string holds a NUL character.")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Refused(Errcode.INVALID_PARAM, "The query string is not percent-encoded UTF-8.") from None


@cache
def _kinds(shape: type[msgspec.Struct]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names (as sent) of the parameters that are lists, and the fields that are integers."""
    lists, integers = set(), []
    for field in msgspec.inspect.type_info(shape).fields:  # type: ignore[attr-defined]  # a struct has fields
        kinds = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
        if any(isinstance(kind, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)) for kind in kinds):
            lists.add(field.encode_name)
        if any(isinstance(kind, msgspec.inspect.IntType) for kind in kinds):
            integers.append(field.name)
    return frozenset(lists), tuple(integers)


def _refusal(message: str) -> Refused:
    if missing := _MISSING.search(message):
        return Refused(Errcode.MISSING_PARAM, f"The query parameter {missing[1]} is missing.")
    if wrong := _WRONG_TYPE.fullmatch(message):
        fault = wrong[1] if len(wrong[1]) <= MAX_FAULT_CHARS else wrong[1][:MAX_FAULT_CHARS] + "…"
        return Refused(Errcode.INVALID_PARAM, f"The query parameter {wrong[2]} is wrong: {fault}.")
    return Refused(Errcode.INVALID_PARAM, f"The query string is wrong: {message}.")
