"""The few pages that people see in a browser: small, without anything from elsewhere, in English and French."""

from base64 import b64encode
from enum import Enum
from hashlib import sha256
from html import escape

from chappe.http import Answer, Request

MAX_LANGUAGES = 20
"""Entries of Accept-Language that are looked at."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1b2733; --paper: #fbfaf7; --line: #8b939b; --act: #0a5a8a; --on-act: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e2dc; --paper: #14181d; --line: #6b747d; --act: #7cc4f0; --on-act: #10202c }
}
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1.2rem;
       color: var(--ink); background: var(--paper) }
h1 { line-height: 1.25 }
strong { overflow-wrap: anywhere }
a { color: var(--act) }
label { display: block; margin-top: 1.2rem; font-weight: 600 }
input { accent-color: var(--act) }
input:not([type=checkbox]) { font: inherit; width: 100%; box-sizing: border-box; padding: .45rem .6rem;
       color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .3rem }
button { font: inherit; margin-top: 1.6rem; padding: .5rem 1.3rem; color: var(--on-act); background: var(--act);
       border: 0; border-radius: .3rem; cursor: pointer }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
.wrong { border-inline-start: .3rem solid #c22; padding-inline-start: .8rem }
small { display: block; margin-top: .2rem }
"""


class Language(Enum):
    """The languages that pages have."""

    ENGLISH = "en"
    FRENCH = "fr"


def language_of(request: Request) -> Language:
    """The language that the browser asks for before others; English if it asks for none of ours."""
    known = {language.value: language for language in Language}
    wishes: list[tuple[float, Language]] = []
    for entry in (request.header("accept-language") or "").split(",")[:MAX_LANGUAGES]:
        tag, _, quality = entry.partition(";")
        language = known.get(tag.strip().lower()[:2])
        if language is not None:
            wishes.append((_quality(quality), language))
    return max(wishes, key=lambda wish: wish[0], default=(0.0, Language.ENGLISH))[1]


def _quality(text: str) -> float:
    try:
        return min(max(float(text.strip().removeprefix("q=")), 0.0), 1.0)
    except ValueError:
        return 1.0


def page(language: Language, title: str, body: str, *, status: int = 200, script: str = "") -> Answer:
    """An HTML page. `body` is HTML, with everything from outside escaped; `title` is text."""
    source = f"script-src {_allowed(script)}; " if script else ""
    policy = (
        f"default-src 'none'; {source}style-src {_allowed(_STYLE)}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    text = (
        f'<!doctype html>\n<html lang="{language.value}">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n"
        f"<body><main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body></html>\n"
    )
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Answer(status, text.encode(), headers)


def alert(text: str | None) -> str:
    """What went wrong, told to people who see and to people who listen. `text` is plain."""
    return f'<p class="wrong" role="alert">{escape(text)}</p>\n' if text else ""


def _allowed(text: str) -> str:
    """The source of an inline text in a content security policy: its hash."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
