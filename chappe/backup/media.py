"""The files that people uploaded, in a backup: those that its rows name, and no others.

The database comes first and its files after it: a file is on the disk before its row, so each row's file is there,
unless it was deleted in between.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from chappe.backup.manifest import MEDIA, MEDIA_SUMS
from chappe.backup.sums import copy, damaged, line, read_sums

BESIDES = {"incoming", "thumbnails", "unfinished"}
"""Folders beside the uploaded files, of what is on its way and of what can be made again."""


def save_media(rows: Iterable[tuple[str, bytes]], media: Path, backup: Path) -> tuple[int, list[str], int]:
    """Link the files of the rows (key, SHA-256) into the backup, or copy them onto another disk.

    Returns how many there are, the names of those that are missing, and how many files have no row.
    A file is never changed once it is there, so a link is as good as a copy on the same disk.
    """
    kept: set[str] = set()
    missing: list[str] = []
    (backup / MEDIA).mkdir(mode=0o700)
    with (backup / MEDIA_SUMS).open("w", encoding="utf-8") as sums:
        for key, sha256 in rows:
            name = f"{key[:2]}/{key[2:4]}/{key}"
            if _link(media / name, backup / MEDIA / name):
                kept.add(key)
                sums.write(line(sha256.hex(), f"{MEDIA}/{name}"))
            else:
                missing.append(f"{MEDIA}/{name}")
    return len(kept), missing, sum(1 for key in _keys_in(media) if key not in kept)


def _link(source: Path, target: Path) -> bool:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        return False
    except OSError:  # another disk, or one that knows no links
        try:
            copy(source, target)
        except FileNotFoundError:
            return False
    return True


def load_media(backup: Path, media: Path) -> list[str]:
    """Copy the files of a backup, each compared with its checksum. Returns the names of those that are missing."""
    missing: list[str] = []
    media.mkdir(mode=0o700, exist_ok=True)
    for name, expected in read_sums(backup / MEDIA_SUMS):
        folder, _, inside = name.partition("/")
        if folder != MEDIA:
            raise damaged(backup / MEDIA_SUMS, f"it names {name}, which was not uploaded")
        source, target = backup / name, media / inside
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            digest = copy(source, target)
        except FileNotFoundError:
            missing.append(name)
            continue
        if digest != expected:
            raise damaged(source, "its checksum does not fit. Delete this file from the backup to go on without it")
    return missing


def _keys_in(media: Path) -> Iterable[str]:
    if not media.is_dir():
        return
    for folder in media.iterdir():
        if folder.name not in BESIDES and folder.is_dir():
            yield from (path.name for path in folder.rglob("*") if path.is_file())
