"""Mail that is queued arrives at a real SMTP server, once and whole, or is tried again, or is given up."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import dkim
import pytest

from chappe.clock import Clock as ClockProtocol
from chappe.config import Settings, WrongSettings
from chappe.errors import Errcode, Refused, StartupError
from chappe.mail import EFFECTS, Letter, Mails, parse_address, post
from chappe.mail.postman import GIVE_UP_MS, Postman
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import REGISTER, Command, Device, InProcessBus, Log, Outbox, Transaction, Writer, shard_of
from tests.conftest import make_settings
from tests.house import Clock
from tests.mail.relay import Relay, relaying, text_of

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2] / "chappe"
ANN = parse_address("ann@example.org")
LETTER = Letter("password_changed", "en", {"server": "chat.example", "user_id": "@ann:chat.example"})


class Office:
    """A database with mail, and a postman that goes when he is told."""

    def __init__(self, database: Database, folder: Path, mail: str) -> None:
        self.database = database
        self.clock = Clock()
        self.settings = make_settings(folder, mail=mail)
        self.resources = Resources()
        self.log = Log(database.heads, "history")
        self.writer = Writer(database, self.log)
        self.outbox = Outbox(database, self.writer, EFFECTS)
        self.bus = InProcessBus(database, self.writer, self.outbox, self.clock, self.resources)
        self.mails = Mails(self.settings)
        for thing, kind in ((self.settings, Settings), (self.mails, Mails), (self.clock, ClockProtocol)):
            self.resources.add(thing, kind)
        assert self.settings.mail is not None
        self.postman = Postman(self.settings.mail, self.mails, database, self.bus, self.clock)

    async def post(self, letter: Letter = LETTER, to: Any = ANN, key: Any = REGISTER) -> None:
        await self.bus.call(key, Command(_post, None, (to, letter)))
        await self.outbox.drain()
        await self.writer.drain()

    async def waiting(self) -> list[Any]:
        return await self.database.fetch(
            "SELECT tries, next_try_at - $1 FROM outgoing_mail WHERE next_try_at IS NOT NULL", self.clock.ms
        )


def openssl(*arguments: object) -> bytes:
    """What the program `openssl` prints."""
    program = shutil.which("openssl")
    assert program is not None, "openssl makes the keys of these tests"
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True).stdout


async def _post(tx: Transaction, device: Device | None, to: Any, letter: Letter) -> None:
    await post(tx, to, letter)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with relaying() as running:
        yield running


@pytest.fixture
async def open_office(open_database: Any, tmp_path: Path) -> AsyncIterator[Any]:
    database = await open_database()
    await database.migrate([ROOT / "stream" / "schema", ROOT / "mail" / "schema"])
    opened: list[Office] = []

    def open_it(port: int, more: str = "", tls: str = "none") -> Office:
        mail = f'{{ host = "127.0.0.1", port = {port}, tls = "{tls}", from_address = "chat@chat.example"{more} }}'
        opened.append(Office(database, tmp_path, mail))
        return opened[-1]

    yield open_it
    for office in opened:
        await office.outbox.stop()
        await office.writer.drain()


async def test_a_letter_arrives_in_both_forms(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    await office.post()
    assert await office.postman.send_due() == 1
    message = relay.message()
    assert relay.envelopes[0].rcpt_tos == ["ann@example.org"]
    assert relay.envelopes[0].mail_from == "chat@chat.example"
    assert message["Subject"] == "Your password on chat.example was changed"
    assert "@ann:chat.example" in text_of(message)
    assert "@ann:chat.example" in text_of(message, "html")
    assert message["Auto-Submitted"] == "auto-generated"
    assert await office.postman.send_due() == 0
    assert await office.database.fetch("SELECT message FROM outgoing_mail") == [(b"",)]


async def test_the_same_from_a_shard_of_a_person(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    await office.post(key=shard_of("@ann:chat.example"))
    assert await office.postman.send_due() == 1
    assert len(relay.envelopes) == 1


async def test_french(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    await office.post(Letter("password_changed", "fr", LETTER.values))
    await office.postman.send_due()
    assert relay.message()["Subject"] == "Votre mot de passe sur chat.example a changé"
    assert "Si ce n’était pas vous" in text_of(relay.message())


async def test_what_cannot_be_sent_now_is_tried_later(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    await office.post()
    relay.refusals["ann@example.org"] = "451 come again"
    waits, tries = [], 0
    for _ in range(12):
        assert await office.postman.send_due() == 1
        ((tries, wait),) = await office.waiting()
        waits.append(wait)
        office.clock.advance(wait / 1000)
    assert tries == 12
    assert [round(wait / 60_000) for wait in waits[:4]] == [1, 2, 4, 8]
    assert round(waits[-1] / 3_600_000) == 4
    relay.refusals.clear()
    await office.postman.send_due()
    assert len(relay.envelopes) == 1
    assert await office.waiting() == []


async def test_a_relay_that_is_away_or_breaks_off(open_office: Any) -> None:
    async with relaying() as relay:
        port = relay.port
    office = open_office(port)
    await office.post()
    assert await office.postman.send_due() == 1
    assert len(await office.waiting()) == 1
    office.clock.advance(GIVE_UP_MS / 1000 + 1)
    assert await office.postman.send_due() == 1
    assert await office.waiting() == []


async def test_a_refusal_for_good_is_noted_and_the_others_go_on(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    relay.refusals["ann@example.org"] = "550 nobody here"
    await office.post()
    await office.post(to=parse_address("ben@example.org"))
    await office.postman.send_due()
    assert [one.rcpt_tos for one in relay.envelopes] == [["ben@example.org"]]
    assert await office.waiting() == []
    assert (await office.database.fetch("SELECT address, reply FROM bounced_address")) == [
        ("ann@example.org", "550 nobody here")
    ]
    with pytest.raises(Refused) as refused:
        await office.post()
    assert refused.value.code is Errcode.INVALID_PARAM
    office.clock.advance(86_401)
    relay.refusals.clear()
    await office.post()
    await office.postman.send_due()
    assert relay.to("ann@example.org")


async def test_an_address_and_an_account_get_so_much_and_no_more(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    for _ in range(5):
        await office.post()
    with pytest.raises(Refused) as refused:
        await office.post()
    assert refused.value.code is Errcode.LIMIT_EXCEEDED
    office.clock.advance(3_601)
    await office.post()
    about = Letter(LETTER.name, "en", LETTER.values, about="@eve:chat.example")
    for number in range(20):
        await office.post(about, to=parse_address(f"p{number}@example.org"))
    with pytest.raises(Refused):
        await office.post(about, to=parse_address("one-more@example.org"))


async def test_nothing_is_sent_without_the_encryption_that_was_asked_for(relay: Relay, open_office: Any) -> None:
    office = open_office(relay.port)
    for tls in ("starttls", "tls"):
        office = open_office(relay.port, tls=tls)
        await office.post(to=parse_address(f"{tls}@example.org"))
        await office.postman.send_due()
        assert relay.envelopes == []
    assert len(await office.waiting()) == 2


async def test_starttls_and_a_login(open_office: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)  # fmt: skip
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with relaying(tls, auth=True) as relay:
        office = open_office(relay.port, ', username = "chappe", password = "secret"', "starttls")
        await office.post()
        await office.postman.send_due()
        assert relay.envelopes == [], "the certificate is nobody's that we know"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        office.clock.advance(61)
        await office.postman.send_due()
        assert len(relay.envelopes) == 1
        assert relay.logins == [(b"chappe", b"secret")]


async def test_a_signature_that_holds(relay: Relay, open_office: Any, tmp_path: Path) -> None:
    key = tmp_path / "dkim.pem"
    openssl("genrsa", "-out", key, "2048")
    public = openssl("rsa", "-in", key, "-pubout")
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    office = open_office(relay.port, f', dkim_selector = "one", dkim_key_file = "{key}"')
    await office.post(Letter("password_changed", "fr", LETTER.values))
    await office.postman.send_due()
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    raw = relay.raw()
    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"one._domainkey.chat.example."]
    assert not dkim.verify(raw.replace(b"Si ce n", b"Si ca n"), dnsfunc=dns)
    assert not dkim.verify(b"From: boss@chat.example\r\n" + raw, dnsfunc=dns)
    key.write_text("no key")
    with pytest.raises(StartupError):
        open_office(relay.port, f', dkim_selector = "one", dkim_key_file = "{key}"')


NASTY = ["x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org\n\nBuy", "x\u2028y\0z", "<b>&x"]


@pytest.mark.parametrize("nasty", NASTY)
async def test_nothing_gets_into_the_headers(relay: Relay, open_office: Any, nasty: str) -> None:
    office = open_office(relay.port)
    for name in ("password_changed", "reset", "link_made", "in_use", "unknown", "add", "register"):
        values = {"server": nasty, "user_id": nasty, "link": nasty}
        await office.post(Letter(name, "en", values), to=parse_address(f"{name.replace('_', '-')}@example.org"))
    assert await office.postman.send_due() == 7
    for index in range(7):
        message = relay.message(index)
        assert message["Bcc"] is None
        assert message.keys().count("Subject") == 1
        assert "\nBcc" not in text_of(message)
        assert "<b>" not in text_of(message, "html")


def test_what_is_an_address() -> None:
    assert parse_address("Ann.B+c@Example.ORG") == "ann.b+c@example.org"
    for wrong in (
        "", "ann", "@example.org", "ann@", "ann@example", "a b@example.org", "ann@exa mple.org", "ann@example.org\n",
        "ann@example.org\r\nBcc: eve@example.org", "ann@a.org,eve@b.org", "Ann <ann@example.org>", '"a b"@example.org',
        "ann@[127.0.0.1]", "ann@-x.org", "änn@example.org", "ann@éxample.org", "a..b@example.org", ".a@example.org",
        "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "ann\0@example.org", "ann@example.org.",
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            parse_address(wrong)
        assert refused.value.code is Errcode.INVALID_PARAM, wrong


def test_settings_that_do_not_fit(tmp_path: Path) -> None:
    for wrong in (
        '{ host = "relay.example" }',
        '{ host = "relay.example", from_address = "a@b.org", tls = "none" }',
        '{ host = "relay.example", from_address = "a@b.org", username = "x" }',
        '{ host = "relay.example", from_address = "a@b.org", dkim_selector = "x" }',
        '{ host = "relay.example", from_address = "a@b.org\\nBcc: x@y.org" }',
        '{ host = "relay.example", from_address = "a@b.org", from_name = "a\\nb" }',
    ):
        with pytest.raises(WrongSettings):
            make_settings(tmp_path, mail=wrong)
