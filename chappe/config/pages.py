"""The sample file and the reference page, made from the tree, so that they are never out of date."""

import dataclasses
import textwrap
from enum import Enum

from chappe.config.reading import VARIABLE_PREFIX
from chappe.config.tables import Mail, Rate, Terms
from chappe.config.tree import Settings

_HEAD = """\
# Chappe's settings, each with its default. What stands behind '#' is an example.
# Every key is also a variable: CHAPPE_PORT for port, CHAPPE_RATE_LIMITS__LOGIN__BURST for a key inside a table.
# Variables win over this file, and flags over variables.
# Check a changed file with `chappe config --check FILE`.
"""

_PAGE_HEAD = """\
# Settings

<!-- Made by `make docs` from chappe/config/tree.py. Change it there. -->

What stands later wins: the default, the file of `--config` (or of the variable `CHAPPE_CONFIG`), the variable,
the flag of `chappe serve`. A key inside a table is written with two underscores in a variable:
`CHAPPE_RATE_LIMITS__LOGIN__BURST=5`. A wrong file is refused with everything that is wrong in it, and exit status 2;
`chappe config --check FILE` only checks. `chappe config` prints a file with all of this in it.
"""


def sample_file() -> str:
    """A configuration that changes nothing, with every setting explained."""
    parts = [_HEAD]
    for each in dataclasses.fields(Settings):
        default = _default(each)
        line = f"# {each.name} = {each.metadata['example']}" if default is None else f"{each.name} = {default}"
        explained = textwrap.wrap(each.metadata["doc"], 110, break_long_words=False, break_on_hyphens=False)
        kind = textwrap.wrap(f"({_sentence(each.metadata['kind'].says)})", 110, break_on_hyphens=False)
        parts.append("\n".join([*(f"# {line}" for line in explained + kind), line]) + "\n")
    return "\n".join(parts)


def reference_page() -> str:
    """`docs/reference/settings.md`."""
    parts = [_PAGE_HEAD]
    for each in dataclasses.fields(Settings):
        default = _default(each)
        parts.append(
            f"## {each.name}\n\n{each.metadata['doc']}\n\n"
            f"- Value: {each.metadata['kind'].says}\n"
            f"- Default: {'see above' if each.name == 'data_dir' else f'`{default}`' if default else 'none'}\n"
            f"- Variable: `{VARIABLE_PREFIX}{each.name.upper()}`\n"
            f"- Example: `{each.name} = {each.metadata['example']}`\n"
        )
    shapes = (
        ("One limit in `rate_limits`", Rate),
        ("One document in `terms`", Terms),
        ("The relay in `mail`", Mail),
    )
    for title, shape in shapes:
        rows = [
            f"| `{each.name}` | {each.metadata['doc']} | {each.metadata['kind'].says} | `{each.metadata['example']}` |"
            for each in dataclasses.fields(shape)
        ]
        parts.append(
            "\n".join([f"## {title}\n", "| key | what | value | example |", "|---|---|---|---|", *rows]) + "\n"
        )
    return "\n".join(parts)


def _default(each: "dataclasses.Field[object]") -> str | None:
    """The default as TOML, or None where there is none that could be written down."""
    value = each.default
    if value is dataclasses.MISSING or value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Enum):
        return f'"{value.value}"'
    return "[]" if value == () else f'"{value}"'


def _sentence(says: str) -> str:
    return says[:1].upper() + says[1:]
