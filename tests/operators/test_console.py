"""The console as staff see it in a browser, and as others try it."""

import re
from typing import Any

import pytest

from chappe.operators import ROUTES, Role
from chappe.operators.console import BASE, LOGIN
from chappe.operators.grant import revoke
from chappe.operators.sessions import IDLE_MS, SESSION_MS
from chappe.operators.words import words_of
from tests.conftest import make_settings
from tests.house import House
from tests.operators.conftest import CONSOLE, REASON, Browser, Office, form_in

pytestmark = pytest.mark.anyio

PAGES = [route for route in ROUTES if route.path not in (LOGIN, f"{BASE}/style.css", f"{BASE}/language/{{tag}}")]


async def inside(office: Office, name: str, *roles: Role, language: str = "en") -> Browser:
    """The browser of somebody on staff who has logged in."""
    browser = Browser(office.house, language)
    assert (await browser.log_in(await office.staff(name, *roles))).status_code == 303
    return browser


async def test_logging_in_and_out(office: Office) -> None:
    browser = Browser(office.house)
    assert (await browser.get()).headers["location"] == LOGIN
    answer = await browser.log_in("olga")
    assert (answer.status_code, answer.headers["location"]) == (303, BASE)
    page = await browser.get()
    assert page.status_code == 200
    assert "@olga:localhost" in page.text
    assert ">owner<" in page.text
    assert (await browser.get("/login")).headers["location"] == BASE
    answer = await browser.submit("", "/logout")
    assert answer.headers["location"] == LOGIN
    assert (await browser.get()).status_code == 303
    assert [act for act, _, _ in await office.acts()].count("console.entered") == 1


async def test_the_cookies_cannot_be_read_sent_from_elsewhere_or_kept(office: Office) -> None:
    browser = Browser(office.house)
    page = await browser.get("/login")
    answer = await browser.log_in("olga")
    for line in (page.headers["set-cookie"], answer.headers["set-cookie"]):
        assert "HttpOnly" in line
        assert "SameSite=Strict" in line
        assert f"Path={BASE}" in line
        assert "Secure" not in line, "this server is reached by http"
    assert "Max-Age" not in answer.headers["set-cookie"]
    secrets = [browser.jar["chappe_console"], browser.jar["chappe_browser"]]
    for table in ("console_session", "console_browser"):
        rows = await office.house.chappe.database.fetch(f"SELECT * FROM {table}")
        assert rows
        assert not any(secret in str(row) for row in rows for secret in secrets)


def test_over_https_the_cookies_are_secure(tmp_path: Any) -> None:
    from chappe.operators.cookies import set_cookie

    settings = make_settings(tmp_path, public_baseurl="https://example.org")
    assert set_cookie(settings, "a", "b")[1].endswith("; Secure")
    assert "Max-Age=0" in set_cookie(settings, "a", "")[1]


async def test_pages_allow_no_script_and_nothing_from_elsewhere(office: Office) -> None:
    browser = await inside(office, "olga")
    for path in ("/login", "", "/staff", "/glass", "/log", "/log/0", "/nowhere-like-this"):
        page = await browser.get(path)
        if "text/html" in page.headers.get("content-type", ""):
            policy = page.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; form-action 'self'")
            assert "unsafe" not in policy
            assert not re.search(r"<script|style=|<style|\son\w+=|https?://", page.text), path
            assert page.headers["cache-control"] == "no-store"
    assert (await browser.get("/style.css")).headers["content-type"].startswith("text/css")


async def test_wrong_passwords_and_people_who_are_not_staff(office: Office) -> None:
    await office.person("ann")
    browser = Browser(office.house)
    for name, password in (("olga", "wrong password"), ("nobody", House.PASSWORD), ("", ""), ("@x:elsewhere", "x"),
                           ("olga", "x" * 600)):  # fmt: skip
        answer = await browser.log_in(name, password)
        assert (answer.status_code, "is wrong" in answer.text) == (403, True), name
    answer = await browser.log_in("ann")
    assert (answer.status_code, "Only staff" in answer.text) == (403, True)
    assert "chappe_console" not in browser.jar


async def test_a_form_from_elsewhere_does_nothing(office: Office) -> None:
    browser = await inside(office, "olga")
    mia = await office.person("mia")
    fields = {"name": "mia", "role": "moderator", "reason": REASON}
    form = form_in(await browser.get("/staff"), "/staff/grant")
    other = await inside(office, "otto", Role.OWNER)
    key = form_in(await other.get("/staff"), "/staff/grant")["key"]
    for spoilt in ({}, {"key": ""}, {"key": "x"}, {"key": "\u00e9"}, {"key": key}):
        answer = await browser.post("/staff/grant", {**fields, **spoilt})
        assert (answer.status_code, "not of your session" in answer.text) == (403, True)
    answer = await browser.post("/staff/grant", {**fields, **form}, sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert await office.roles_of(mia) == frozenset()
    answer = await browser.post("/staff/grant", {**fields, **form}, sec_fetch_site="same-origin")
    assert answer.status_code == 303
    assert await office.roles_of(mia) == {Role.MODERATOR}


async def test_logging_in_needs_our_own_form_too(office: Office) -> None:
    browser = Browser(office.house)
    fields = {"name": "olga", "password": House.PASSWORD}
    assert (await browser.post("/login", fields)).status_code == 403
    await browser.get("/login")
    assert (await browser.post("/login", {**fields, "key": "x"})).status_code == 403
    key = form_in(await browser.get("/login"), "/login")["key"]
    assert (await browser.post("/login", {**fields, "key": key}, sec_fetch_site="cross-site")).status_code == 403
    assert (await Browser(office.house).post("/login", {**fields, "key": key})).status_code == 403
    assert (await browser.post("/login", {**fields, "key": key})).status_code == 303


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a=%00", b"&".join(b"a%d=1" % at for at in range(500)), b"x" * 70_000, b"{}", b""]
)
async def test_what_is_no_form_is_refused(office: Office, body: bytes) -> None:
    browser = await inside(office, "olga")
    for path in ("/staff/grant", "/glass", "/languages", "/login", "/logout"):
        answer = await browser.send("POST", path, body)
        assert 400 <= answer.status_code < 500, path


@pytest.mark.parametrize("secret", ["", "x", "x" * 5_000, '"', "a b; c=d", "\u00e9"])
async def test_cookies_with_rubbish_are_no_session(office: Office, secret: str) -> None:
    browser = await inside(office, "olga")
    browser.jar["chappe_console"] = secret.encode("utf-8").decode("latin-1")
    assert (await browser.get("/staff")).headers["location"] == LOGIN


async def test_a_session_ends_after_a_while_and_after_a_day(office: Office) -> None:
    browser = await inside(office, "olga")
    for _ in range(SESSION_MS // (IDLE_MS - 60_000)):
        office.house.clock.advance((IDLE_MS - 61_000) / 1000)
        assert (await browser.get()).status_code == 200
        await office.house.settle()
    office.house.clock.advance(IDLE_MS / 1000)
    assert (await browser.get()).status_code == 303
    browser = await inside(office, "olga")
    office.house.clock.advance(IDLE_MS / 1000 + 1)
    assert (await browser.get()).status_code == 303


@pytest.mark.parametrize("how", ["password", "lock", "revoke", "deactivate"])
async def test_a_session_ends_with_the_right_to_it(office: Office, how: str) -> None:
    browser = await inside(office, "mia", Role.MODERATOR)
    assert (await browser.get()).status_code == 200
    mia = office.people["mia"]
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "mia"}, "password": House.PASSWORD}
    if how == "password":
        (await mia.post("/account/password", {"new_password": "another one, long", "auth": auth})).ok()
    elif how == "lock":
        path = f"/_matrix/client/v1/admin/lock/{mia.user_id}"
        (await office.people["olga"].put(path, {"locked": True})).ok()
    elif how == "revoke":
        await office.call(office.people["olga"], revoke, mia.user_id, "moderator", REASON)
    else:
        (await mia.post("/account/deactivate", {"auth": auth})).ok()
    assert (await browser.get()).status_code == 303


MAY_OPEN = {
    "": set(Role),
    "/staff": set(Role),
    "/glass": set(Role) - {Role.AUDITOR},
    "/log": {Role.OWNER, Role.AUDITOR},
    "/log/0": {Role.OWNER, Role.AUDITOR},
}


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
async def test_who_opens_which_page(office: Office, role: Role) -> None:
    browser = await inside(office, "pat", role)
    home = (await browser.get()).text
    for path, roles in MAY_OPEN.items():
        page = await browser.get(path)
        assert (page.status_code == 200) is (role in roles), path
        if path != "/log/0":
            assert (f'href="{CONSOLE}{path}"' in home) is (role in roles), path
    may_grant = role in (Role.OWNER, Role.ADMINISTRATOR)
    staff = (await browser.get("/staff")).text
    assert (f'action="{CONSOLE}/staff/grant"' in staff) is may_grant
    assert ('value="legal"' in staff) is (role is Role.OWNER)


@pytest.mark.parametrize("route", PAGES, ids=lambda route: f"{route.method} {route.path}")
async def test_nothing_is_shown_or_done_without_a_session(office: Office, route: Any) -> None:
    path = re.sub(r"\{[^}]*\}", "0", route.path).removeprefix(CONSOLE)
    before = await office.acts()
    browser = Browser(office.house)
    for _ in range(2):
        answer = await browser.send(route.method, path, b"key=x&name=olga" if route.method == "POST" else b"")
        assert (answer.status_code, answer.headers["location"]) == (303, LOGIN)
        browser.jar["chappe_console"] = "x" * 43
    token = f"Bearer {office.people['olga'].token}"
    assert (await browser.send(route.method, path, Authorization=token)).status_code == 303, (
        "an access token is no session"
    )
    assert await office.acts() == before


async def test_granting_and_revoking_in_the_browser(office: Office) -> None:
    browser = await inside(office, "olga")
    mia = await office.person("mia")
    answer = await browser.submit("/staff", "/staff/grant", name="mia", role="child safety", reason="trained")
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"].removeprefix(CONSOLE))
    assert "The role is granted." in page.text
    assert "child safety, by @olga:localhost" in page.text
    assert await office.roles_of(mia) == {Role.CHILD_SAFETY}
    for fields, told in (
        ({"name": "mia", "role": "administrator", "reason": REASON}, "exclude each other"),
        ({"name": "olga", "role": "legal", "reason": REASON}, "to themselves"),
        ({"name": "nobody", "role": "legal", "reason": REASON}, "no such account"),
        ({"name": "mia", "role": "legal", "reason": ""}, "Say why"),
        ({"name": "mia", "role": "<b>", "reason": REASON}, "no such role"),
        ({"name": "<script>", "role": "legal", "reason": REASON}, "no such account"),
    ):
        answer = await browser.submit("/staff", "/staff/grant", **fields)
        assert 400 <= answer.status_code < 500
        assert told in answer.text
        assert "<script>" not in answer.text
    await browser.submit("/staff", "/staff/revoke", name="@mia:localhost", role="child safety", reason="left")
    assert await office.roles_of(mia) == frozenset()


async def test_breaking_the_glass_in_two_browsers(office: Office) -> None:
    adam, sam = await inside(office, "adam", Role.ADMINISTRATOR), await inside(office, "sam", Role.SENIOR_MODERATOR)
    assert (await adam.get("/log")).status_code == 403
    made = await adam.submit(
        "/glass", "/glass", role="auditor", hours="2", name="", reason="<b>the log</b> was asked for"
    )
    path = made.headers["location"].partition("?")[0].removeprefix(CONSOLE)
    page = await adam.get(path)
    assert "Withdraw" in page.text
    assert f"{path}/approve" not in page.text
    assert "&lt;b&gt;the log&lt;/b&gt;" in page.text
    assert path in (await sam.get()).text
    answer = await sam.submit(path, f"{path}/approve")
    assert answer.status_code == 303
    assert (await adam.get("/log")).status_code == 200
    assert f"{path}/approve" not in (await sam.get(path)).text
    olga = await inside(office, "olga")
    home = await olga.get()
    assert "@adam:localhost proposed, and @sam:localhost approved" in home.text
    await olga.submit("", path.replace("proposals", "notices"))
    assert "@adam:localhost proposed" not in (await olga.get()).text


async def test_one_browser_is_one_person(office: Office) -> None:
    """Adam logs in as a second account in his own browser: the browser is known."""
    browser = await inside(office, "adam", Role.ADMINISTRATOR)
    made = await browser.submit("/glass", "/glass", role="auditor", hours="2", name="", reason=REASON)
    path = made.headers["location"].partition("?")[0].removeprefix(CONSOLE)
    await browser.submit("", "/logout")
    await office.staff("sock", Role.SENIOR_MODERATOR)
    assert (await browser.log_in("sock")).status_code == 303
    answer = await browser.submit(path, f"{path}/approve")
    assert (answer.status_code, "have used one device" in answer.text) == (403, True)
    elsewhere = await inside(office, "sock")
    assert (await elsewhere.submit(path, f"{path}/approve")).status_code == 403, "also from another browser, afterwards"
    assert await office.roles_of(office.people["adam"]) == {Role.ADMINISTRATOR}


async def test_the_log_is_shown_with_its_proofs_and_each_look_is_in_it(office: Office) -> None:
    """R140."""
    house = office.house
    browser = await inside(office, "ada", Role.AUDITOR)
    await house.chappe.sealer.catch_up()
    page = await browser.get("/log")
    assert page.text.count(">proven<") == len(re.findall(r"/log/\d+", page.text)) - page.text.count(">not sealed yet<")
    assert page.text.count(">proven<") >= 3
    assert (await office.acts())[-1] == ("audit.read", "@ada:localhost", "log")
    entry = await browser.get("/log/0")
    assert "operator.granted" in entry.text
    assert "&#34;after&#34;: [" in entry.text
    await house.settle()
    await house.chappe.database.execute_once("UPDATE audit_entry SET actor = 'x' WHERE number = 0")
    assert "does not fit" in (await browser.get("/log/0")).text
    assert (await browser.get("/log")).text.count("does not fit") == 1


async def test_the_log_in_parts(office: Office) -> None:
    for at in range(15):
        await office.staff(f"m{at}", Role.MODERATOR)
        await office.call(office.people["olga"], revoke, f"@m{at}:localhost", "moderator", REASON)
    browser = await inside(office, "ada", Role.AUDITOR)
    page = await browser.get("/log")
    older = re.search(r'href="/_chappe/console(/log\?[^"]*before[^"]*)"', page.text)
    assert older
    assert ">0</a>" in (await browser.get(older[1].replace("&amp;", "&"))).text
    only = (await browser.get("/log?act=operator.revoked&subject=%40m3%3Alocalhost")).text
    assert len(re.findall(r"/log/\d+", only)) == 1
    for wrong in (
        "/log?before=x&act=%00",
        "/log?before=-1",
        "/log?act=%22%3E%3Cscript%3E",
        "/log/99999999999999999999",
        "/log/x",
    ):
        answer = await browser.get(wrong)
        assert answer.status_code in (200, 400, 404)
        assert "<script>" not in answer.text


async def test_in_french_by_the_browser_or_by_choice(office: Office) -> None:
    french = await inside(office, "olga", language="fr-CA, en;q=0.5")
    home = await french.get()
    assert '<html lang="fr">' in home.text
    assert "Vous êtes" in home.text
    answer = await french.submit("/staff", "/staff/grant", name="olga", role="legal", reason=REASON)
    assert "Personne ne s’accorde un rôle" in answer.text
    answer = await french.get("/language/en")
    assert answer.status_code == 303
    assert "You are" in (await french.get()).text
    assert (await french.get("/language/xx")).status_code == 404


def test_every_word_is_said_in_every_language() -> None:
    words = words_of("operators")
    assert set(words["en"]) == set(words["fr"])
    for word, text in words["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", words["fr"][word])), word


async def test_pages_can_be_used_without_a_mouse_and_without_seeing(office: Office) -> None:
    """Each field has its label, each page its heading, language and way around the navigation."""
    browser = await inside(office, "olga")
    for path in ("/login", "", "/staff", "/glass", "/log", "/log/0"):
        reader = Browser(office.house) if path == "/login" else browser
        text = (await reader.get(path)).text
        assert text.count("<h1>") == 1
        assert 'href="#content"' in text
        labels = set(re.findall(r'<label for="([^"]+)"', text))
        fields = set(re.findall(r'<(?:input(?! type="hidden")|select|textarea) id="([^"]+)"', text))
        assert labels == fields, path
        assert len(re.findall(r"<(?:input(?! type=\"hidden\")|select|textarea) ", text)) == len(fields)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', text)) <= set(ids)
        if path in ("", "/staff", "/glass", "/log"):
            assert f'href="{CONSOLE}{path}" aria-current="page"' in text
