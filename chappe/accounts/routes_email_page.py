"""The page behind the link in a letter. It asks before it confirms: programs that look at mail open links, too."""

from html import escape
from typing import NamedTuple

import msgspec

from chappe.accounts import credentials, emails, emails_store
from chappe.accounts.emails import PATH, Purpose
from chappe.accounts.emails_store import EmailSession
from chappe.accounts.pages import Language, language_of, page
from chappe.clock import Clock
from chappe.errors import Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.http.query import parse
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

MAX_FORM_BYTES = 8_192


class _Words(NamedTuple):
    title: str
    permits: dict[Purpose, str]
    only_if: str
    confirm: str
    gone: str
    gone_help: str
    done: str
    done_help: str
    go_on: str


_WORDS = {
    Language.ENGLISH: _Words(
        "Confirm your mail address",
        {
            Purpose.ADD: "An account gets this mail address:",
            Purpose.REGISTER: "A new account is made with this mail address:",
            Purpose.RESET: "A new password is set for the account with this mail address:",
        },
        "Confirm only if you have asked for it yourself, just now. Whoever asked can then go on.",
        "Confirm",
        "This link does not work any more",
        "It was used, or is older than an hour. Ask for a new one in your client.",
        "The address is confirmed",
        "Go on in your client.",
        "Go on",
    ),
    Language.FRENCH: _Words(
        "Confirmez votre adresse e-mail",
        {
            Purpose.ADD: "Un compte reçoit cette adresse e-mail :",
            Purpose.REGISTER: "Un nouveau compte est créé avec cette adresse e-mail :",
            Purpose.RESET: "Un nouveau mot de passe est choisi pour le compte qui a cette adresse e-mail :",
        },
        "Ne confirmez que si vous venez de le demander vous-même : qui l’a demandé pourra alors continuer.",
        "Confirmer",
        "Ce lien n’est plus valable",
        "Il a déjà servi, ou date de plus d’une heure. Demandez-en un nouveau dans votre client.",
        "L’adresse est confirmée",
        "Continuez dans votre client.",
        "Continuer",
    ),
}


class TokenQuery(msgspec.Struct):
    """The query of the link."""

    token: str = ""


@routes.get(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def get_confirm_page(request: Request, query: TokenQuery) -> Answer:
    """What is to be confirmed, and the button for it."""
    language = language_of(request)
    words = _WORDS[language]
    found = await _session(request, query.token)
    if found is None:
        return _gone(language)
    whose = f" ({escape(found.user_id)})" if found.user_id else ""
    body = (
        f"<p>{words.permits[Purpose(found.purpose)]} <strong>{escape(found.address)}</strong>{whose}</p>\n"
        f'<p>{words.only_if}</p>\n<form method="post" action="{PATH}">\n'
        f'<input type="hidden" name="token" value="{escape(query.token)}">\n<button>{words.confirm}</button>\n</form>'
    )
    return page(language, words.title, body)


@routes.post(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def post_confirm_page(request: Request) -> Answer:
    """Confirm the address. Where the client wishes the person to go on is a link, and never a redirection."""
    language = language_of(request)
    words = _WORDS[language]
    token = parse(await request.body_bytes(MAX_FORM_BYTES)).get("token", [""])[-1]
    found = await _session(request, token)
    if found is None:
        return _gone(language)
    try:
        await request.call(REGISTER, emails.confirm, credentials.digest(token).hex())
    except Refused as no:
        if no.status >= 500:
            raise
        return _gone(language)
    body = f"<p>{words.done_help}</p>"
    if found.next_link is not None:
        body += f'\n<p><a href="{escape(found.next_link)}" rel="noreferrer">{words.go_on}</a></p>'
    return page(language, words.done, body)


async def _session(request: Request, token: str) -> EmailSession | None:
    now = request.of(Clock).now_ms()
    return await emails_store.session_of_token(request.of(Database), credentials.digest(token), now)


def _gone(language: Language) -> Answer:
    words = _WORDS[language]
    return page(language, words.gone, f"<p>{words.gone_help}</p>", status=403)
