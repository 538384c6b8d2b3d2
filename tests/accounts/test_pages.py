"""What people see in a browser: the owner's page, and stages of a registration."""

import asyncio
import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chappe.accounts import owner_link
from chappe.web import WebClient
from tests.accounts.conftest import PASSWORD, Desk
from tests.accounts.synapse import register_by_secret
from tests.house import Said

pytestmark = pytest.mark.anyio

OWNER = "/_chappe/owner"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def code_of(desk: Desk) -> str:
    link = await owner_link(desk.bus, desk.database, desk.settings)
    assert link is not None
    assert link.startswith(desk.settings.base_url + OWNER)
    return parse_qs(urlsplit(link).query)["code"][0]


async def submit(desk: Desk, path: str, form: dict[str, str], language: str = "en") -> Said:
    response = await desk.client.post(path, data=form, headers={"Accept-Language": language})
    return Said(response)


async def test_the_owner_makes_the_first_account(desk: Desk) -> None:
    desk.configure(registration="closed")
    code = await code_of(desk)
    page = await desk.get(OWNER, code=code)
    assert page.status == 200
    assert '<html lang="en">' in page.text
    for name in ("name", "password"):
        assert f'<label for="{name}">' in page.text
    done = await submit(desk, OWNER, {"code": code, "name": "Marie", "password": PASSWORD})
    assert done.status == 200
    assert "@marie:localhost" in done.text
    assert desk.settings.base_url in done.text
    token = (await desk.log_in("marie")).ok()["access_token"]
    assert (await desk.get("/_chappe/admin/v1/accounts", token=token)).status == 200
    assert (await desk.get(OWNER, code=code)).status == 403
    assert await owner_link(desk.bus, desk.database, desk.settings) is None


async def test_a_browser_is_led_to_the_web_client(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    code = await code_of(desk)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert (await desk.client.get(OWNER, params={"code": code}, headers=browser)).status_code == 200
    desk.web_client = WebClient(tmp_path)
    desk.configure()
    code = await code_of(desk)
    led = await desk.client.get(OWNER, params={"code": code}, headers=browser)
    assert (led.status_code, led.headers["location"]) == (303, f"/#/owner?code={quote(code)}")
    assert (await desk.get(OWNER, code=code)).status == 200, "who wants no page in particular gets the form"


async def test_the_web_client_makes_the_first_account(desk: Desk) -> None:
    desk.configure(registration="closed")
    code = await code_of(desk)
    wish = {"code": code, "name": "marie", "password": PASSWORD}
    await register_by_secret(desk, "taken")
    for wrong, errcode in (
        ({"code": "another"}, "M_FORBIDDEN"),
        ({"name": "ma rie"}, "M_INVALID_USERNAME"),
        ({"name": "taken"}, "M_USER_IN_USE"),
        ({"password": "short"}, "M_WEAK_PASSWORD"),
        ({"password": None}, "M_BAD_JSON"),
    ):
        assert (await desk.post(OWNER, wish | wrong)).errcode == errcode
    assert (await desk.post(OWNER, wish)).ok() == {"user_id": "@marie:localhost"}
    token = (await desk.log_in("marie")).ok()["access_token"]
    assert (await desk.get("/_chappe/admin/v1/accounts", token=token)).status == 200
    assert (await desk.post(OWNER, wish)).errcode == "M_FORBIDDEN"


async def test_the_page_lets_nothing_in_from_elsewhere(desk: Desk) -> None:
    page = await desk.get(OWNER, code=await code_of(desk))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


async def test_the_page_speaks_french(desk: Desk) -> None:
    code = await code_of(desk)
    for wish, language in (
        ("fr", "fr"), ("fr-CA,en;q=0.5", "fr"), ("en;q=0.5, fr;q=0.9", "fr"), ("de, fr;q=0.1", "fr"), ("de", "en"),
        ("fr;q=x,", "fr"), ("", "en"),
    ):  # fmt: skip
        response = await desk.client.get(OWNER, params={"code": code}, headers={"Accept-Language": wish})
        assert f'<html lang="{language}">' in response.text, wish


async def test_mistakes_are_told_in_the_form(desk: Desk) -> None:
    await desk.register("taken")
    code = await code_of(desk)
    for name, password in (("", PASSWORD), ("al ice", PASSWORD), ("alice", "short"), ("taken", PASSWORD)):
        said = await submit(desk, OWNER, {"code": code, "name": name, "password": password}, "fr")
        assert said.status == 400
        assert 'role="alert"' in said.text
        assert password not in said.text
    said = await submit(desk, OWNER, {"code": code, "name": '"><script>', "password": PASSWORD})
    assert "<script>" not in said.text
    assert (await submit(desk, OWNER, {})).status == 403


async def test_of_fifty_callers_one_uses_the_link(desk: Desk) -> None:
    code = await code_of(desk)
    said = await asyncio.gather(
        *(submit(desk, OWNER, {"code": code, "name": f"p{n}", "password": PASSWORD}) for n in range(50))
    )
    assert sorted(one.status for one in said) == [200] + [403] * 49
    assert len(await desk.database.fetch("SELECT * FROM account")) == 1


async def test_a_link_ends_after_a_day_or_with_the_next_one(desk: Desk) -> None:
    first = await code_of(desk)
    second = await code_of(desk)
    assert (await desk.get(OWNER, code=first)).status == 403
    assert (await desk.get(OWNER, code=second)).status == 200
    desk.clock.advance(86_401)
    assert (await desk.get(OWNER, code=second)).status == 403
    assert (await submit(desk, OWNER, {"code": second, "name": "a", "password": PASSWORD})).status == 403
    assert (await desk.get(OWNER)).status == 403


TERMS = (
    '[{ name = "p", version = "1", language = "en", title = "Privacy <1>", url = "https://x.example/en" },'
    ' { name = "p", version = "1", language = "fr", title = "Vie privée", url = "https://x.example/fr" }]'
)


def fallback(stage: str, session: str) -> str:
    return f"/_matrix/client/v3/auth/{stage}/fallback/web?session={session}"


async def test_stages_are_completed_in_a_browser(desk: Desk) -> None:
    boss = await desk.operator()
    new = {"token": "abc", "uses_allowed": 1}
    (await desk.post("/_synapse/admin/v1/registration_tokens/new", new, token=boss)).ok()
    desk.configure(registration="token", terms=TERMS)
    body = {"username": "alice", "password": PASSWORD}
    session = (await desk.post("/register", body)).json["session"]

    page = await desk.get(fallback("m.login.registration_token", session))
    assert page.status == 200
    assert '<label for="token">' in page.text
    wrong = await submit(desk, fallback("m.login.registration_token", session), {"token": "wrong"})
    assert wrong.status == 400
    early = await submit(desk, fallback("m.login.terms", session), {"accept": "yes"})
    assert early.status == 403  # the token comes first
    done = await submit(desk, fallback("m.login.registration_token", session), {"token": "abc"})
    assert done.status == 200
    assert "window.onAuthDone()" in done.text
    script = re.search(r"script-src 'sha256-[^']+'", done.headers["content-security-policy"])
    assert script is not None
    said = await desk.post("/register", {**body, "auth": {"session": session}})
    assert (said.status, said.json["completed"]) == (401, ["m.login.registration_token"])

    page = Said(await desk.client.get(fallback("m.login.terms", session), headers={"Accept-Language": "fr"}))
    assert "https://x.example/fr" in page.text
    assert "https://x.example/en" not in page.text
    english = await desk.get(fallback("m.login.terms", session))
    assert "Privacy &lt;1&gt;" in english.text
    assert (await submit(desk, fallback("m.login.terms", session), {})).status == 400
    assert (await submit(desk, fallback("m.login.terms", session), {"accept": "yes"})).status == 200
    assert (await desk.post("/register", {**body, "auth": {"session": session}})).ok()["user_id"] == "@alice:localhost"
    assert (await desk.get(fallback("m.login.terms", session))).status == 403


async def test_pages_that_are_not_there(desk: Desk) -> None:
    assert (await desk.get(fallback("m.login.password", "x"))).errcode == "M_NOT_FOUND"
    assert (await desk.get("/auth/m.login.terms/fallback/web")).errcode == "M_MISSING_PARAM"
    token = (await desk.register("alice"))["access_token"]
    session = (await desk.delete("/devices/X", token=token)).json["session"]
    assert (await desk.get(fallback("m.login.terms", session))).status == 403  # that session is no registration
