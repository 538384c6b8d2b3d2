"""The server in process, and the people in it: how scenario tests speak."""

import asyncio
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from chappe.accounts import Cost
from chappe.http.asgi import ASGIFace

if TYPE_CHECKING:
    from chappe.app import Chappe

CLIENT = "/_matrix/client/v3"
CHEAP = Cost(memory_kib=8, rounds=1)
"""What a password costs in tests: as good as nothing, for everybody knows them."""


class Clock:
    """A clock that tests set. It goes on by itself by a millisecond whenever it is read."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now_ms(self) -> int:
        self.ms += 1
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    def advance(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)


class Said:
    """An answer: its status and its JSON."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.json: Any = response.json() if response.content and "json" in response.headers["content-type"] else None

    @property
    def errcode(self) -> str:
        return str(self.json["errcode"])

    def ok(self) -> Any:
        """The JSON of an answer that must be a success."""
        assert self.status == 200, f"{self.status}: {self.text}"
        return self.json


class Person:
    """Someone with an account, on one device."""

    def __init__(self, house: "House", user_id: str, token: str, device_id: str) -> None:
        self.house = house
        self.user_id = user_id
        self.token = token
        self.device_id = device_id
        self.since: str | None = None
        self._transactions = itertools.count(1)

    async def request(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, Any] | None = None
    ) -> Said:
        """One request; a path without a leading /_matrix is below /_matrix/client/v3."""
        return await self.house.request(method, path, body, query=query, token=self.token)

    async def get(self, path: str, **query: Any) -> Said:
        return await self.request("GET", path, query=query)

    async def post(self, path: str, body: object = None) -> Said:
        return await self.request("POST", path, {} if body is None else body)

    async def put(self, path: str, body: object) -> Said:
        return await self.request("PUT", path, body)

    async def delete(self, path: str, body: object = None) -> Said:
        return await self.request("DELETE", path, body)

    async def create_room(self, **body: Any) -> str:
        return str((await self.post("/createRoom", body)).ok()["room_id"])

    async def join(self, room_id: str) -> Said:
        return await self.post(f"/join/{quote(room_id)}")

    async def leave(self, room_id: str) -> Said:
        return await self.post(f"/rooms/{quote(room_id)}/leave")

    async def invite(self, room_id: str, user_id: str) -> Said:
        return await self.post(f"/rooms/{quote(room_id)}/invite", {"user_id": user_id})

    async def send(self, room_id: str, text: str, *, txn: str | None = None, **content: Any) -> str:
        """Send a text message; the answer is its event id."""
        txn = txn or f"t{next(self._transactions)}"
        body = {"msgtype": "m.text", "body": text, **content}
        path = f"/rooms/{quote(room_id)}/send/m.room.message/{txn}"
        return str((await self.put(path, body)).ok()["event_id"])

    async def set_state(self, room_id: str, type: str, content: object, state_key: str = "") -> Said:
        return await self.put(f"/rooms/{quote(room_id)}/state/{quote(type)}/{quote(state_key, safe='')}", content)

    async def sync(self, *, since: str | None = None, timeout: int = 0, **query: Any) -> Any:
        """Sync from `since`, or from where the last call ended."""
        came_from = since or self.since
        if came_from is not None:
            query["since"] = came_from
        answer = (await self.get("/sync", timeout=timeout, **query)).ok()
        self.since = answer["next_batch"]
        return answer

    async def another_device(self) -> "Person":
        """The same person, logged in once more."""
        return await self.house.log_in(self.user_id)


class House:
    """The server in process."""

    PASSWORD = "correct horse battery"

    def __init__(self, chappe: "Chappe", clock: Clock) -> None:
        self.chappe = chappe
        self.clock = clock
        transport = httpx.ASGITransport(app=ASGIFace(chappe.application))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://chappe.test")

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> Said:
        """One request, by someone or by nobody. A body of bytes is sent as it is."""
        if not path.startswith(("/_matrix", "/.well-known", "/_synapse", "/_chappe")):
            path = CLIENT + path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        response = await self._client.request(method, path, **sent, params=dict(query or {}), headers=headers)
        return Said(response)

    async def person(self, name: str) -> Person:
        """A new account, logged in."""
        body = {"username": name, "password": self.PASSWORD, "auth": {"type": "m.login.dummy"}}
        answer = (await self.request("POST", "/register", body)).ok()
        return Person(self, answer["user_id"], answer["access_token"], answer["device_id"])

    async def log_in(self, user_id: str) -> Person:
        """One more device of an account."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": self.PASSWORD,
        }
        answer = (await self.request("POST", "/login", body)).ok()
        return Person(self, answer["user_id"], answer["access_token"], answer["device_id"])

    async def settle(self) -> None:
        """Return when everything queued is committed, every effect applied, and what was recorded is sealed."""
        await self.chappe.outbox.drain()
        await self.chappe.sealer.catch_up()
        await self.chappe.writer.drain()

    async def caught_up(self, name: str) -> None:
        """Return when a reader of the log has dealt with everything so far."""
        await self.settle()
        (reader,) = [one for one in self.chappe.readers if one.name == name]
        while reader.lag:  # what it writes moves the log, too
            await reader.catch_up()
            await asyncio.sleep(0.001)  # its own task may be in the middle of it
            await self.settle()

    async def close(self) -> None:
        """End the server; the fixture closes the database."""
        await self._client.aclose()
        await self.chappe.close()


async def gather_at_once(*callers: Any) -> list[Any]:
    """All at the same moment."""
    return await asyncio.gather(*callers, return_exceptions=False)
