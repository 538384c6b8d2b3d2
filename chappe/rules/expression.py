"""Expressions of rules, in the Common Expression Language: checked when they are written, bounded when they run.

An expression cannot loop, call anything, or see anything but the facts. What is left to bound is stated here: its
length, how deep it nests (32, by the parser), how many items of lists it walks through, and that it builds no text or
list of its own, which could double with each step. Its patterns are those of RE2, which take linear time.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from chappe.rules.facts import FACTS, Facts

MAX_CHARS = 2_000
MAX_WALKS = 2
"""Walks through a list (`all`, `exists`, `exists_one`): nested, they look at 100 items at most."""
MAX_PATTERNS = 5

_WALK = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_PATTERN = re.compile(r"\bmatches\s*\(")
_BUILDS = (b"add_string", b"add_bytes", b"add_list")
"""How the compiled form names what puts texts and lists together. `map` and `filter` do, too."""


class WrongExpression(ValueError):
    """An expression that cannot be a rule's, and why."""


class Expression:
    """A compiled expression."""

    def __init__(self, source: str) -> None:
        """Raises `WrongExpression`."""
        self.source = source
        self._compiled = _compiled(source)

    def holds(self, seen: "Seen") -> bool:
        """Whether it is true of something. Raises RuntimeError when that cannot be said."""
        value = self._compiled.eval(seen.activation).value()
        if value is True or value is False:
            return bool(value)
        raise RuntimeError(str(value))


class Seen:
    """The facts about one thing, as many expressions look at them."""

    __slots__ = ("activation",)

    def __init__(self, facts: Facts) -> None:
        self.activation = _environment().Activation(facts)


def _compiled(source: str) -> Any:
    if not 0 < len(source.strip()) <= MAX_CHARS or "\0" in source:
        raise WrongExpression(f"An expression has 1 to {MAX_CHARS} characters.")
    if len(_WALK.findall(source)) > MAX_WALKS:
        raise WrongExpression(f"An expression walks through lists at most {MAX_WALKS} times.")
    if len(_PATTERN.findall(source)) > MAX_PATTERNS:
        raise WrongExpression(f"An expression has at most {MAX_PATTERNS} patterns.")
    try:
        compiled = _environment().compile(source)
    except (RuntimeError, ValueError, TypeError) as wrong:
        raise WrongExpression(_readable(str(wrong))) from None
    if compiled.return_type().name() != "BOOL":
        raise WrongExpression("An expression says yes or no: this one says something else.")
    if any(name in compiled.serialize() for name in _BUILDS):
        raise WrongExpression("An expression compares; it puts no texts or lists together (+, map, filter).")
    return compiled


def _readable(told: str) -> str:
    """What the parser says, without its codes and the copy of the expression."""
    lines = [line for line in told.splitlines() if line.strip() and not line.strip().startswith("|")]
    first = lines[0] if lines else told
    return re.sub(r"^[A-Z_]+: (?:ERROR: )?(?:<input>:)?|\s*\[[A-Z_]+\]$", "", first)[:500]


@cache
def _environment() -> Any:
    """The names that expressions know. Loaded with the first rule: a server without rules pays nothing for it."""
    from cel_expr_python import cel

    kinds: Mapping[type, Any] = {
        bool: cel.Type.BOOL, int: cel.Type.INT, str: cel.Type.STRING, list: cel.Type.List(cel.Type.STRING),
    }  # fmt: skip
    return cel.NewEnv(variables={fact.name: kinds[fact.kind] for fact in FACTS})
