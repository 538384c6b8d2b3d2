"""Putting a backup back."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chappe.backup import sqlite
from chappe.backup.manifest import DATABASE, MANIFEST, MEDIA, SUMS, Manifest, read_manifest
from chappe.backup.media import load_media
from chappe.backup.place import former_name, restoring
from chappe.backup.saved import NewLine
from chappe.backup.sealed import belongs, read_sealed, sealed_in
from chappe.backup.sums import copy, damaged, digest_of, fsync_tree, read_sums
from chappe.config import Settings
from chappe.errors import StartupError
from chappe.storage.migrations import found_in, pending

MAX_NAMED = 20


@dataclass(frozen=True)
class Restored:
    """What was put back."""

    manifest: Manifest
    history: str
    """The id of the new line of history."""
    media_missing: list[str]
    """Uploaded files that the backup does not have."""
    told: str
    """What became of what was there before, as a sentence, or nothing."""
    keys_missing: list[str]
    """Sealed files that the server had, and now makes anew."""

    def in_words(self) -> str:
        """What the operator reads."""
        lines = [f"The backup of {self.manifest.made_at} is in place. Start the server."]
        lines += [f"{len(self.media_missing)} uploaded files are missing, beginning with:"] * bool(self.media_missing)
        lines += [f"  {name}" for name in self.media_missing[:MAX_NAMED]]
        if self.manifest.media_files is None:
            lines.append("What people uploaded is not in the backup: put it back from where it is kept.")
        lines += [self.told] * bool(self.told)
        if self.keys_missing:
            lines.append(
                f"Made anew: {', '.join(self.keys_missing)}. Browsers that were told by web push subscribe again."
            )
        lines.append("Clients begin anew by themselves; encrypted messages of after the backup may not be readable.")
        return "\n".join(lines) + "\n"


def restore_backup(
    settings: Settings,
    folders: list[Path],
    source: Path,
    *,
    sealed: Path | None,
    new_key: bool = False,
    force: bool = False,
    now_ms: int,
) -> Restored:
    """Put a backup into the data folder, and into the database that the settings name.

    Both must be empty; with `force` what is there is moved aside. Every byte is compared with its checksum before
    anything changes. Without a sealed file the data folder must have the same keys already, unless the server is to
    make itself a `new_key`, by which nobody knows it.
    """
    check_whole(source)
    manifest = read_manifest(source)
    _require_fitting(manifest, settings, folders)
    keys = _keys(manifest, settings.data_dir, sealed, new_key=new_key)
    line = NewLine(secrets.token_hex(8), now_ms)
    with restoring(settings.data_dir, force=force) as folder:
        for name, held in keys.items():
            (folder / name).touch(mode=0o600, exist_ok=False)
            (folder / name).write_bytes(held)
        missing = list[str]()
        if manifest.media_files is not None:
            missing = load_media(source, folder / MEDIA)
        with _loading(settings, folders, source, folder, manifest, line, force=force) as told:
            fsync_tree(folder)
    lacking = sorted(manifest.sealed.keys() - keys.keys())
    return Restored(manifest, line.history, missing, told, lacking)


def check_whole(source: Path) -> None:
    """Compare every file of a backup, but for what people uploaded, with its checksum."""
    if not (source / SUMS).is_file():
        raise StartupError(
            f"{source} is no backup: it has no {SUMS}, which is written last.",
            "Name the folder of a backup. One that was cut off cannot be restored.",
        )
    seen = set()
    for name, expected in read_sums(source / SUMS):
        path = source / name
        if not path.is_file():
            raise damaged(path, "it is missing")
        if digest_of(path) != expected:
            raise damaged(path, "its checksum does not fit")
        seen.add(name)
    if MANIFEST not in seen:
        raise damaged(source / SUMS, "it does not name the manifest")


def _require_fitting(manifest: Manifest, settings: Settings, folders: list[Path]) -> None:
    engine = "sqlite" if settings.storage == "sqlite" else "postgres"
    if manifest.engine != engine:
        raise StartupError(
            f"The backup is of the engine {manifest.engine}, and the settings name {engine}.", "Change `storage`."
        )
    if manifest.server_name != settings.server_name:
        raise StartupError(
            f"The backup is of the server name {manifest.server_name}, and the settings say {settings.server_name}.",
            f"Give --server-name {manifest.server_name}, or the configuration of that server.",
        )
    pending(found_in(folders), manifest.migrations)


def _keys(manifest: Manifest, data_dir: Path, sealed: Path | None, *, new_key: bool) -> dict[str, bytes]:
    """The sealed files: from the sealed file, or those that are in the data folder already."""
    if sealed is not None:
        return read_sealed(sealed, manifest.sealed)
    there = sealed_in(data_dir)
    if belongs(there, manifest.sealed):
        return there
    if not new_key:
        raise StartupError(
            "The signing key is not in the backup but in its sealed file. Nothing was restored.",
            "Give that file with --sealed, or --new-key if it is lost for ever.",
        )
    return {}


@contextlib.contextmanager
def _loading(
    settings: Settings,
    folders: list[Path],
    source: Path,
    folder: Path,
    manifest: Manifest,
    line: NewLine,
    *,
    force: bool,
) -> Iterator[str]:
    """The database of the backup; what it becomes part of when the context ends well."""
    if settings.storage == "sqlite":
        copy(source / DATABASE, folder / DATABASE)
        sqlite.load(folder / DATABASE, manifest, line)
        yield ""
        return
    from chappe.backup import postgres  # asyncpg is an extra

    aside = former_name() if force else None
    with postgres.loaded(settings.storage, folders, source, manifest, line, aside) as told:
        yield told
