"""Checksums, in the form that `sha256sum -c` reads."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from chappe.errors import StartupError

PIECE_BYTES = 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n\0]{1,4096})\n")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path) -> str:
    """Copy a file durably, for its owner alone. Returns the digest of what was read."""
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
        while piece := read.read(PIECE_BYTES):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def line(digest: str, name: str) -> str:
    """One line of a file of checksums."""
    return f"{digest}  {name}\n"


def read_sums(path: Path) -> Iterator[tuple[str, str]]:
    """Each name with its digest. A name never leads out of the folder."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, each in enumerate(lines, 1):
            found = _LINE.fullmatch(each)
            if found is None or found[2].startswith("/") or ".." in found[2].split("/"):
                raise damaged(path, f"line {number} is no checksum")
            yield found[2], found[1]


def damaged(path: Path, how: str) -> StartupError:
    """The refusal of a backup of which something is not as it was written."""
    return StartupError(
        f"The backup is damaged: {path}: {how}. Nothing was restored.",
        "Copy it anew from where it was kept, or restore another one.",
    )


def fsync_tree(folder: Path) -> None:
    """Make durable what was written below a folder, and its names."""
    for path in [folder, *folder.rglob("*")]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
