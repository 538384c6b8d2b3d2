"""Letters about what somebody has not read: when, about what, to whom, and how they end."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from chappe.accounts.emails import PATH
from chappe.accounts.restrict import Restriction, restrict
from chappe.clock import Clock as ClockProtocol
from chappe.config import Settings
from chappe.errors import Refused
from chappe.push.digest import BETWEEN_MS, UNREAD_MS, send_digest
from chappe.push.digests import mail_due
from chappe.push.unsubscribe import UNSUBSCRIBE_PATH
from chappe.storage import Database
from chappe.stream import REGISTER, Command, shard_of
from tests.conftest import make_settings
from tests.house import House, Person
from tests.mail.relay import Relay, relaying, text_of
from tests.push.test_deliveries import friends, until
from tests.push.test_pushers import keys

pytestmark = pytest.mark.anyio

MINE = "ben@example.org"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relaying() as relay:
        yield relay


@pytest.fixture
def settings(tmp_path: Path, relay: Relay) -> Settings:
    mail = f'{{ host = "127.0.0.1", port = {relay.port}, tls = "none", from_address = "chat@chat.example" }}'
    return make_settings(tmp_path, mail=mail)


async def letters(relay: Relay, number: int, address: str = MINE) -> Any:
    """The letters to an address, once there are so many."""
    async with asyncio.timeout(10):
        while len(relay.to(address)) < number:
            relay.arrived.clear()
            await relay.arrived.wait()
    assert len(relay.to(address)) == number
    return relay.to(address)


async def with_address(person: Person, relay: Relay, address: str = MINE) -> None:
    """The person confirms a mail address, as clients do it."""
    body = {"client_secret": "s", "email": address, "send_attempt": 1}
    sid = (await person.post("/account/3pid/email/requestToken", body)).ok()["sid"]
    found = re.search(r"\?token=(\S+)", text_of((await letters(relay, 1, address))[0]))
    assert found is not None
    assert (await person.house._client.post(PATH, data={"token": found.group(1)})).status_code == 200
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": person.user_id},
        "password": person.house.PASSWORD,
    }
    (await person.post("/account/3pid/add", {"sid": sid, "client_secret": "s", "auth": auth})).ok()


def by_mail(address: str = MINE, **more: Any) -> dict[str, Any]:
    return {
        "kind": "email",
        "app_id": "m.email",
        "pushkey": address,
        "app_display_name": "Mail",
        "device_display_name": address,
        "lang": "en",
        "data": {},
        **more,
    }


async def reader(house: House, relay: Relay, **more: Any) -> tuple[Person, Person, str]:
    """Two people in a room, the second one with letters about what they do not read."""
    ann, ben, room_id = await friends(house, name="Kitchen")
    await with_address(ben, relay)
    (await ben.post("/pushers/set", by_mail(**more))).ok()
    return ann, ben, room_id


async def due(house: House, minutes: float = 0) -> int:
    """What the process does each minute, some minutes later. Returns how many were written to."""
    house.clock.advance(minutes * 60 + 1)
    resources = house.chappe.resources
    found = await mail_due(resources.of(Database), house.chappe.bus, resources.of(ClockProtocol))
    await house.settle()
    return found


async def waiting(house: House, number: int) -> None:
    await until(lambda: house.chappe.database.fetch("SELECT * FROM notification"), number)


async def test_what_is_unread_for_a_while_is_told_once(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    assert (await ben.get("/pushers")).ok() == {"pushers": [by_mail()]}
    await ann.send(room_id, "Tea?\nOr coffee?")
    await ann.send(room_id, "Well?")
    await waiting(house, 2)
    assert await due(house, 14) == 0
    assert await due(house, 1) == 1
    letter = (await letters(relay, 2))[1]
    assert letter["Subject"] == "2 unread: Kitchen"
    text = text_of(letter)
    assert "Kitchen (2)" in text
    assert "  ann: Tea?\r\n" in text
    assert "coffee" not in text
    assert await due(house, 60) == 0


async def test_at_most_one_an_hour_and_none_for_who_has_read(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    await ann.send(room_id, "one")
    await waiting(house, 1)
    assert await due(house, 15) == 1
    await ann.send(room_id, "two")
    await waiting(house, 2)
    assert await due(house, 50) == 0
    assert await due(house, 10) == 1
    text = text_of((await letters(relay, 3))[2])
    assert "two" in text
    assert "one" not in text
    event_id = await ann.send(room_id, "three")
    await waiting(house, 3)
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{event_id}")).ok()
    await waiting(house, 0)
    assert await due(house, 120) == 0


async def test_letters_leave_room_for_a_forgotten_password(house: House, relay: Relay) -> None:
    ann, _, room_id = await reader(house, relay)
    for number in range(21):
        await ann.send(room_id, str(number))
        await waiting(house, number + 1)
        assert await due(house, 61) == 1
    body = {"client_secret": "s", "email": MINE, "send_attempt": 1}
    (await house.request("POST", "/account/password/email/requestToken", body)).ok()
    assert len(await letters(relay, 23)) == 23


async def test_fifty_at_once_write_one_letter(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    await ann.send(room_id, "one")
    await waiting(house, 1)
    house.clock.advance(UNREAD_MS / 1000)
    command = Command(send_digest, None, (ben.user_id,))
    calls = (house.chappe.bus.call(shard_of(ben.user_id), command) for _ in range(50))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(answer is None or isinstance(answer, Refused) for answer in answers)
    await house.settle()
    await letters(relay, 2)
    queued = await house.chappe.database.fetch("SELECT * FROM outgoing_mail")  # the confirmation's link, and the letter
    assert len(queued) == 2


async def test_of_what_is_encrypted_no_letter_says_anything(house: House, relay: Relay) -> None:
    ann, _, room_id = await reader(house, relay, lang="fr-FR")
    body = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "SECRET", "body": "SECRET"}
    for number in range(2):
        (await ann.put(f"/rooms/{room_id}/send/m.room.encrypted/t{number}", body)).ok()
    await waiting(house, 2)
    await due(house, 15)
    letter = (await letters(relay, 2))[1]
    text = text_of(letter)
    assert text.count("message chiffré") == 1
    assert letter["Subject"] == "2 non lus : Kitchen"
    assert b"SECRET" not in relay.raw()


async def test_names_and_words_begin_no_header_and_no_element(house: House, relay: Relay) -> None:
    ann, _, room_id = await reader(house, relay)
    evil = "<b onload=x>\r\nBcc: all@example.org\r\n\r\nHi {{ 7 * 7 }}"
    await ann.set_state(room_id, "m.room.name", {"name": evil})
    (await ann.put(f"/profile/{ann.user_id}/displayname", {"displayname": "<script>\n"})).ok()
    await ann.send(room_id, "<img src=x>" + "long " * 1_000)
    await ann.send(room_id, "\u202egnp.exe")
    await waiting(house, 2)
    await due(house, 15)
    letter = (await letters(relay, 2))[1]
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    html = letter.get_body(("html",)).get_content()
    for wrong in ("<b onload", "<script", "<img", "\u202e", "49"):
        assert wrong not in html
    assert "&lt;img src=x&gt;" in html


async def test_one_click_ends_the_letters(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    await ann.send(room_id, "one")
    await waiting(house, 1)
    await due(house, 15)
    letter = (await letters(relay, 2))[1]
    base_url = house.chappe.settings.base_url
    link = letter["List-Unsubscribe"].strip("<>")
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in relay.raw()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(letter)
    path = link.removeprefix(base_url)
    client = house._client
    assert "ben@example.org" in (await client.get(path)).text
    assert await keys(ben) == [MINE]
    assert (await client.post(path[:-2])).status_code == 403
    assert (await client.get(path.replace("ben", "ann"))).status_code == 403
    assert (await client.post(UNSUBSCRIBE_PATH)).status_code == 403
    for _ in range(2):
        assert (await client.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await keys(ben) == []
    assert await house.chappe.database.fetch("SELECT * FROM notification") == []


async def test_an_address_that_is_not_theirs_gets_no_letter(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    said = await ann.post("/pushers/set", by_mail())
    assert (said.status, said.json["errcode"]) == (400, "M_THREEPID_NOT_FOUND")
    await ann.send(room_id, "one")
    await waiting(house, 1)
    (await ben.post("/account/3pid/delete", {"medium": "email", "address": MINE})).ok()
    await due(house, 15)
    await until(lambda: keys(ben), 0)
    await house.settle()
    await letters(relay, 1)


async def test_who_is_locked_or_mutes_the_room_gets_no_letter(house: House, relay: Relay) -> None:
    ann, ben, room_id = await reader(house, relay)
    await ann.send(room_id, "one")
    await waiting(house, 1)
    (await ben.put(f"/pushrules/global/room/{room_id}", {"actions": []})).ok()
    await due(house, 15)
    (await ben.put(f"/pushrules/global/room/{room_id}", {"actions": ["notify"]})).ok()
    await ann.send(room_id, "two")
    await waiting(house, 2)
    await house.chappe.bus.call(REGISTER, Command(restrict, None, (ben.user_id, Restriction.LOCKED.value, True)))
    await due(house, 15)
    await house.chappe.bus.call(REGISTER, Command(restrict, None, (ben.user_id, Restriction.LOCKED.value, False)))
    await ann.send(room_id, "three")
    await waiting(house, 3)
    await due(house, BETWEEN_MS / 60_000)
    text = text_of((await letters(relay, 2))[1])
    assert "three" in text
    assert "two" not in text


async def test_kinds_and_app_ids_belong_together(house: House, relay: Relay) -> None:
    ann = await house.person("ann")
    for wrong in (
        by_mail(app_id="org.example.app"),
        by_mail(kind="http"),
        by_mail(kind="telegram"),
        by_mail("not an address"),
        by_mail("a@example.org\nBcc: b@example.org"),
        by_mail(data={"x": "x" * 9_000}),
    ):
        assert (await ann.post("/pushers/set", wrong)).status in (400, 413)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_relay_there_are_no_letters(
    tmp_path: Path, open_database: Callable[[], "asyncio.Future[Database]"]
) -> None:
    from chappe.app import Chappe
    from tests.house import Clock

    clock = Clock()
    house = House(await Chappe.open(make_settings(tmp_path), clock, await open_database()), clock)
    ann = await house.person("ann")
    said = await ann.post("/pushers/set", by_mail())
    assert said.json["errcode"] == "M_THREEPID_MEDIUM_NOT_SUPPORTED"
    await house.close()
