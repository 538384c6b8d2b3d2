"""The cookies of the console: the session, the browser, and the chosen language."""

from http.cookies import CookieError, SimpleCookie

from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.http import Request

SESSION, BROWSER, LANGUAGE = "chappe_console", "chappe_browser", "chappe_language"
PATH = "/_chappe/console"
YEAR_S = 400 * 86_400
MAX_SECRET_CHARS = 100


def session_secret(request: Request) -> str:
    """The secret of the session, or ""."""
    return _value(request, SESSION)


def browser_secret(request: Request) -> str:
    """The secret of the browser, or ""."""
    return _value(request, BROWSER)


def language(request: Request) -> Language | None:
    """The language that was chosen here."""
    chosen = _value(request, LANGUAGE)
    return next((each for each in Language if each.value == chosen), None)


def set_cookie(settings: Settings, name: str, value: str, seconds: int | None = None) -> tuple[str, str]:
    """The header that sets a cookie, until the browser ends if no time is given. An empty value removes it."""
    parts = [f"{name}={value}", f"Path={PATH}", "HttpOnly", "SameSite=Strict"]
    if not value:
        seconds = 0
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if settings.base_url.startswith("https:"):
        parts.append("Secure")
    return ("Set-Cookie", "; ".join(parts))


def _value(request: Request, name: str) -> str:
    try:
        found = SimpleCookie(request.header("cookie") or "").get(name)
    except CookieError:
        return ""
    value = "" if found is None else found.value
    return value if len(value) <= MAX_SECRET_CHARS else ""
