"""The machine: room on the disk, the clock, limits, versions."""

import os
import platform
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from chappe.doctor.finding import Finding, Look, bad, ok, warn

DISK_BAD_BYTES = 256 * 1024**2
DISK_WARN_BYTES = 2 * 1024**3
DISK_WARN_SHARE = 0.05
INODES_BAD = 1_000
INODES_WARN_SHARE = 0.05
CLOCK_TOLERANCE_S = 300
"""How far a file may come from the future: file systems of other machines are a little off."""
OLDEST_CLOCK_S = 1_735_689_600
"""The beginning of 2025: a clock of before that was never set."""
FILES_WANTED = 8_192
"""Each client that waits holds a connection, which is an open file."""
OLDEST_SQLITE = (3, 40)
OLDEST_PYTHON = (3, 11)


def check_versions(_: Look) -> Iterator[Finding]:
    """The program, and what it stands on."""
    told = f"Chappe {version('chappe')}, Python {platform.python_version()}, granian {version('granian')}, "
    told += f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()}"
    if sys.version_info < OLDEST_PYTHON:
        yield bad("versions", told, "Python 3.11 or later is needed.")
    elif sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield bad("versions", told, "SQLite 3.40 or later is needed: install a newer libsqlite3.")
    else:
        yield ok("versions", told)


def check_disk(look: Look) -> Iterator[Finding]:
    """Room for what people say and upload."""
    folder = _nearest(look.settings.data_dir)
    yield from room_at(folder, os.statvfs(folder))


def room_at(folder: Path, held: os.statvfs_result) -> Iterator[Finding]:
    """What is to be said of a file system that holds so much."""
    free, total = held.f_bavail * held.f_frsize, held.f_blocks * held.f_frsize
    told = f"{free / 1024**3:.1f} GiB of {total / 1024**3:.1f} are free at {folder}"
    if free < DISK_BAD_BYTES:
        yield bad("disk", told, "Make room now: without it nothing can be sent.")
    elif free < DISK_WARN_BYTES or free < total * DISK_WARN_SHARE:
        yield warn("disk", told, "Make room soon, or move data_dir to a larger disk.")
    else:
        yield ok("disk", told)
    if not held.f_files:
        return  # a file system that does not count them
    told = f"{held.f_favail} of {held.f_files} inodes are free"
    if held.f_favail < INODES_BAD:
        yield bad("inodes", told, "Delete files that nobody needs: no new one can be made soon.")
    elif held.f_favail < held.f_files * INODES_WARN_SHARE:
        yield warn("inodes", told, "Each uploaded file takes one: move data_dir to a file system with more.")
    else:
        yield ok("inodes", told)


def check_clock(look: Look) -> Iterator[Finding]:
    """Whether the clock may be right, as far as that can be told without asking another machine."""
    now = time.time()
    if now < OLDEST_CLOCK_S:
        yield bad("clock", f"it says {time.strftime('%Y-%m-%d', time.gmtime(now))}", "Set it, and run an NTP client.")
        return
    names = ("chappe.db", "chappe.db-wal", "signing.key")
    paths = [path for name in names if (path := look.settings.data_dir / name).exists()]
    newest = max((path.stat().st_mtime for path in paths), default=now)
    if newest > now + CLOCK_TOLERANCE_S:
        late = int(newest - now)
        yield bad("clock", f"the data was written {late} s in the future: the clock went back", "Run an NTP client.")
        return
    service = Path("/run/systemd/timesync")
    if service.is_dir() and not (service / "synchronized").exists():
        yield warn("clock", "systemd-timesyncd runs and has not set it yet", "See `timedatectl timesync-status`.")
        return
    yield ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC, and not behind what was written", time.gmtime(now)))


def check_limits(_: Look) -> Iterator[Finding]:
    """How many connections there may be."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = f"{soft} may be open at once in this shell"
    if soft != resource.RLIM_INFINITY and soft < FILES_WANTED:
        mend = f"For more than about {soft // 2} people at once: LimitNOFILE= in the systemd unit, or `ulimit -n`."
        yield warn("open files", told, mend)
    else:
        yield ok("open files", told)


def _nearest(path: Path) -> Path:
    """The path, or the first above it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())
