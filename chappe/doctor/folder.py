"""The data folder: whose it is, who may read it, and what was left over."""

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from chappe.app import RESTORING
from chappe.doctor.finding import Finding, Look, bad, ok, warn

MAX_LOOKED_AT = 100_000


def check_folder(look: Look) -> Iterator[Finding]:
    """Permissions and owners below the data folder."""
    folder = look.settings.data_dir
    if not folder.exists():
        yield warn("data folder", f"{folder} is not there yet", "The first start makes it. Is this the right data_dir?")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield bad("data folder", f"{folder} cannot be used by this account", "Run this as the account of the server.")
        return
    yield from _owners(folder)
    open_to_others = [path for path in _some_of(folder) if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield bad("data folder", f"others may look into {folder}", f"chmod 700 {folder}")
    elif any(path.suffix == ".key" for path in open_to_others):
        yield bad("data folder", "others may read the signing key", f"chmod 600 {folder}/*.key")
    elif open_to_others:
        told = f"{len(open_to_others)} files in it have rights for others, which its own rights keep out"
        yield warn("data folder", told, f"chmod -R go= {folder}")
    else:
        yield ok("data folder", f"{folder}, for its owner alone")
    if (folder / RESTORING).exists():
        yield bad(
            "restore", "a restore was cut off, or runs now", "Run `chappe restore` again; until then nothing starts."
        )
    for aside in folder.glob("before_restore_*"):
        yield warn("restore", f"{aside} has what was there before a restore", "Delete it when you are sure.")


def _owners(folder: Path) -> Iterator[Finding]:
    owner = folder.stat().st_uid
    strangers = [path for path in _some_of(folder) if path.lstat().st_uid != owner]
    if strangers:
        told = f"{strangers[0]} belongs to {_name(strangers[0].lstat().st_uid)}, the folder to {_name(owner)}"
        yield bad("data folder", told, f"chown -R {_name(owner)} {folder}")
    elif os.geteuid() not in (owner, 0):
        yield warn("data folder", f"it belongs to {_name(owner)}", "Run this as that account, or root.")


def _some_of(folder: Path) -> Iterator[Path]:
    """What is in the folder, but not every uploaded file of a million."""
    for number, path in enumerate(folder.rglob("*")):
        if number == MAX_LOOKED_AT:
            return
        yield path


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
