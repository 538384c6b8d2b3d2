"""On which line of a TOML text a key stands, since `tomllib` keeps only values.

The text has been read by `tomllib` before, so it is known to be sound; here it is only cut into statements.
"""

import re
import tomllib
from collections.abc import Iterator

_TOKEN = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}'  # texts over several lines
    r"|'''(?:(?!''').)*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|.",
    re.DOTALL,
)


def line_of_each_key(source: str) -> dict[tuple[str | int, ...], int]:
    """The line (from 1) of every key and heading of a sound TOML text, by its path.

    Tables in an array are numbered from 0: `("terms", 0, "url")`. Keys inside an inline table are not told apart:
    look for the longest path that begins the wanted one.
    """
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for line, statement in _statements(source):
        if statement[0] == "[":
            in_array = statement[1] == "["
            heading = "".join(statement).strip()
            table = _resolved(_key_path(heading[2:-2] if in_array else heading[1:-1]), counts)
            if in_array:
                table = table[:-1] if isinstance(table[-1], int) else table
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            lines.setdefault(table, line)
        else:
            path = table
            for part in _key_path("".join(statement[: statement.index("=")])):
                path = (*path, part)
                lines.setdefault(path, line)
    return lines


def _statements(source: str) -> Iterator[tuple[int, list[str]]]:
    """Headings and assignments as tokens without comments, each with the line it begins on."""
    line, begins, depth = 1, 1, 0
    statement: list[str] = []
    for token in _TOKEN.findall(source):
        if token == "\n" and depth == 0:
            if statement:
                yield begins, statement
            statement = []
        elif not token.startswith("#") and (statement or not token.isspace()):
            begins = begins if statement else line
            statement.append(token)
            depth += (token in "[{") - (token in "]}")
        line += token.count("\n")
    if statement:
        yield begins, statement


def _key_path(key: str) -> tuple[str, ...]:
    """`a."b.c"` as its parts. TOML itself is asked, so quotes and escapes are read as everywhere."""
    value: object = tomllib.loads(f"{key.strip()} = 0")
    path: list[str] = []
    while isinstance(value, dict):
        ((part, value),) = value.items()
        path.append(part)
    return tuple(path)


def _resolved(path: tuple[str, ...], counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """A heading's path with the number of the array element it belongs to, which is the latest."""
    resolved: tuple[str | int, ...] = ()
    for part in path:
        resolved = (*resolved, part)
        if resolved in counts:
            resolved = (*resolved, counts[resolved])
    return resolved
