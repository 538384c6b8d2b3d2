"""The few places where SQLite and PostgreSQL differ. All SQL is written once, in the words below.

- parameters are `$1`, `$2`, …
- `each_text($1)` and `each_int($1)` are the rows of a list parameter: `WHERE room_id IN (SELECT * FROM each_text($1))`
- schema files use `BIGINT`, `TEXT`, `BYTEA`; `-- clustered` behind the closing bracket of a table keeps its rows in
  the order of its primary key where the engine can.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

_PARAMETER = re.compile(r"\$(\d+)")
_EACH = re.compile(r"each_(text|int)\((\$\d+)\)")
_BIGINT_KEY = re.compile(r"\bBIGINT PRIMARY KEY\b")
_TABLE_END = re.compile(r"^\);[ \t]*(-- clustered)?[ \t]*$", re.MULTILINE)

Row = tuple[Any, ...]
"""What a query returns: the one place where types are as the schema says, unchecked."""


@lru_cache(maxsize=2048)
def sqlite_sql(sql: str) -> str:
    """A statement in SQLite's words."""
    return _PARAMETER.sub(r"?\1", _EACH.sub(r"(SELECT value FROM json_each(\2))", sql))


def sqlite_arguments(arguments: tuple[object, ...]) -> tuple[object, ...]:
    """Lists become JSON, for `json_each`."""
    for argument in arguments:
        if type(argument) is list:
            break
    else:
        return arguments
    return tuple(msgspec.json.encode(a).decode() if type(a) is list else a for a in arguments)


def sqlite_schema(sql: str) -> str:
    """A schema file in SQLite's words."""
    sql = _BIGINT_KEY.sub("INTEGER PRIMARY KEY", sql).replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB")
    return _TABLE_END.sub(lambda m: ") STRICT, WITHOUT ROWID;" if m[1] else ") STRICT;", sql)


@lru_cache(maxsize=2048)
def postgres_sql(sql: str) -> str:
    """A statement in PostgreSQL's words."""
    return _EACH.sub(lambda m: f"unnest({m[2]}::{'text' if m[1] == 'text' else 'bigint'}[])", sql)
