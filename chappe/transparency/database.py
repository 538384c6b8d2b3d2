"""The way to the EU's Transparency Database: its API, version 1. R80.

It leads to public addresses by TLS, as to push gateways; without TLS only to this machine, where a relay may be.
"""

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from chappe.config import Transparency
from chappe.errors import StartupError
from chappe.outside import Answered, Garbled
from chappe.transparency.replies import Later, Reply, Unauthorized, read_reply

if TYPE_CHECKING:
    from chappe.outside.connections import Connections

MAX_SECONDS = 60.0
"""For one request: the database writes up to a hundred records in it."""
MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""It gives back every record of a batch, each of at most about 12 kB."""
THIS_MACHINE = ("127.0.0.0/8", "::1/128")


class TransparencyDatabase:
    """Requests to it, each with the token that stands in the file at that moment."""

    def __init__(self, transparency: Transparency) -> None:
        assert transparency.database_url is not None, "made only where there is an address"
        assert transparency.database_token_file is not None, "checked with the settings"
        self._url = transparency.database_url
        self._file = transparency.database_token_file
        self._connections: Connections | None = None

    @property
    def token(self) -> str:
        """The token. Raises StartupError if its file cannot be read."""
        try:
            return self._file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise StartupError(f"{self._file} cannot be read.", "Give it to the user that runs Chappe.") from error

    @property
    def token_digest(self) -> str:
        """By which a token is known again, and nothing else of it."""
        return sha256(self.token.encode()).hexdigest()[:32]

    async def post(self, records: list[bytes]) -> Reply:
        """Send a batch; what became of it."""
        body = b'{"statements":[' + b",".join(records) + b"]}"
        try:
            answer = await self._request("POST", "/statements", body)
        except (OSError, ValueError, Garbled) as failure:
            return Later(f"{type(failure).__name__}: {failure}")
        return read_reply(answer.status, answer.body)

    async def has(self, puid: str) -> "bool | Later | Unauthorized":
        """Whether it has a statement of that PUID."""
        try:
            answer = await self._request("GET", f"/statement/existing-puid/{puid}", b"")
        except (OSError, ValueError, Garbled) as failure:
            return Later(f"{type(failure).__name__}: {failure}")
        if answer.status == 401:
            return Unauthorized()
        if answer.status == 302:
            return True
        if answer.status == 404 and _puid_in(answer.body) == puid:  # and not a page of some proxy that knows nothing
            return False
        return Later(f"it answered {answer.status} when asked for a PUID")

    async def _request(self, method: str, path: str, body: bytes) -> Answered:
        if self._connections is None:
            from chappe.outside.connections import Connections  # what speaks TLS takes a while to load

            self._connections = Connections(THIS_MACHINE)
        headers = [
            ("Authorization", f"Bearer {self.token}"),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("User-Agent", "Chappe"),
        ]
        async with asyncio.timeout(MAX_SECONDS):
            if method == "GET":
                return await self._connections.get(self._url + path, headers, MAX_ANSWER_BYTES)
            return await self._connections.post_once(self._url + path, headers, body, MAX_ANSWER_BYTES)

    async def close(self) -> None:
        """End all connections."""
        if self._connections is not None:
            self._connections.close()


def _puid_in(body: bytes) -> object:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return told.get("puid") if isinstance(told, dict) else None
