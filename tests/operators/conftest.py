"""People on staff, and browsers for the console."""

import html
import re
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from chappe.clock import Clock
from chappe.http.asgi import ASGIFace
from chappe.ids import UserID
from chappe.operators.grant import grant
from chappe.operators.roles import Operator, Role
from chappe.operators.store import operator
from chappe.operators.two_person import Seat
from chappe.stream import REGISTER, Command, Device
from tests.house import House, Person

CONSOLE = "/_chappe/console"
REASON = "because"


class Browser:
    """A browser, with its cookies; it follows no redirect by itself."""

    def __init__(self, house: House, language: str = "en") -> None:
        self.house = house
        self.jar: dict[str, str] = {}
        self.language = language
        transport = httpx.ASGITransport(app=ASGIFace(house.chappe.application), client=("192.0.2.7", 1))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://chappe.test")

    async def send(self, method: str, path: str, content: bytes = b"", **headers: str) -> httpx.Response:
        """One request; the path is below the console."""
        sent = {"Accept-Language": self.language, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        answer = await self._client.request(method, CONSOLE + path, content=content or None, headers=raw)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.jar[name] = morsel.value
        return answer

    async def get(self, path: str = "") -> httpx.Response:
        return await self.send("GET", path)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return await self.send("POST", path, urlencode(fields).encode(), **headers)

    async def submit(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Open a page, fill in one of its forms, and send it: hidden fields go with it, as a browser does it."""
        form = form_in(await self.get(page), action)
        return await self.post(action, {**form, **fields})

    async def log_in(self, person: Person | str, password: str = House.PASSWORD) -> httpx.Response:
        name = person if isinstance(person, str) else person.user_id
        return await self.submit("/login", "/login", name=name, password=password)


def form_in(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form with that action."""
    found = re.search(rf'<form method="post" action="{re.escape(CONSOLE + action)}">(.*?)</form>', page.text, re.DOTALL)
    assert found, f"{page.status_code} {page.url} has no form for {action}: {page.text}"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[1])
    return {name: html.unescape(value) for name, value in hidden}


class Office:
    """A server with an owner, where people get roles."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: dict[str, Person] = {}

    async def person(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = await self.house.person(name)
        return self.people[name]

    async def staff(self, name: str, *roles: Role) -> Person:
        """Somebody with roles, granted by whoever owns the machine."""
        person = await self.person(name)
        for role in roles:
            await self.call(None, grant, person.user_id, role.value, REASON)
        return person

    async def call(self, person: Person | None, act: Any, *arguments: object) -> Any:
        """An act in the register, as somebody, or as whoever owns the machine."""
        device = None if person is None else Device(UserID(person.user_id))
        return await self.house.chappe.bus.call(REGISTER, Command(act, device, arguments))

    async def roles_of(self, person: Person) -> frozenset[Role]:
        return (await self.operator(person)).roles

    async def operator(self, person: Person) -> Operator:
        return await operator(
            self.house.chappe.database, self.house.chappe.resources.of(Clock).now_ms(), person.user_id
        )

    async def acts(self) -> list[tuple[str, str | None, str | None]]:
        """Act, actor and subject of everything that is recorded."""
        rows = await self.house.chappe.database.fetch("SELECT act, actor, subject FROM audit_entry ORDER BY number")
        return [(row[0], row[1], row[2]) for row in rows]


def seat(person: Person, at: str = "") -> Seat:
    """Where somebody sits: a session and a browser of their own, unless `at` says which."""
    at = at or person.user_id
    return Seat(UserID(person.user_id), f"session {at}", f"browser {at}")


@pytest.fixture
async def office(house: House) -> Office:
    office = Office(house)
    await office.staff("olga", Role.OWNER)
    return office
