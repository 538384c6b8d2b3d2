"""From the file, the variables and the flags to `Settings`, or to everything that is wrong with them."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from chappe.config.kinds import KeyPath, Unfit, as_toml, read_table
from chappe.config.toml_lines import line_of_each_key
from chappe.config.tree import Settings

MAX_FILE_BYTES = 1_048_576
"""A larger file is not a configuration."""

VARIABLE_PREFIX = "CHAPPE_"

NO_SETTINGS = ("CHAPPE_CONFIG", "CHAPPE_TEST_", "CHAPPE_BENCH_")
"""Variables that begin so are no settings: the path of the file itself, and what tests and benchmarks look at."""

_FIELDS = {each.name: each for each in fields(Settings)}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: where (file and line, variable, or flag), what, and how to mend it."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        stop = "" if self.what.endswith(("?", ".")) else "."
        return f"{self.where}: {self.what}{stop} {self.remedy}".rstrip()


class WrongSettings(Exception):
    """The settings cannot be used. `mistakes` are all of them, in the order of the file."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass
class _Given:
    """What the sources say so far, and where each value stands: line 0 for what stands in no file."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, tuple[int, str]] = field(default_factory=dict)

    def put(self, path: tuple[str, ...], value: object, where: str) -> None:
        """A value that replaces what an earlier source said about that key."""
        table = self.values
        for part in path[:-1]:
            if not isinstance(table.get(part), dict):
                table[part] = {}
            table = table[part]
        table[path[-1]] = value
        self.places[path] = (0, where)

    def value(self, path: KeyPath) -> object:
        """What stands there, or None."""
        value: Any = self.values
        for part in path:
            inside = isinstance(value, dict) if isinstance(part, str) else isinstance(value, list)
            value = (value.get(part) if isinstance(part, str) else value[part]) if inside else None
        return value

    def place(self, path: KeyPath) -> tuple[int, str]:
        """Where `path` stands, or else the nearest that contains it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return 0, "settings"


def load(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, str]) -> Settings:
    """The settings of this process. `flags` maps names of settings to what was written behind them.

    Raises `WrongSettings` with every mistake.
    """
    given = _Given(values={"data_dir": str(default_data_dir(environment))})
    if file is not None:
        _read_file(file, given)
    unknown = _read_variables(environment, given)
    for name, written in flags.items():
        given.put((name,), _FIELDS[name].metadata["kind"].from_text(written), "--" + name.replace("_", "-"))
    faults: list[tuple[KeyPath, str]] = []
    settings: Settings | None = None
    try:
        settings = read_table(Settings, given.values)
    except Unfit as unfit:
        faults = unfit.faults
    if settings is None or unknown:
        ordered = sorted(faults, key=lambda fault: given.place(fault[0])[0])
        raise WrongSettings([_mistake(path, reason, given) for path, reason in ordered] + unknown)
    if settings.registration_shared_secret_path is not None:
        secret = settings.registration_shared_secret_path.read_text(encoding="utf-8").strip()
        return replace(settings, registration_shared_secret=secret)
    return settings


def default_data_dir(environment: Mapping[str, str]) -> Path:
    """Where the XDG base directory specification wants the data of programs."""
    chosen = environment.get("XDG_DATA_HOME", "")
    # The specification: a relative path there is to be ignored.
    base = Path(chosen) if chosen.startswith("/") else Path(environment.get("HOME") or "~") / ".local" / "share"
    return base / "chappe"


def _read_file(file: Path, given: _Given) -> None:
    """Raises `WrongSettings` when the file cannot be read as TOML: then nothing else can be said about it."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_FILE_BYTES + 1)
    except OSError as wrong:
        remedy = "Give the path of a file that can be read, or leave --config away."
        raise WrongSettings([Mistake(str(file), f"cannot be read: {wrong.strerror}", remedy)]) from None
    if len(raw) > MAX_FILE_BYTES:
        remedy = "Give the path of a configuration: `chappe config` prints one."
        raise WrongSettings([Mistake(str(file), f"has more than {MAX_FILE_BYTES} bytes", remedy)])
    try:
        source = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        remedy = "Save the file as UTF-8."
        raise WrongSettings([Mistake(f"{file}:{line}", "is not UTF-8", remedy)]) from None
    try:
        given.values |= tomllib.loads(source)
    except ValueError as wrong:  # also for a number with thousands of digits
        raise WrongSettings([_syntax_mistake(file, source, str(wrong))]) from None
    except RecursionError:
        remedy = "No setting needs brackets as deep as that."
        raise WrongSettings([Mistake(str(file), "is nested too deeply", remedy)]) from None
    for path, line in line_of_each_key(source).items():
        given.places[path] = (line, f"{file}:{line}")
    for name, value in given.values.items():
        if name in _FIELDS and _FIELDS[name].metadata["kind"].is_path and isinstance(value, str) and value:
            given.values[name] = value if value.startswith("~") else str(file.absolute().parent / value)


def _syntax_mistake(file: Path, source: str, told: str) -> Mistake:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", told, re.DOTALL)
    what = found[1] if found else told
    line = int(found[2]) if found and found[2] else source.count("\n") + 1
    remedy = "This is not TOML: texts stand in quotes, one `key = value` a line."
    return Mistake(f"{file}:{line}", what[:1].lower() + what[1:], remedy)


def _read_variables(environment: Mapping[str, str], given: _Given) -> list[Mistake]:
    """Put every `CHAPPE_…` variable; answer those that mean nothing."""
    unknown: list[Mistake] = []
    # Sorted, so that CHAPPE_RATE_LIMITS comes before CHAPPE_RATE_LIMITS__LOGIN__BURST, which refines it.
    for variable, written in sorted(environment.items()):
        if not variable.startswith(VARIABLE_PREFIX) or variable.startswith(NO_SETTINGS):
            continue
        name, *inner = variable.removeprefix(VARIABLE_PREFIX).lower().split("__")
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, n=1)
            remedy = f"Did you mean {VARIABLE_PREFIX}{near[0].upper()}?" if near else "Unset it."
            unknown.append(Mistake(variable, "is no setting", remedy))
            continue
        value = as_toml(written) if inner else _FIELDS[name].metadata["kind"].from_text(written)
        given.put((name, *inner), value, variable)
    return unknown


def _mistake(path: KeyPath, reason: str, given: _Given) -> Mistake:
    """A fault with its place, the value that stands there unless it is a secret, and an example that works."""
    shown = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    what = f"{shown} {reason}"
    top = _FIELDS.get(str(path[0]))
    if top is None:
        return Mistake(given.place(path)[1], what, "")
    value = given.value(path)
    if not top.metadata["secret"] and isinstance(value, str | int | float) and "is no setting" not in reason:
        what += f"{' It' if what.endswith('?') else '; it'} is {_as_written(value)}"
    remedy = f"For example: {top.name} = {top.metadata['example']}" if len(path) == 1 else ""
    return Mistake(given.place(path)[1], what, remedy)


def _as_written(value: str | float) -> str:
    """A value the way TOML writes it, not longer than a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
