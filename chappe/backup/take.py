"""Taking a backup while the server runs."""

import contextlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from chappe.backup import sealed, sqlite
from chappe.backup.manifest import DATABASE, FORMAT, MANIFEST, MEDIA, SUMS, Manifest, write_manifest
from chappe.backup.media import save_media
from chappe.backup.saved import Saved
from chappe.backup.sums import digest_of, fsync_tree, line
from chappe.config import Settings
from chappe.errors import StartupError


@dataclass(frozen=True)
class Taken:
    """What was written."""

    folder: Path
    manifest: Manifest
    media_without_row: int
    """Files of no row: on their way when the backup was made, or left over. They are not in it."""
    sealed: Path | None

    def in_words(self) -> str:
        """What the operator reads."""
        manifest = self.manifest
        lines = [f"The backup of {manifest.server_name} is in {self.folder}."]
        if manifest.media_files is None:
            lines.append("What people uploaded is not in it.")
        else:
            lines.append(
                f"It has {manifest.media_files} of {manifest.media_files + len(manifest.media_missing)} files."
            )
        if manifest.media_missing:
            lines.append(f"The missing ones are named in {MANIFEST}: they were deleted meanwhile, or are lost.")
        if self.media_without_row:
            lines.append(f"{self.media_without_row} files that belong to nothing were left out.")
        if self.sealed is not None:
            lines.append(f"The keys are in {self.sealed}. Keep it where the backups are not.")
        elif manifest.sealed:
            lines.append("The keys are not in it: once, write them with --sealed FILE and keep that safe.")
        return "\n".join(lines) + "\n"


def take_backup(
    settings: Settings, folders: list[Path], to: Path, *, sealed_to: Path | None, with_media: bool = True
) -> Taken:
    """Write a backup into the new folder `to`, and the sealed material into a file of its own.

    Nothing of that name is there before all of it is. Raises StartupError for what the operator can mend.
    """
    partial = _begin(to)
    try:
        sealed.complete(settings.data_dir)
        secrets = sealed.sealed_in(settings.data_dir)
        with _saving(settings, folders, partial) as saved:
            files, missing, without_row = None, list[str](), 0
            if with_media and settings.media_storage == "files":
                files, missing, without_row = save_media(saved.media, settings.data_dir / MEDIA, partial)
        manifest = Manifest(
            FORMAT,
            datetime.now(UTC).isoformat(timespec="seconds"),
            version("chappe"),
            "sqlite" if settings.storage == "sqlite" else "postgres",
            saved.server_name,
            saved.history,
            saved.migrations,
            files,
            missing,
            sealed.digests(secrets),
            saved.tables,
        )
        write_manifest(partial, manifest)
        _write_sums(partial)
        if sealed_to is not None:
            sealed.write_sealed(sealed_to, saved.server_name, secrets)
        partial.rename(to)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Taken(to, manifest, without_row, sealed_to)


def _begin(to: Path) -> Path:
    """The folder to write into until everything is there."""
    if to.exists():
        raise StartupError(f"{to} exists already.", "Choose a new name for each backup, with the date in it, say.")
    partial = to.with_name(to.name + ".partial")
    try:
        partial.mkdir(mode=0o700)
    except FileExistsError as error:
        raise StartupError(
            f"{partial} is there: a backup is being written, or one was cut off.", "If none is running, delete it."
        ) from error
    except OSError as error:
        raise StartupError(f"{partial} cannot be made: {error.strerror}.", "Make its parent folder first.") from error
    return partial


def _saving(settings: Settings, folders: list[Path], partial: Path) -> contextlib.AbstractContextManager[Saved]:
    if settings.storage == "sqlite":
        return sqlite.save(settings.data_dir / DATABASE, partial)
    from chappe.backup import postgres  # asyncpg is an extra

    return postgres.save(settings.storage, folders, partial)


def _write_sums(partial: Path) -> None:
    """Last of all, when everything that it speaks of is on the disk."""
    fsync_tree(partial)
    media = partial / MEDIA
    named = sorted(path for path in partial.rglob("*") if path.is_file() and media not in path.parents)
    sums = "".join(line(digest_of(path), str(path.relative_to(partial))) for path in named)
    (partial / SUMS).write_text(sums)
    fsync_tree(partial)
