"""Stages of a registration in a browser, for clients that do not know them. v1.19, "Fallback"."""

from html import escape
from pathlib import Path
from typing import NamedTuple

import msgspec

from chappe.accounts import credentials, register_store, rules, uia
from chappe.accounts.pages import Language, alert, language_of, page
from chappe.accounts.routes_register import flows_of
from chappe.accounts.work import BITS, MAX_NONCE_CHARS, WORK, is_done, prefix_of
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.http.query import parse
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

MAX_FORM_BYTES = 8_192

_PATH = "/_matrix/client/v3/auth/{auth_type}/fallback/web"
_IN_BROWSER = frozenset({uia.TERMS, uia.TOKEN, WORK})
_WORK_SCRIPT = Path(__file__).with_name("work.js").read_text()
_DONE = (
    "if (window.onAuthDone) { window.onAuthDone(); }"
    " else if (window.opener && window.opener.postMessage) { window.opener.postMessage('authDone', '*'); }"
)
"""How the page tells the client that it is done; the specification prescribes both ways."""


class _Words(NamedTuple):
    terms: str
    accept: str
    token: str
    token_label: str
    go_on: str
    token_wrong: str
    terms_wrong: str
    gone: str
    gone_help: str
    work: str
    work_help: str
    work_wrong: str
    done: str
    done_help: str


_WORDS = {
    Language.ENGLISH: _Words(
        "The terms of this server", "I accept these documents", "Registration token", "The token you were given",
        "Go on", "This token is unknown, has expired or is used up.", "Without accepting them you get no account here.",
        "This registration has ended", "It took longer than 15 minutes, or is complete. Begin again in your client.",
        "One moment", "Many accounts are being made just now, so yours takes some work first. Your browser does it,"
        " in a few seconds.", "That was not the work. Load the page again.",
        "Done", "You can close this window and go on in your client.",
    ),
    Language.FRENCH: _Words(
        "Les conditions de ce serveur", "J’accepte ces documents", "Jeton d’inscription", "Le jeton que vous avez reçu",
        "Continuer", "Ce jeton est inconnu, expiré ou épuisé.", "Sans les accepter, pas de compte sur ce serveur.",
        "Cette inscription est terminée", "Elle a duré plus de 15 minutes, ou elle est complète. Recommencez dans"
        " votre client.",
        "Un instant", "Beaucoup de comptes se créent en ce moment : le vôtre demande d’abord un peu de travail. Votre"
        " navigateur s’en charge, en quelques secondes.", "Ce n’était pas ce travail. Rechargez la page.",
        "C’est fait", "Vous pouvez fermer cette fenêtre et continuer dans votre client.",
    ),
}  # fmt: skip


class FallbackQuery(msgspec.Struct):
    """The query of a fallback page."""

    session: str


@routes.get(_PATH, auth=NOBODY, limit=Limit.LOGIN)
async def get_fallback(request: Request, auth_type: str, query: FallbackQuery) -> Answer:
    """The page of a stage."""
    _require_page(auth_type)
    language = language_of(request)
    if not await _goes_on(request, query.session):
        return _gone(language)
    return _form(request, language, auth_type, query.session, None)


@routes.post(_PATH, auth=NOBODY, limit=Limit.LOGIN)
async def post_fallback(request: Request, auth_type: str, query: FallbackQuery) -> Answer:
    """Complete a stage."""
    _require_page(auth_type)
    language = language_of(request)
    form = parse(await request.body_bytes(MAX_FORM_BYTES))
    if not await _goes_on(request, query.session):
        return _gone(language)
    token = form.get("token", [""])[-1].strip()
    if auth_type == uia.TERMS and "accept" not in form:
        return _form(request, language, auth_type, query.session, _WORDS[language].terms_wrong)
    if auth_type == uia.TOKEN and not rules.is_registration_token(token):
        return _form(request, language, auth_type, query.session, _WORDS[language].token_wrong)
    if auth_type == WORK and not is_done(prefix_of(query.session), form.get("nonce", [""])[-1][:MAX_NONCE_CHARS]):
        return _form(request, language, auth_type, query.session, _WORDS[language].work_wrong)
    flows = flows_of(request.of(Settings))
    flows = (*flows, *((WORK, *flow) for flow in flows))  # whether it is wanted, registering itself says
    try:
        key = credentials.digest(query.session).hex()
        await request.call(REGISTER, uia.complete_in_browser, key, auth_type, token or None, flows)
    except Refused as no:
        if no.code is Errcode.UNAUTHORIZED:
            return _form(request, language, auth_type, query.session, _WORDS[language].token_wrong)
        if no.code is Errcode.FORBIDDEN:
            return _gone(language)
        raise
    words = _WORDS[language]
    return page(language, words.done, f"<p>{words.done_help}</p>", script=_DONE)


def _require_page(auth_type: str) -> None:
    if auth_type not in _IN_BROWSER:
        raise Refused(Errcode.NOT_FOUND, "There is no page for this stage: complete it in the client.")


async def _goes_on(request: Request, session: str) -> bool:
    now = request.of(Clock).now_ms()
    found = await register_store.session(request.of(Database), credentials.digest(session), now)
    return found is not None and found.operation == uia.REGISTRATION


def _gone(language: Language) -> Answer:
    words = _WORDS[language]
    return page(language, words.gone, f"<p>{words.gone_help}</p>", status=403)


def _form(request: Request, language: Language, auth_type: str, session: str, wrong: str | None) -> Answer:
    words = _WORDS[language]
    if auth_type == WORK:
        body = (
            f'{alert(wrong)}<p role="status">{words.work_help}</p>\n'
            f'<form method="post" data-prefix="{prefix_of(session)}" data-bits="{BITS}">'
            '<input type="hidden" name="nonce"></form>'
        )
        return page(language, words.work, body, status=400 if wrong else 200, script="" if wrong else _WORK_SCRIPT)
    if auth_type == uia.TOKEN:
        title = words.token
        inside = (
            f'<label for="token">{words.token_label}</label>\n'
            '<input id="token" name="token" autocomplete="off" spellcheck="false" required>'
        )
    else:
        title = words.terms
        inside = (
            f"<ul>\n{_documents(request.of(Settings), language)}</ul>\n"
            f'<label><input type="checkbox" name="accept" value="yes" required> {words.accept}</label>'
        )
    body = f'{alert(wrong)}<form method="post">\n{inside}\n<button>{words.go_on}</button>\n</form>'
    return page(language, title, body, status=400 if wrong else 200)


def _documents(settings: Settings, language: Language) -> str:
    """Links to the terms, each in the reader's language if there is such a text, else in the first one."""
    chosen = {}
    for terms in settings.terms:
        if terms.name not in chosen or terms.language.startswith(language.value):
            chosen[terms.name] = terms
    return "".join(
        f'<li><a href="{escape(terms.url)}" target="_blank" rel="noopener noreferrer" '
        f'hreflang="{escape(terms.language)}">{escape(terms.title)}</a></li>\n'
        for terms in chosen.values()
    )
