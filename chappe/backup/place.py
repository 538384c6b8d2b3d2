"""Putting restored files into the data folder: made beside what is there, then moved into place.

While `.restoring` is in the data folder no server starts on it, so that nothing half restored is ever served.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from chappe.app import RESTORING, prepare_folder
from chappe.errors import StartupError
from chappe.storage.sqlite import exclusive

LOCK = "chappe.lock"


@contextlib.contextmanager
def restoring(data_dir: Path, *, force: bool) -> Iterator[Path]:
    """An empty folder inside the data folder, which nobody else uses meanwhile.

    What was there stays as it was unless the context ends well; then it is moved aside and the new files take its
    place, the database last.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = data_dir / RESTORING
    prepare_folder(data_dir, restoring=True)
    lock = exclusive(data_dir / LOCK)
    try:
        if not force and _held(data_dir):
            raise StartupError(
                f"The data folder {data_dir} is not empty. Nothing was restored.",
                "Choose an empty one with --data-dir, or give --force, which moves aside what is there.",
            )
        shutil.rmtree(folder, ignore_errors=True)  # of a restore that was cut off
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _into_place(folder, data_dir)
    finally:
        os.close(lock)


def _held(data_dir: Path) -> list[Path]:
    return [path for path in data_dir.iterdir() if path.name not in (RESTORING, LOCK)]


def _into_place(folder: Path, data_dir: Path) -> None:
    if held := _held(data_dir):
        aside = data_dir / former_name()
        aside.mkdir(mode=0o700)
        for path in held:
            if not path.name.startswith("before_restore_"):
                path.rename(aside / path.name)
    for path in sorted(folder.iterdir(), key=lambda each: each.suffix == ".db"):
        path.rename(data_dir / path.name)
    _fsync(data_dir)
    folder.rmdir()
    _fsync(data_dir)


def former_name() -> str:
    """Under which is kept what was there before: a folder, or a schema of PostgreSQL."""
    return f"before_restore_{datetime.now(UTC):%Y%m%d_%H%M%S}"


def _fsync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
