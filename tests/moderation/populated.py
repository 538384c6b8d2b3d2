"""A running server with people who talk in a public room, some of it reported, and staff with roles."""

import asyncio
import subprocess
from typing import Any

import httpx

from tests.chaos.server import PROGRAM, ServerProcess

PASSWORD = "correct horse battery"
SAFETY = "/_chappe/client/v1/safety"
SAID = (
    ("What these people believe makes them animals.", "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"),
    ("I know where you live, and I will come.", "STATEMENT_CATEGORY_VIOLENCE"),
    ("Double your savings in a day: write to me!", "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"),
    ("Buy followers, cheap, buy followers, cheap", ""),
    ("This soup is terrible, and so is its cook.", ""),
)


class Populated:
    """The server and its people."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.address = f"http://127.0.0.1:{server.port}"
        self._client = httpx.AsyncClient(base_url=self.address, timeout=60)
        self._tokens: dict[str, str] = {}

    async def ask(self, method: str, path: str, body: Any = None, by: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[by]}"} if by else {}
        sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self._client.request(method, path, headers=headers, **sent)
        assert answer.status_code == 200, f"{path} {answer.status_code}: {answer.text}"
        return answer.json()

    async def person(self, name: str, *roles: str) -> None:
        """Somebody with an account, and with roles."""
        body = {"username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
        self._tokens[name] = (await self.ask("POST", "/_matrix/client/v3/register", body))["access_token"]
        for role in roles:
            command = [str(PROGRAM), "operator", "grant", name, role, "--config", str(self.server.configuration)]
            await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)

    async def fill(self) -> None:
        """Ada says things in a public room; Bob reports them."""
        for name in ("ada", "bob"):
            await self.person(name)
        await self.person("mia", "moderator")
        await self.person("sam", "senior moderator")
        made = await self.ask(
            "POST", "/_matrix/client/v3/createRoom", {"preset": "public_chat", "name": "Square"}, "ada"
        )
        room = made["room_id"]
        await self.ask("POST", f"/_matrix/client/v3/join/{room}", {}, "bob")
        for at, (text, category) in enumerate(SAID):
            path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/t{at}"
            said = (await self.ask("PUT", path, {"msgtype": "m.text", "body": text}, "ada"))["event_id"]
            body = {"kind": "event", "room_id": room, "event_id": said, "reason": "Look at this.", "category": category}
            await self.ask("POST", f"{SAFETY}/reports", body, "bob")

    async def close(self) -> None:
        await self._client.aclose()
