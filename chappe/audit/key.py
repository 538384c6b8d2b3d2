"""The key that signs checkpoints: of its own, since whoever has it can vouch for a false log, and do nothing else.

`audit.key` is one line, `ed25519 SEED`; being a `.key` file it is part of the sealed material of backups. `audit.vkey`
beside it is what others need to check the log, and is no secret.
"""

from pathlib import Path

from nacl.signing import SigningKey

from chappe.audit.checkpoint import key_name
from chappe.audit.note import NoteKey
from chappe.errors import StartupError
from chappe.events.signing import decode_base64, encode_base64
from chappe.identity import write_private

KEY_FILE = "audit.key"
VKEY_FILE = "audit.vkey"


def load_key(data_dir: Path, server_name: str) -> SigningKey:
    """The key in the data folder; a first start makes one."""
    path = data_dir / KEY_FILE
    try:
        line = path.read_text()
    except FileNotFoundError:
        key = SigningKey.generate()
        write_private(path, f"ed25519 {encode_base64(bytes(key))}\n")
    except OSError as error:
        raise StartupError(f"The key {path} cannot be read: {error.strerror}.", "Check its owner.") from error
    else:
        algorithm, _, text = line.strip().partition(" ")
        seed = decode_base64(text)
        if algorithm != "ed25519" or seed is None or len(seed) != 32:
            raise StartupError(f"The key {path} is damaged.", "Restore it from the sealed file of a backup.")
        key = SigningKey(seed)
    vkey = f"{vkey_of(key, server_name)}\n"
    public = data_dir / VKEY_FILE
    if not public.exists() or public.read_text() != vkey:
        write_private(public, vkey)
    return key


def vkey_of(key: SigningKey, server_name: str) -> NoteKey:
    """What others check its signatures with."""
    return NoteKey(key_name(server_name), bytes(key.verify_key))
