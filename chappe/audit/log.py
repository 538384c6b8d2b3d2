"""What a process holds of the audit log: its key, its name, and which acts there are to tell of."""

import asyncio
from typing import NamedTuple

from nacl.signing import SigningKey

from chappe.audit.checkpoint import Checkpoint, origin_of
from chappe.audit.key import vkey_of
from chappe.audit.note import NoteKey

SYSTEM = "system"
"""The actor of what the server does by itself."""
MACHINE = "machine"
"""The actor of what is done with the command line, by whoever owns the machine."""


class Act(NamedTuple):
    """A kind of act that is recorded, in the words of each language.

    `keeps_body`: the entry tells of staff and not of users, and no part of it is ever erased.
    """

    en: str
    fr: str
    keeps_body: bool = False


Acts = dict[str, Act]
"""Acts by their names, `slice.done`. Each slice declares its own; `app.py` puts them together."""

ACTS: Acts = {
    "audit.erased": Act("Part of an entry was erased", "Partie d’une entrée effacée", keeps_body=True),
    "audit.resumed": Act("The log goes on from a backup", "Le journal reprend après restauration", keeps_body=True),
    "audit.read": Act("The log was read", "Journal consulté", keeps_body=True),
}


class AuditLog:
    """The log of this server in its present line of history. `woken`: something was recorded."""

    def __init__(self, server_name: str, history: str, key: SigningKey, acts: Acts) -> None:
        self.key = key
        self.vkey: NoteKey = vkey_of(key, server_name)
        self.origin = origin_of(server_name, history)
        self.acts = acts
        self.woken = asyncio.Event()
        self.signed: Checkpoint | None = None
        """The last one that this process knows to be signed. Nothing stored may fall behind it."""
        self.trouble: str | None = None
        """Why no checkpoint is signed at the moment, as a sentence; None if all is well."""
