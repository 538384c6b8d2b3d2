"""The desk in a browser: people on staff who have logged in, and cases for them."""

import html
import re

import httpx

from chappe.moderation.records import Case
from chappe.operators import Role
from tests.house import Person
from tests.moderation.conftest import SAFETY, Desk
from tests.operators.conftest import Browser


async def inside(desk: Desk, name: str, *roles: Role, language: str = "en") -> Browser:
    """The browser of somebody on staff who has logged in."""
    person = await desk.office.staff(name, *roles)
    browser = Browser(desk.house, language)
    assert (await browser.log_in(person)).status_code == 303
    return browser


class Town:
    """Somebody who says things in a public room, and somebody who reports them."""

    def __init__(self, desk: Desk, ada: Person, bob: Person, room: str) -> None:
        self.desk = desk
        self.ada = ada
        self.bob = bob
        self.room = room

    @classmethod
    async def of(cls, desk: Desk) -> "Town":
        ada, bob = await desk.office.person("ada"), await desk.office.person("bob")
        room = await ada.create_room(preset="public_chat", name="Square")
        await bob.join(room)
        return cls(desk, ada, bob, room)

    async def case(self, text: str = "something hateful", **more: object) -> Case:
        """A message of Ada's that Bob reports."""
        said = await self.ada.send(self.room, text)
        body = {"kind": "event", "room_id": self.room, "event_id": said, "reason": "look at this", **more}
        (await self.bob.post(f"{SAFETY}/reports", body)).ok()
        return (await self.desk.cases())[-1]


def path_of(answer: httpx.Response) -> str:
    """Where an answer sends the browser, below the console, without what was done."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/_chappe/console").partition("?")[0]


def filled(page: httpx.Response) -> dict[str, str]:
    """The form on the page of deciding, as a browser would send it."""
    found: dict[str, str] = {}
    text = re.search(r'<form method="post" action="[^"]*/decide" class="decide">(.*?)</form>', page.text, re.DOTALL)
    assert text, page.text
    for tag in re.findall(r"<input [^>]*>", text[1]):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and (("checkbox" not in tag and "radio" not in tag) or " checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', text[1], re.DOTALL):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', text[1], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found
