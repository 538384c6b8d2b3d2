"""The link with which whoever started the server makes the first account: the owner's."""

import secrets
from urllib.parse import quote

from chappe.accounts import credentials, register_store
from chappe.config import Settings
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

CODE_MS = 86_400_000
"""A link holds for a day, until it is used, or until the server starts anew."""

PATH = "/_chappe/owner"


async def owner_link(bus: Bus, database: Database, settings: Settings) -> str | None:
    """A new link, which ends the one before; None when there is an operator already."""
    if await register_store.any_operator(database):
        return None
    code = secrets.token_urlsafe(24)
    await bus.call(REGISTER, Command(put_code, None, (credentials.digest(code).hex(),)))
    return f"{settings.base_url}{PATH}?code={quote(code)}"


async def put_code(tx: Transaction, device: Device | None, code: str) -> None:
    """Make `code` (SHA-256, hex) the only one."""
    register_store.put_owner_code(tx, bytes.fromhex(code), tx.now + CODE_MS)
