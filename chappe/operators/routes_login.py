"""Logging in to the console and out of it, its language, and its style sheet."""

from functools import cache
from pathlib import Path

from chappe import accounts
from chappe.accounts import Passwords
from chappe.accounts.pages import Language, language_of
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.operators import console, cookies, sessions
from chappe.operators.rules import StaffRefused
from chappe.operators.words import LAYOUT, said
from chappe.restrictions import Restrictions
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()


@routes.get(console.LOGIN, auth=NOBODY)
async def get_login(request: Request) -> Answer:
    """The form with which staff log in to the console."""
    if await console.visit_of(request) is not None:
        return console.redirect(console.BASE)
    return _form(request)


@routes.post(console.LOGIN, auth=NOBODY, limit=Limit.LOGIN)
async def post_login(request: Request) -> Answer:
    """Log a member of staff in to the console, with the password of their account."""
    language = _language(request)
    form = await console.form_of(request)
    browser, name = cookies.browser_secret(request), form.get("name", "").strip()
    try:
        console.require_same_site(request)
        if not browser or not sessions.is_form_key(browser, "login", form.get("key", "")):
            raise StaffRefused(
                "refused_login_form", "This form is too old, or the browser keeps no cookies. Try again."
            )
        database, settings = request.of(Database), request.of(Settings)
        user_id = accounts.user_id_at_login(name, settings.server_name)
        account = await accounts.account_by_password(
            database, request.of(Restrictions), request.of(Passwords), user_id, form.get("password", "")
        )
        secret = sessions.new_secret()
        hashes = (sessions.digest(secret), sessions.digest(browser))
        await request.call(REGISTER, sessions.enter, account.user_id, account.password_hash, *hashes)
    except Refused as no:
        if no.status >= 500:
            raise
        wrong = console.reason_of(no, language)
        if no.code is Errcode.FORBIDDEN and not isinstance(no, StaffRefused):
            wrong = said(language, LAYOUT, "refused_login")
        return _form(request, name, wrong, status=no.status)
    return console.redirect(console.BASE, cookies.set_cookie(settings, cookies.SESSION, secret))


def _form(request: Request, name: str = "", wrong: str = "", *, status: int = 200) -> Answer:
    """The form, and a secret for the browser if it has none: the form's key is made of it."""
    browser = cookies.browser_secret(request) or sessions.new_secret()
    cookie = cookies.set_cookie(request.of(Settings), cookies.BROWSER, browser, cookies.YEAR_S)
    values: dict[str, object] = {
        "key": sessions.form_key(browser, "login"), "name": name, "wrong": wrong, "base": console.BASE, "visit": None,
        "pages": [],
    }  # fmt: skip
    template = f"{LAYOUT}/login.html"
    return console.rendered(request, _language(request), template, values, status=status, cookie=(cookie,))


def _language(request: Request) -> Language:
    return cookies.language(request) or language_of(request)


@console.post(routes, "logout")
async def post_logout(visit: console.Visit) -> Answer:
    """Log out of the console."""
    await visit.call(sessions.leave, visit.session.hash)
    return console.redirect(console.LOGIN, cookies.set_cookie(visit.request.of(Settings), cookies.SESSION, ""))


@routes.get(f"{console.BASE}/language/{{tag}}", auth=NOBODY)
async def get_language(request: Request, tag: str) -> Answer:
    """Choose the language of the console, in this browser."""
    chosen = next((each for each in Language if each.value == tag), None)
    if chosen is None:
        raise Refused(Errcode.NOT_FOUND, "The console does not have this language.")
    cookie = cookies.set_cookie(request.of(Settings), cookies.LANGUAGE, chosen.value, cookies.YEAR_S)
    return console.redirect(console.BASE, cookie)


@routes.get(f"{console.BASE}/style.css", auth=NOBODY)
async def get_style(request: Request) -> Answer:
    """The style sheet of the console."""
    headers = (("Content-Type", "text/css; charset=utf-8"), ("Cache-Control", "max-age=300"),
               ("X-Content-Type-Options", "nosniff"))  # fmt: skip
    return Answer(200, _style(), headers)


@cache
def _style() -> bytes:
    return (Path(__file__).parent / "style.css").read_bytes()
