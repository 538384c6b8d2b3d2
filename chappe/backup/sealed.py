"""Sealed material: the files of a server that nobody else may ever have, in one file apart from the backup.

With the signing key somebody else could speak as this server, for ever; with a backup they could read it once. The
key of web push, without which browsers would have to subscribe anew, is made with the first backup at the latest:
so that a sealed file which was written once stays whole.
"""

import base64
import hashlib
import os
import re
from pathlib import Path

import msgspec

from chappe.errors import StartupError
from chappe.identity import KEY_FILE

SEALED_FILES = "*.key"
"""The files of the data folder that are sealed."""
MADE_ANEW = frozenset({"web_push.key"})
"""What a sealed file may lack. Whoever is known by another key must have it."""
MAX_SEALED_BYTES = 1_048_576
_NAME = re.compile(r"[a-z0-9_-]{1,60}\.key")


class SealedFile(msgspec.Struct, frozen=True):
    """What stands in the file: the sealed files by name, in Base64."""

    server_name: str
    files: dict[str, str]


def complete(data_dir: Path) -> None:
    """Make the key of web push, if a server runs there that did not need it before."""
    if (data_dir / KEY_FILE).exists():
        from chappe.push.vapid import Vapid  # loads much

        Vapid(data_dir)


def sealed_in(data_dir: Path) -> dict[str, bytes]:
    """The sealed files of a data folder."""
    return {path.name: path.read_bytes() for path in sorted(data_dir.glob(SEALED_FILES))}


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """By which the sealed file of a backup is known again. The secrets are random, so these tell nothing of them."""
    return {name: hashlib.sha256(held).hexdigest() for name, held in files.items()}


def belongs(files: dict[str, bytes], expected: dict[str, str]) -> bool:
    """Whether the files are those of the server whose sealed files have these digests, as far as both have them."""
    found = digests(files)
    if not expected.keys() - found.keys() <= MADE_ANEW:
        return False
    return all(expected.get(name, digest) == digest for name, digest in found.items())


def write_sealed(path: Path, server_name: str, files: dict[str, bytes]) -> None:
    """Write them for the owner alone; never over another file."""
    held = SealedFile(server_name, {name: base64.b64encode(each).decode() for name, each in files.items()})
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StartupError(f"{path} exists already.", "Choose another name for the sealed file.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(held))
        file.flush()
        os.fsync(file.fileno())


def read_sealed(path: Path, expected: dict[str, str]) -> dict[str, bytes]:
    """The sealed files by name. Refuses a file that does not belong to the backup with those digests.

    It may be older than the backup, and lack a key that was made meanwhile; or newer, and have one more.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SEALED_BYTES)
        held = msgspec.json.decode(raw, type=SealedFile)
        files = {name: base64.b64decode(text, validate=True) for name, text in held.files.items()}
    except (OSError, ValueError, RecursionError) as error:
        raise StartupError(
            f"The sealed file {path} cannot be read: {error}.", "Give the one of this backup."
        ) from error
    if not belongs(files, expected) or not all(_NAME.fullmatch(name) for name in files):
        raise StartupError(
            f"The sealed file {path} does not belong to this backup, or is damaged. Nothing was restored.",
            "Give the one that was written for this server; it stays the same until its signing key changes.",
        )
    return files
