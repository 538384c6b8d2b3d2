"""Accounts without rooms: the stream, the HTTP side and the account slice, on either engine."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from chappe import accounts, audit, restrictions
from chappe.clock import Clock as ClockProtocol
from chappe.config import Settings, load
from chappe.holds import Holds
from chappe.http import Application, RateLimits, rates_from
from chappe.http.asgi import ASGIFace
from chappe.mail import Mails
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import InProcessBus, Log, Outbox, Writer
from chappe.web import WebClient
from tests.house import CHEAP, CLIENT, Clock, Said

PASSWORD = "correct horse battery"
SECRET = "the shared secret"
ROOT = Path(accounts.__file__).parents[1]
SCHEMAS = [
    ROOT / "stream" / "schema",
    ROOT / "holds" / "schema",
    ROOT / "audit" / "schema",
    ROOT / "restrictions" / "schema",
    ROOT / "mail" / "schema",
    ROOT / "accounts" / "schema",
]


class Desk:
    """The part of a server where accounts are made and used."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.clock = Clock()
        self.web_client = WebClient(wanted=False)
        self.resources = Resources()
        self.log = Log(database.heads, "history")
        self.writer = Writer(database, self.log)
        self.outbox = Outbox(database, self.writer, accounts.EFFECTS | restrictions.EFFECTS)
        self.bus = InProcessBus(database, self.writer, self.outbox, self.clock, self.resources)
        self.resources.add(database, Database)
        self.resources.add(self.clock, ClockProtocol)
        self.settings = self.configure()

    def configure(self, *, rate_limits: bool = False, terms: object = None, **flags: str) -> Settings:
        """Open the desk anew with other settings, "" for none; what is stored stays."""
        environment = {"CHAPPE_RATE_LIMITS": str(rate_limits).lower()}
        if terms is not None:
            environment["CHAPPE_TERMS"] = str(terms)
        flags = {"registration": "open", "registration_shared_secret": SECRET} | flags
        flags = {name: value for name, value in flags.items() if value}
        self.settings = load(None, environment, {"data_dir": str(self.folder), **flags})
        resources = Resources()
        resources.add(self.database, Database)
        resources.add(self.clock, ClockProtocol)
        resources.add(self.settings)
        resources.add(Holds(accounts.ERASERS))
        resources.add(Mails(self.settings))
        resources.add(self.web_client)
        restrictions.install(resources, self.database, self.clock, restrictions.Unknown(), self.settings.base_url)
        self.resources = resources
        self.bus = InProcessBus(self.database, self.writer, self.outbox, self.clock, resources)
        server = self.settings.server_name
        audit.install(resources, self.folder, server, "history", accounts.ACTS, self.bus, self.database, self.clock)
        self.tokens = accounts.install(
            resources, self.settings, self.database, self.bus, self.writer, self.clock, CHEAP
        )
        rates = RateLimits(rates_from(rate_limits), self.clock)
        application = Application(accounts.ROUTES, resources, self.tokens, self.bus, clock=self.clock, rates=rates)
        self.application = application
        self.come_from("127.0.0.1")
        return self.settings

    def come_from(self, address: str) -> None:
        """Send the requests that follow from another address."""
        transport = httpx.ASGITransport(app=ASGIFace(self.application), client=(address, 1234))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://chappe.test")

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        if not path.startswith(("/_matrix", "/_synapse", "/_chappe")):
            path = CLIENT + path
        sent = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        response = await self.client.request(
            method, path, json=body, params=dict(query) if query else None, headers=sent
        )
        return Said(response)

    async def get(self, path: str, *, token: str | None = None, **query: Any) -> Said:
        return await self.request("GET", path, token=token, query=query)

    async def post(self, path: str, body: object, *, token: str | None = None) -> Said:
        return await self.request("POST", path, body, token=token)

    async def put(self, path: str, body: object, *, token: str | None = None) -> Said:
        return await self.request("PUT", path, body, token=token)

    async def delete(self, path: str, body: object = None, *, token: str | None = None) -> Said:
        return await self.request("DELETE", path, body, token=token)

    async def register(self, name: str, **more: object) -> Any:
        body = {"username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}, **more}
        return (await self.post("/register", body)).ok()

    async def log_in(self, name: str, password: str = PASSWORD, **more: object) -> Said:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": password,
            **more,
        }
        return await self.post("/login", body)

    async def operator(self, name: str = "boss") -> str:
        """An operator's access token."""
        from tests.accounts.synapse import register_by_secret

        return str((await register_by_secret(self, name, admin=True)).ok()["access_token"])

    async def close(self) -> None:
        await self.client.aclose()
        await self.outbox.stop()
        await self.writer.drain()


def by_password(name: str, password: str = PASSWORD, session: str | None = None) -> dict[str, object]:
    """The auth data of a password stage."""
    told: dict[str, object] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": name},
        "password": password,
    }
    return told | ({"session": session} if session else {})


@pytest.fixture
async def desk(open_database: Callable[[], Any], tmp_path: Path) -> AsyncIterator[Desk]:
    database = await open_database()
    await database.migrate(SCHEMAS)
    desk = Desk(database, tmp_path)
    yield desk
    await desk.close()
