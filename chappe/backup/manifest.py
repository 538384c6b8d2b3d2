"""What a backup says about itself."""

import re
from pathlib import Path

import msgspec

from chappe.errors import StartupError

MAX_MANIFEST_BYTES = 16 * 1024 * 1024
_WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")

FORMAT = 1
"""Counts changes after which an older program could not read a backup."""

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
DATABASE = "chappe.db"
TABLES = "tables"
MEDIA = "media"
MEDIA_SUMS = "media.sha256"


class Table(msgspec.Struct, frozen=True):
    """One table of a PostgreSQL database: `tables/NAME.copy`, in the binary form of COPY."""

    columns: list[str]
    rows: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """`manifest.json`."""

    format: int
    made_at: str
    """ISO 8601, UTC."""
    version: str
    """Of the program that made it."""
    engine: str
    """sqlite or postgres: a backup is restored into the engine that it came from."""
    server_name: str
    history: str
    """The id of the line of history that it was taken from."""
    migrations: dict[str, str]
    """The schema files that had been applied, with their checksums."""
    media_files: int | None
    """How many uploaded files it is to have; None: they are kept elsewhere, or were left out."""
    media_missing: list[str]
    """Files that were missing already when it was made, as paths in the folder."""
    sealed: dict[str, str]
    """The digest of each sealed file of the server, in this backup's sealed file if there is one."""
    tables: dict[str, Table] = {}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it so that people can read it, too."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST).write_bytes(text + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Refuses what this program cannot read."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            manifest = msgspec.json.decode(file.read(MAX_MANIFEST_BYTES), type=Manifest)
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise StartupError(f"{folder / MANIFEST} cannot be read: {error}.", "Take another backup.") from error
    if manifest.format != FORMAT:
        raise StartupError(
            f"This backup has format {manifest.format}, and this Chappe reads {FORMAT}.",
            f"Restore it with Chappe {manifest.version}, which made it.",
        )
    words = [word for name, table in manifest.tables.items() for word in (name, *table.columns)]
    if not all(_WORD.fullmatch(word) for word in words):  # they become part of SQL
        raise StartupError(f"{folder / MANIFEST} names tables that no Chappe has.", "Take another backup.")
    return manifest
