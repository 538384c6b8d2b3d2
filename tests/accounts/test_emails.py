"""Mail addresses on accounts: confirmed by a link, used once, and nobody learns whose they are."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest

from chappe.accounts.emails import CONFIRMED_MS, LINK_MS, PATH
from chappe.accounts.password_link import password_link
from chappe.config import Mail
from chappe.ids import UserID
from chappe.mail import Mails
from chappe.mail.postman import Postman
from tests.accounts.conftest import PASSWORD, Desk, by_password
from tests.house import Said
from tests.mail.relay import Relay, relaying, text_of

pytestmark = pytest.mark.anyio

ADD = "/account/3pid/email/requestToken"
REGISTER = "/register/email/requestToken"
RESET = "/account/password/email/requestToken"
MINE = "ann@example.org"
NEW = "another good password"


class Post:
    """The desk with mail, and the relay that takes it."""

    def __init__(self, desk: Desk, relay: Relay) -> None:
        self.desk = desk
        self.relay = relay
        self.configure()

    def configure(self, **more: Any) -> None:
        mail = f'{{ host = "127.0.0.1", port = {self.relay.port}, tls = "none", from_address = "chat@chat.example" }}'
        self.desk.configure(mail=mail, **more)

    async def deliver(self) -> None:
        settings, resources = self.desk.settings, self.desk.resources
        assert isinstance(settings.mail, Mail)
        postman = Postman(settings.mail, resources.of(Mails), self.desk.database, self.desk.bus, self.desk.clock)
        while await postman.send_due():
            pass

    async def ask(
        self, path: str, email: str = MINE, *, secret: str = "s3cret", token: str | None = None, **more: Any
    ) -> Said:
        body = {"client_secret": secret, "email": email, "send_attempt": 1, **more}
        return await self.desk.post(path, body, token=token)

    async def last(self, email: str = MINE) -> EmailMessage:
        await self.deliver()
        return self.relay.to(email)[-1]

    async def link_of(self, email: str = MINE) -> str:
        found = re.search(r"\?token=(\S+)", text_of(await self.last(email)))
        assert found is not None
        return found.group(1)

    async def open(self, link: str) -> int:
        return (await self.desk.client.post(PATH, data={"token": link})).status_code

    async def confirmed(self, path: str, email: str = MINE, *, token: str | None = None) -> dict[str, str]:
        """The credentials of a session in which an address was confirmed."""
        sid = (await self.ask(path, email, token=token)).ok()["sid"]
        assert await self.open(await self.link_of(email)) == 200
        return {"sid": sid, "client_secret": "s3cret"}

    async def with_email(self, name: str = "ann", email: str = MINE) -> str:
        """The access token of a new account with an address."""
        token = str((await self.desk.register(name))["access_token"])
        proof = await self.confirmed(ADD, email, token=token)
        (await self.desk.post("/account/3pid/add", {**proof, "auth": by_password(name)}, token=token)).ok()
        return token


@pytest.fixture
async def post(desk: Desk) -> AsyncIterator[Post]:
    async with relaying() as relay:
        yield Post(desk, relay)


async def test_an_address_gets_onto_an_account_and_off_it(post: Post) -> None:
    """requestTokenTo3PIDEmail, add3PID, getAccount3PIDs, delete3pidFromAccount."""
    desk = post.desk
    token = (await desk.register("ann"))["access_token"]
    sid = (await post.ask(ADD, "Ann@Example.org", token=token)).ok()["sid"]
    proof = {"sid": sid, "client_secret": "s3cret", "auth": by_password("ann")}
    said = await desk.post("/account/3pid/add", proof, token=token)
    assert (said.status, said.errcode) == (403, "M_THREEPID_AUTH_FAILED")
    link = await post.link_of()
    shown = await desk.client.get(PATH, params={"token": link}, headers={"Accept-Language": "fr"})
    assert "Confirmez" in shown.text
    assert MINE in shown.text
    assert (await desk.post("/account/3pid/add", proof, token=token)).status == 403, "looking is not confirming"
    assert await post.open(link) == 200
    assert await post.open(link) == 403
    assert (await desk.post("/account/3pid/add", {**proof, "client_secret": "guess"}, token=token)).status == 403
    (await desk.post("/account/3pid/add", proof, token=token)).ok()
    assert (await desk.post("/account/3pid/add", proof, token=token)).status == 403, "a session is used once"
    (told,) = (await desk.get("/account/3pid", token=token)).ok()["threepids"]
    assert (told["medium"], told["address"]) == ("email", MINE)
    assert told["added_at"] >= told["validated_at"] > 1_700_000_000_000
    gone = {"medium": "email", "address": "ANN@example.org"}
    for _ in range(2):
        said = await desk.post("/account/3pid/delete", gone, token=token)
        assert said.ok() == {"id_server_unbind_result": "no-support"}
    assert (await desk.get("/account/3pid", token=token)).ok() == {"threepids": []}


async def test_adding_needs_the_password(post: Post) -> None:
    token = (await post.desk.register("ann"))["access_token"]
    proof = await post.confirmed(ADD, token=token)
    assert (await post.desk.post("/account/3pid/add", proof, token=token)).json["flows"] == [
        {"stages": ["m.login.password"]}
    ]
    other = (await post.desk.register("eve"))["access_token"]
    said = await post.desk.post("/account/3pid/add", {**proof, "auth": by_password("eve")}, token=other)
    assert said.errcode == "M_THREEPID_AUTH_FAILED"


async def test_the_answer_is_the_same_whether_an_address_is_known_or_not(post: Post) -> None:
    await post.with_email()
    eve = (await post.desk.register("eve"))["access_token"]
    for path, token in ((ADD, eve), (REGISTER, None), (RESET, None)):
        known = await post.ask(path, secret="other", token=token)
        unknown = await post.ask(path, "nobody@example.org", secret="other", token=token)
        assert (known.status, known.json.keys()) == (unknown.status, unknown.json.keys()) == (200, {"sid"})
    await post.deliver()
    subjects = [str(message["Subject"]) for message in post.relay.to(MINE)]
    assert subjects[-3:] == [
        "You have an account on localhost", "You have an account on localhost", "A new password on localhost",
    ]  # fmt: skip
    assert "?token=" not in text_of(post.relay.to(MINE)[-2])
    assert post.relay.to("nobody@example.org")[-1]["Subject"] == "No account with this mail address on localhost"


async def test_two_accounts_cannot_get_one_address(post: Post) -> None:
    ann = (await post.desk.register("ann"))["access_token"]
    eve = (await post.desk.register("eve"))["access_token"]
    proof = await post.confirmed(ADD, token=ann)
    sid = (await post.ask(ADD, secret="eves", token=eve)).ok()["sid"]
    assert await post.open(await post.link_of()) == 200
    (await post.desk.post("/account/3pid/add", {**proof, "auth": by_password("ann")}, token=ann)).ok()
    body = {"sid": sid, "client_secret": "eves", "auth": by_password("eve")}
    said = await post.desk.post("/account/3pid/add", body, token=eve)
    assert (said.status, said.errcode) == (400, "M_THREEPID_IN_USE")


async def test_a_forgotten_password(post: Post) -> None:
    """requestTokenToResetPasswordEmail, changePassword: by a confirmed address, which ends every login."""
    desk, token = post.desk, await post.with_email()
    body: dict[str, Any] = {"new_password": NEW}
    asked = await desk.post("/account/password", body)
    assert (asked.status, asked.json["flows"]) == (401, [{"stages": ["m.login.email.identity"]}])
    sid = (await post.ask(RESET)).ok()["sid"]
    creds = {"sid": sid, "client_secret": "s3cret"}
    body["auth"] = {"type": "m.login.email.identity", "threepid_creds": creds, "session": asked.json["session"]}
    said = await desk.post("/account/password", body)
    assert (said.status, said.errcode) == (401, "M_THREEPID_AUTH_FAILED")
    assert await post.open(await post.link_of()) == 200
    (await desk.post("/account/password", body)).ok()
    assert (await desk.get("/account/whoami", token=token)).errcode == "M_UNKNOWN_TOKEN"
    (await desk.log_in("ann", NEW)).ok()
    assert (await post.last())["Subject"] == "Your password on localhost was changed"
    del body["auth"]["session"]
    assert (await desk.post("/account/password", body)).status == 401, "a session is used once"


async def test_what_was_confirmed_for_one_thing_is_not_good_for_another(post: Post) -> None:
    token = await post.with_email()
    creds = await post.confirmed(ADD, token=token)
    auth = {"type": "m.login.email.identity", "threepid_creds": creds}
    said = await post.desk.post("/account/password", {"new_password": NEW, "auth": auth})
    assert (said.status, said.errcode) == (401, "M_THREEPID_AUTH_FAILED")
    said = await post.desk.post("/account/password", {"new_password": NEW, "auth": auth}, token=token)
    assert (said.status, said.errcode) == (401, "M_FORBIDDEN"), "who is logged in shows the password"


async def test_registering_with_an_address(post: Post) -> None:
    """requestTokenToRegisterEmail: the address that was confirmed is the new account's."""
    desk = post.desk
    creds = await post.confirmed(REGISTER)
    body: dict[str, Any] = {"username": "ann", "password": PASSWORD}
    asked = await desk.post("/register", body)
    assert asked.json["flows"] == [
        {"stages": ["m.login.email.identity", "m.login.dummy"]},
        {"stages": ["m.login.dummy"]},
    ]
    session = asked.json["session"]
    body["auth"] = {"type": "m.login.email.identity", "threepid_creds": creds, "session": session}
    assert (await desk.post("/register", body)).json["completed"] == ["m.login.email.identity"]
    body["auth"] = {"type": "m.login.dummy", "session": session}
    token = (await desk.post("/register", body)).ok()["access_token"]
    assert [one["address"] for one in (await desk.get("/account/3pid", token=token)).ok()["threepids"]] == [MINE]
    identifier = {"type": "m.id.thirdparty", "medium": "email", "address": "Ann@example.ORG"}
    said = await desk.post("/login", {"type": "m.login.password", "identifier": identifier, "password": PASSWORD})
    assert said.ok()["user_id"] == "@ann:localhost"
    await desk.register("ben")


@pytest.mark.parametrize(("medium", "address", "errcode"), [
    ("email", "nobody@example.org", "M_FORBIDDEN"), ("email", "x", "M_FORBIDDEN"),
    ("email", "a\0@b.org", "M_FORBIDDEN"),
    ("msisdn", "4912345", "M_UNKNOWN"), ("email", None, "M_UNKNOWN"),
])  # fmt: skip
async def test_logging_in_by_what_nobody_has(post: Post, medium: str, address: str | None, errcode: str) -> None:
    identifier = {"type": "m.id.thirdparty", "medium": medium, "address": address}
    said = await post.desk.post("/login", {"type": "m.login.password", "identifier": identifier, "password": "x"})
    assert said.errcode == errcode
    assert said.status == (403 if errcode == "M_FORBIDDEN" else 400)


async def test_of_fifty_callers_one_uses_a_session(post: Post) -> None:
    await post.with_email()
    creds = await post.confirmed(RESET)
    auth = {"type": "m.login.email.identity", "threepid_creds": creds}
    said = await asyncio.gather(
        *(post.desk.post("/account/password", {"new_password": f"{NEW} {n}", "auth": auth}) for n in range(50))
    )
    won = [n for n, one in enumerate(said) if one.status == 200]
    assert len(won) == 1
    assert {one.status for one in said} <= {200, 401, 403}
    (await post.desk.log_in("ann", f"{NEW} {won[0]}")).ok()


async def test_of_fifty_callers_one_opens_a_link_and_one_gets_the_address(post: Post) -> None:
    token = (await post.desk.register("ann"))["access_token"]
    sid = (await post.ask(ADD, token=token)).ok()["sid"]
    link = await post.link_of()
    assert sorted(await asyncio.gather(*(post.open(link) for _ in range(50)))) == [200] + [403] * 49
    body = {"sid": sid, "client_secret": "s3cret", "auth": by_password("ann")}
    said = await asyncio.gather(*(post.desk.post("/account/3pid/add", body, token=token) for _ in range(50)))
    assert sorted(one.status for one in said) == [200] + [403] * 49


async def test_a_repeat_writes_no_second_letter(post: Post) -> None:
    first = await asyncio.gather(*(post.ask(RESET) for _ in range(50)))
    assert len({one.ok()["sid"] for one in first}) == 1
    await post.deliver()
    assert len(post.relay.envelopes) == 1
    assert (await post.ask(RESET, send_attempt=2)).ok() == first[0].json
    await post.deliver()
    assert len(post.relay.envelopes) == 2


async def test_so_many_letters_and_no_more(post: Post) -> None:
    said = [await post.ask(RESET, secret=f"s{n}") for n in range(6)]
    assert [one.status for one in said] == [200] * 5 + [429]
    assert said[5].json["retry_after_ms"] > 0


async def test_links_and_sessions_run_out(post: Post) -> None:
    token = (await post.desk.register("ann"))["access_token"]
    await post.ask(ADD, token=token)
    link = await post.link_of()
    post.desk.clock.advance(LINK_MS / 1000 + 1)
    assert await post.open(link) == 403
    proof = await post.confirmed(ADD, "other@example.org", token=token)
    post.desk.clock.advance(CONFIRMED_MS / 1000 + 1)
    said = await post.desk.post("/account/3pid/add", {**proof, "auth": by_password("ann")}, token=token)
    assert said.errcode == "M_THREEPID_AUTH_FAILED"


async def test_who_ends_an_account_gives_its_addresses_back(post: Post) -> None:
    token = await post.with_email()
    (await post.desk.post("/account/deactivate", {"auth": by_password("ann")}, token=token)).ok()
    assert await post.desk.database.fetch("SELECT * FROM email_address") == []
    await post.with_email("ben")


async def test_a_link_of_the_operator_is_told_by_mail(post: Post) -> None:
    await post.with_email()
    await password_link(post.desk.bus, post.desk.settings, UserID("@ann:localhost"))
    message = await post.last()
    assert message["Subject"] == "A link for a new password on localhost"
    assert "code=" not in text_of(message)


async def test_where_a_client_wishes_one_to_go_on_is_only_a_link(post: Post) -> None:
    token = (await post.desk.register("ann"))["access_token"]
    for wrong in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//x",
        "http://[",
        "https://x.example/\n",
        "https://" + "x" * 2_000,
    ):
        assert (await post.ask(ADD, token=token, next_link=wrong)).errcode == "M_INVALID_PARAM", wrong
    await post.ask(ADD, token=token, next_link='https://x.example/"><b>')
    answer = await post.desk.client.post(PATH, data={"token": await post.link_of()})
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert 'href="https://x.example/&quot;&gt;&lt;b&gt;"' in answer.text


async def test_what_does_not_fit_is_refused(post: Post) -> None:
    for path in (ADD, REGISTER, RESET):
        for change in (
            {"email": "x"}, {"email": "a@b.org\r\nBcc: c@d.org"}, {"client_secret": ""}, {"client_secret": "a b"},
            {"client_secret": "x" * 256}, {"send_attempt": -1},
        ):  # fmt: skip
            said = await post.desk.post(path, {"client_secret": "s", "email": MINE, "send_attempt": 1, **change})
            assert (said.status, said.errcode) == (400, "M_INVALID_PARAM"), change
    for creds in ({"sid": "\0", "client_secret": "x"}, {"sid": "x" * 300, "client_secret": "é"}, None):
        auth = {"type": "m.login.email.identity", "threepid_creds": creds}
        assert (await post.desk.post("/account/password", {"new_password": NEW, "auth": auth})).status == 401
    for nonsense in ("", "\0", "é" * 100):
        assert await post.open(nonsense) in (400, 403)


async def test_without_a_relay_telephones_and_identity_servers(desk: Desk) -> None:
    """bind3PID, unbind3pidFromAccount, and the three of telephone numbers: refused clearly."""
    token = (await desk.register("ann"))["access_token"]
    for path in (ADD, REGISTER, RESET):
        said = await desk.post(path, {"client_secret": "s", "email": MINE, "send_attempt": 1}, token=token)
        assert (said.status, said.errcode) == (400, "M_THREEPID_MEDIUM_NOT_SUPPORTED")
        telephone = path.replace("email", "msisdn")
        assert (await desk.post(telephone, {}, token=token)).errcode == "M_THREEPID_MEDIUM_NOT_SUPPORTED"
    assert (await desk.post("/account/3pid/bind", {}, token=token)).errcode == "M_SERVER_NOT_TRUSTED"
    assert (await desk.post("/account/3pid/unbind", {}, token=token)).ok() == {"id_server_unbind_result": "no-support"}
    assert (await desk.post("/register", {"username": "x", "password": PASSWORD})).json["flows"] == [
        {"stages": ["m.login.dummy"]}
    ]
