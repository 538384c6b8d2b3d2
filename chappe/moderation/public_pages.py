"""How the pages of the desk are made that anybody can open."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from chappe.accounts.pages import Language, language_of
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import Answer, Request
from chappe.moderation.statement import day_of, words

if TYPE_CHECKING:
    from jinja2 import Environment

CONSOLE = "/_chappe/console"
MAX_FORM_BYTES = 65_536
MAX_FIELDS = 40
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def public_page(request: Request, template: str, values: Mapping[str, object], *, status: int = 200) -> Answer:
    """A page in the language that the browser asks for."""
    language = language_of(request)
    shown = {
        "language": language.value,
        "server": request.of(Settings).server_name,
        "console": CONSOLE,
        "t": public_words(language),
        "say": words(language),
        "wrong": "",
        "done": "",
        **values,
    }
    return Answer(status, _templates().get_template(template).render(shown).encode(), _HEADERS)


def gone(request: Request) -> Answer:
    """The page where a link leads to nothing."""
    text = public_words(language_of(request))["gone"]
    return public_page(request, "gone.html", {"wrong": text}, status=404)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that was posted. Refuses (INVALID_PARAM) what is no form."""
    raw = await request.body_bytes(MAX_FORM_BYTES)
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise Refused(Errcode.INVALID_PARAM, "This is not a form that was sent from this page.") from None
    return dict(pairs)


@cache
def public_words(language: Language) -> dict[str, str]:
    """What these pages say."""
    found: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "public.toml").read_text())
    return found[language.value]


@cache
def _templates() -> "Environment":
    """Loaded with the first page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("chappe.moderation", "public")
    made = Environment(loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"] = day_of
    return made
