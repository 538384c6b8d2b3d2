"""What the value of a setting may be: how it is checked, how it is said, how it is written as a variable.

A `Kind` turns what stood in TOML into the type the server uses, or raises `Unfit` with everything that is
wrong about it. Kinds know nothing of files or lines; they name the place by its path inside the value.
"""

import dataclasses
import difflib
import ipaddress
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from chappe.ids import ServerName, is_server_name

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

KeyPath = tuple[str | int, ...]
"""From the root of the settings to a value: keys, and numbers from 0 inside arrays."""

MAX_TEXT_CHARS = 4096
"""Longest text a setting may hold. Longer ones are a file pasted into the wrong place."""


class Unfit(Exception):
    """A value that may not stand there. `faults` are pairs of a path inside the value and what is wrong."""

    def __init__(self, faults: list[tuple[KeyPath, str]]) -> None:
        super().__init__(faults)
        self.faults = faults

    @classmethod
    def because(cls, reason: str) -> "Unfit":
        """The value as a whole is wrong."""
        return cls([((), reason)])


@dataclass(frozen=True)
class Kind(Generic[T]):
    """`says` completes "must be …". `read` checks and converts, and raises `Unfit`.

    `from_text` takes what stands in a variable or flag to what would stand in TOML.
    `is_path`: relative to the folder of the file in which it stands.
    """

    says: str
    read: Callable[[object], T]
    from_text: Callable[[str], object]
    is_path: bool = False


def verbatim(given: str) -> object:
    """Variables for texts need no quotes."""
    return given


def as_toml(given: str) -> object:
    """The text as TOML would read it; what is no TOML stays text, and its kind then says what is wrong."""
    try:
        read = tomllib.loads(f"value = {given}")
    except (ValueError, RecursionError):
        return given
    return read["value"] if len(read) == 1 else given


def comma_separated(given: str) -> object:
    """A TOML array, or simply the items with commas between them."""
    if given.lstrip().startswith("["):
        return as_toml(given)
    return [item.strip() for item in given.split(",") if item.strip()]


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit.because("must be a text in quotes")
    if not value.strip():
        raise Unfit.because("must not be empty")
    if len(value) > MAX_TEXT_CHARS or "\0" in value:
        raise Unfit.because(f"must have at most {MAX_TEXT_CHARS} characters, and no NUL among them")
    return value


def truth() -> Kind[bool]:
    """`true` or `false`."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise Unfit.because("must be true or false, without quotes")
        return value

    return Kind("true or false", read, as_toml)


def whole_number(least: int, most: int) -> Kind[int]:
    """An integer within bounds, both allowed."""
    says = f"a whole number from {least} to {most}"

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit.because(f"must be {says}, without quotes")
        return value

    return Kind(says, read, as_toml)


def positive_number() -> Kind[float]:
    """A number above zero, whole or not."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
            raise Unfit.because("must be a number above 0, without quotes")
        return float(value)

    return Kind("a number above 0", read, as_toml)


def text(says: str, pattern: str | None = None) -> Kind[str]:
    """A text that is not empty, and matches `pattern` as a whole."""

    def read(value: object) -> str:
        given = _require_text(value)
        if pattern is not None and re.fullmatch(pattern, given) is None:
            raise Unfit.because(f"must be {says}")
        return given

    return Kind(says, read, verbatim)


def one_of(options: Sequence[str]) -> Kind[str]:
    """One of a few texts."""
    says = "one of " + ", ".join(f'"{option}"' for option in options)

    def read(value: object) -> str:
        if isinstance(value, str) and value in options:
            return value
        near = difflib.get_close_matches(str(value), options, n=1)
        hint = f'. Did you mean "{near[0]}"?' if near else ""
        raise Unfit.because(f"must be {says}{hint}")

    return Kind(says, read, verbatim)


def choice(options: type[E]) -> Kind[E]:
    """One of the values of an enumeration."""
    plain = one_of([str(option.value) for option in options])
    return Kind(plain.says, lambda value: options(plain.read(value)), verbatim)


def server_name() -> Kind[ServerName]:
    """A server name by the grammar of the Matrix appendices."""
    says = "a host name, with a port if need be"

    def read(value: object) -> ServerName:
        given = _require_text(value)
        if "://" in given or "/" in given:
            raise Unfit.because("must be the bare name, without https:// and without a path")
        if not is_server_name(given):
            raise Unfit.because(f"must be {says}: letters a-z, digits, dots and hyphens, at most 230 of them")
        return ServerName(given)

    return Kind(says, read, verbatim)


def web_address() -> Kind[str]:
    """An http or https URL; kept without a slash at its end, so that paths can be appended."""
    says = "an address that begins with https:// or http://"

    def read(value: object) -> str:
        given = _require_text(value)
        try:
            parts = urlsplit(given)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            raise Unfit.because(f"must be {says}") from None
        if not sound or any(character.isspace() for character in given):
            raise Unfit.because(f"must be {says}")
        if parts.query or parts.fragment or parts.username is not None:
            raise Unfit.because("must have no user name, no '?' and no '#' in it")
        return given.rstrip("/")

    return Kind(says, read, verbatim)


def ip_address() -> Kind[str]:
    """An IPv4 or IPv6 address."""
    says = "an IP address of this machine"

    def read(value: object) -> str:
        try:
            return str(ipaddress.ip_address(_require_text(value)))
        except ValueError:
            raise Unfit.because(f"must be {says}: 127.0.0.1 for this machine only, 0.0.0.0 or :: for all") from None

    return Kind(says, read, verbatim)


def networks() -> Kind[tuple[str, ...]]:
    """A list of IP networks, kept as texts in their usual form; a single address is a network of one."""
    says = "a list of IP addresses or networks"

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise Unfit.because(f"must be {says}, in square brackets")
        found: list[str] = []
        faults: list[tuple[KeyPath, str]] = []
        for index, item in enumerate(value):
            try:
                found.append(str(ipaddress.ip_network(_require_text(item))))
            except ValueError as wrong:
                faults.append(((index,), f"must be an address or a network like 10.0.0.0/8 ({wrong})"))
            except Unfit as unfit:
                faults += [((index, *path), reason) for path, reason in unfit.faults]
        if faults:
            raise Unfit(faults)
        return tuple(found)

    return Kind(says, read, comma_separated)


def texts(says: str, pattern: str, most: int) -> Kind[tuple[str, ...]]:
    """A list of at most `most` texts, each of which matches `pattern` as a whole."""

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Unfit.because(f"must be {says}, in square brackets, at most {most} of them")
        faults: list[tuple[KeyPath, str]] = []
        for index, item in enumerate(value):
            if not isinstance(item, str) or re.fullmatch(pattern, item) is None:
                faults.append(((index,), f"does not look like an entry of {says}"))
        if faults:
            raise Unfit(faults)
        return tuple(value)

    return Kind(says, read, comma_separated)


def folder() -> Kind[Path]:
    """A folder that need not exist yet. `~` is the home of whoever runs the server."""
    says = "the path of a folder"

    def read(value: object) -> Path:
        path = _expanded(_require_text(value))
        try:
            if path.exists() and not path.is_dir():
                raise Unfit.because("must be a folder, and there is a file of that name")
        except OSError as wrong:
            raise Unfit.because(f"must be a folder that can be reached ({wrong.strerror})") from None
        return path

    return Kind(says, read, verbatim, is_path=True)


def secret_file() -> Kind[Path]:
    """A file that can be read now and holds something."""
    says = "the path of a file with the secret in it"

    def read(value: object) -> Path:
        path = _expanded(_require_text(value))
        try:
            held = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as wrong:
            cause = wrong.strerror if isinstance(wrong, OSError) else "it is not UTF-8"
            raise Unfit.because(f"must name a readable text file ({cause})") from None
        if not held or len(held) > MAX_TEXT_CHARS:
            raise Unfit.because(f"must name a file with 1 to {MAX_TEXT_CHARS} characters in it")
        return path

    return Kind(says, read, verbatim, is_path=True)


def _expanded(given: str) -> Path:
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError:
        raise Unfit.because("must not begin with '~', since the home of that user is not known") from None


def table(cls: type[T]) -> Kind[T]:
    """A TOML table with the keys of the dataclass `cls`, made with `setting`."""
    return Kind("a table", lambda value: read_table(cls, value), as_toml)


def tables(cls: type[T]) -> Kind[tuple[T, ...]]:
    """Any number of tables of that shape. `cls.conflicts`, if there is one, compares them with each other."""
    says = "a list of tables"

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise Unfit.because(f"must be {says}, each under its own heading in double square brackets")
        found: list[T] = []
        faults: list[tuple[KeyPath, str]] = []
        for index, item in enumerate(value):
            try:
                found.append(read_table(cls, item))
            except Unfit as unfit:
                faults += [((index, *path), reason) for path, reason in unfit.faults]
        if faults:
            raise Unfit(faults)
        return tuple(found)

    return Kind(says, read, as_toml)


def read_table(cls: type[T], value: object) -> T:
    """The dataclass `cls` from a table: every unknown, missing and wrong key is named.

    A class method `conflicts(values)` may add what is wrong between keys that are each right.
    """
    if not isinstance(value, Mapping):
        raise Unfit.because("must be a table, with keys of its own")
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    faults: list[tuple[KeyPath, str]] = [((key,), unknown_key(key, list(fields))) for key in value if key not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in value:
            if field.default is dataclasses.MISSING:
                faults.append(((), f"needs the key '{name}': {field.metadata['kind'].says}"))
            continue
        try:
            values[name] = field.metadata["kind"].read(value[name])
        except Unfit as unfit:
            faults += [((name, *path), reason) for path, reason in unfit.faults]
    conflicts: Callable[[dict[str, Any]], Iterator[tuple[KeyPath, str]]] | None = getattr(cls, "conflicts", None)
    if conflicts is not None:
        faults += conflicts(values)
    if faults:
        raise Unfit(faults)
    return cls(**values)


def unknown_key(key: str, known: list[str]) -> str:
    """What to say of a key that means nothing."""
    near = difflib.get_close_matches(key, known, n=1)
    return (
        f"is no setting. Did you mean '{near[0]}'?" if near else "is no setting. Remove it; `chappe config` prints all."
    )
