"""What the Transparency Database answers. Pure.

Its API has no words for some things, and this reads all of them: 201 alone is a success; 422 names each wrong statement
as `statement_N`, or the PUIDs that it has already; 302 says that it has one, and leads nowhere. R80.
"""

from typing import Any

import msgspec

MAX_WHY_CHARS = 1_000


class Created(msgspec.Struct, frozen=True):
    """All were taken: PUID to the name the database gave it."""

    uuids: dict[str, str]


class Rejected(msgspec.Struct, frozen=True):
    """None was taken: some are wrong, by their place; or are there already, by PUID. With neither, nobody knows why."""

    wrong: dict[int, str]
    existing: dict[str, str]
    why: str


class Unauthorized(msgspec.Struct, frozen=True):
    """It does not take our token."""


class Later(msgspec.Struct, frozen=True):
    """Nothing is known of what became of them."""

    why: str
    is_too_large: bool = False


Reply = Created | Rejected | Unauthorized | Later


def read_reply(status: int, body: bytes) -> Reply:
    """The answer to a batch."""
    if status == 201:
        return Created(_uuids(body))
    if status == 401:
        return Unauthorized()
    if status == 422:
        return _rejected(body)
    return Later(f"it answered {status}", is_too_large=status == 413)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _uuids(body: bytes) -> dict[str, str]:
    told = _json(body)
    statements = told.get("statements", [told])
    found = [one for one in statements if isinstance(one, dict)] if isinstance(statements, list) else []
    return {str(one["puid"]): str(one.get("uuid", ""))[:100] for one in found if "puid" in one}


def _rejected(body: bytes) -> Rejected:
    told = _json(body)
    errors = told.get("errors")
    wrong: dict[int, str] = {}
    existing: dict[str, str] = {}
    for name, about in errors.items() if isinstance(errors, dict) else ():
        number = str(name).removeprefix("statement_")
        if str(name).startswith("statement_") and number.isdecimal() and len(number) <= 3:
            wrong[int(number)] = msgspec.json.encode(about).decode()[:MAX_WHY_CHARS]
        elif name == "existing_puids" and isinstance(about, list | dict):
            existing |= _puids(list(about.values()) if isinstance(about, dict) else about)
    if isinstance(told.get("existing"), dict):
        existing |= _puids([told["existing"]])
    return Rejected(wrong, existing, body.decode("utf-8", "replace")[:MAX_WHY_CHARS].replace("\0", " "))


def _puids(named: list[Any]) -> dict[str, str]:
    """PUIDs as texts, or in records that have one."""
    found: dict[str, str] = {}
    for one in named:
        if isinstance(one, dict) and "puid" in one:
            found[str(one["puid"])] = str(one.get("uuid", ""))[:100]
        elif isinstance(one, str):
            found[one] = ""
    return found
