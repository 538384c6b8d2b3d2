"""Numbered SQL files: checksummed, forward only, one transaction each."""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from chappe.errors import StartupError

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


class Migration(NamedTuple):
    """One schema file. `name` is `slice/0001_what.sql`, unique over the program."""

    name: str
    sql: str
    checksum: str


def found_in(folders: Sequence[Path]) -> list[Migration]:
    """All schema files of the given slices' folders: folder by folder, by number within a folder."""
    found = []
    for folder in folders:
        for file in sorted(folder.glob("*.sql")):
            assert _NAME.fullmatch(file.name), f"{file} is not named like 0001_what.sql"
            sql = file.read_text()
            found.append(Migration(f"{folder.parent.name}/{file.name}", sql, sha256(sql.encode()).hexdigest()))
    return found


def pending(migrations: Sequence[Migration], applied: dict[str, str]) -> list[Migration]:
    """Those not yet applied. Refuses a database that this program does not know."""
    known = {m.name: m for m in migrations}
    for name, checksum in applied.items():
        if name not in known:
            raise StartupError(
                f"The database was made by a newer Chappe: it has the schema change {name}, which this one lacks.",
                "Start the newer version, or restore the backup made before the upgrade.",
            )
        if known[name].checksum != checksum:
            raise StartupError(
                f"The schema change {name} differs from the one applied to this database.",
                "Install the released version of Chappe; schema files are never edited.",
            )
    return [m for m in migrations if m.name not in applied]


def statements_of(sql: str) -> list[str]:
    """The statements of a schema file; none of them contains a semicolon inside."""
    without_comments = "\n".join(line.partition("--")[0] for line in sql.splitlines())
    return [s.strip() for s in without_comments.split(";") if s.strip()]
