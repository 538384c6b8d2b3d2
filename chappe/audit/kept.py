"""Checkpoints outside the database: a file a day in the folder `audit` of the data folder, with the last one of the
day.

Whoever alters the database, or puts an older one in its place, finds them here, and in every copy that somebody keeps.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

from chappe.identity import write_private

FOLDER = "audit"
SUFFIX = ".checkpoint"
_NAME = re.compile(r"\d{4}-\d\d-\d\d\.checkpoint")


def keep(data_dir: Path, note: bytes, now_ms: int) -> Path:
    """Keep a checkpoint as the last one of its day. Waits for the disk."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y-%m-%d}{SUFFIX}"
    write_private(path, note.decode())
    return path


def kept_in(data_dir: Path) -> list[bytes]:
    """All that are kept, by day."""
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return []
    return [path.read_bytes() for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name)]
