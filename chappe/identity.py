"""The server's name and the key it signs events with."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from chappe.errors import Refused, StartupError
from chappe.events.signing import SigningKey, decode_base64, encode_base64
from chappe.ids import ServerName

KEY_FILE = "signing.key"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this server is. Neither part can change once people from outside know it."""

    server_name: ServerName
    key: SigningKey


def load_identity(server_name: ServerName, data_dir: Path) -> Identity:
    """The identity whose key stands in the data folder; a first start makes the key.

    The file is one line, `ed25519 VERSION SEED`, the seed as unpadded base64, readable by its owner only.
    """
    path = data_dir / KEY_FILE
    try:
        line = path.read_text()
    except FileNotFoundError:
        key = SigningKey.generate()
        write_private(path, _as_line(key))
        return Identity(server_name, key)
    except OSError as error:
        raise StartupError(f"The signing key {path} cannot be read: {error.strerror}.", "Check its owner.") from error
    try:
        return Identity(server_name, _from_line(line))
    except (ValueError, Refused) as error:
        raise StartupError(
            f"The signing key {path} is damaged: {error}.", "Restore it from a backup; it cannot be made again."
        ) from error


def _as_line(key: SigningKey) -> str:
    return f"{key.key_id.replace(':', ' ')} {encode_base64(key.seed)}\n"


def _from_line(line: str) -> SigningKey:
    algorithm, version, text = line.split()
    seed = decode_base64(text)
    if seed is None:
        raise ValueError("the seed is not Base64")
    return SigningKey(seed, f"{algorithm}:{version}")


def write_private(path: Path, text: str, *, once: bool = False) -> None:
    """Write durably: a key that signed an event must still be there after a power cut. With `once` a file that is there
    already stays, whoever wrote it a moment ago."""
    temporary = path.with_suffix(f".{secrets.token_hex(4)}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if once:
        _link(temporary, path)
    else:
        temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(temporary: Path, path: Path) -> None:
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)
    except OSError:
        temporary.rename(path)  # a disk without hard links
    else:
        temporary.unlink()
