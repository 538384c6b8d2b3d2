"""What SQLite's errors mean for people: for those whose request failed, and for the operator."""

import sqlite3
from typing import NamedTuple

from chappe.errors import StartupError


class _Cause(NamedTuple):
    code: str
    """The beginning of SQLite's name for it."""
    words: str
    remedy: str


_CAUSES = (
    _Cause("SQLITE_FULL", "the disk is full", "Make room, then start again. Nothing that was acknowledged is lost."),
    _Cause(
        "SQLITE_READONLY",
        "the data folder is read-only",
        "Give it to the user that runs Chappe, mount its disk for writing, or choose another with data_dir.",
    ),
    # Quotas, limits, broken disks, and a full one where not the database but the file beside it must grow.
    _Cause(
        "SQLITE_IOERR",
        "the disk takes no more: it is full, a quota is used up, or it fails",
        "Make room, or look into the log of the system; then start again. Nothing that was acknowledged is lost.",
    ),
    _Cause("SQLITE_NOTADB", "the file is no database", "Restore it from a backup, or choose another data_dir."),
    _Cause("SQLITE_CORRUPT", "the database is damaged", "Restore it from a backup."),
)
_OTHER_REMEDY = "Check that the data folder is writable and that the disk has room."


def in_words(error: sqlite3.Error) -> str:
    """Why something could not be stored or read, as the end of a sentence."""
    cause = _cause(error)
    return cause.words if cause is not None else f"the database said: {error}"


def cannot_start(what: str, error: sqlite3.Error) -> StartupError:
    """For the operator: what cannot be done, why, and how to mend it."""
    cause = _cause(error)
    name = getattr(error, "sqlite_errorname", "unknown")
    return StartupError(f"{what}: {in_words(error)} ({name}).", cause.remedy if cause is not None else _OTHER_REMEDY)


def _cause(error: sqlite3.Error) -> _Cause | None:
    # Absent where Python's own module refused, and not the engine.
    name: str = getattr(error, "sqlite_errorname", "")
    return next((cause for cause in _CAUSES if name.startswith(cause.code)), None)
