"""The page behind a password link: its owner chooses a new password."""

from html import escape
from typing import NamedTuple

import msgspec

from chappe.accounts import credentials, register_store, rules
from chappe.accounts.pages import Language, alert, language_of, page
from chappe.accounts.password_link import PATH, choose_password
from chappe.accounts.passwords import Passwords
from chappe.clock import Clock
from chappe.errors import Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.http.query import parse
from chappe.ids import UserID
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

MAX_FORM_BYTES = 8_192


class _Words(NamedTuple):
    title: str
    whose: str
    ends: str
    password: str
    hint: str
    set_it: str
    wrong: str
    gone: str
    gone_help: str
    done: str
    done_help: str


_WORDS = {
    Language.ENGLISH: _Words(
        "A new password",
        "For the account",
        "All devices of this account are logged out with it. Keep the recovery key of your encrypted chats at hand.",
        "New password",
        f"At least {rules.MIN_PASSWORD_CHARS} characters",
        "Set the password",
        f"The password needs at least {rules.MIN_PASSWORD_CHARS} characters, and at most {rules.MAX_PASSWORD_BYTES}"
        " bytes.",
        "This link does not work any more",
        "It was used, is older than a day, or the password was changed since. Ask for a new one.",
        "The password is set",
        "Log in with it in your client.",
    ),
    Language.FRENCH: _Words(
        "Un nouveau mot de passe",
        "Pour le compte",
        "Tous les appareils de ce compte seront déconnectés. Gardez sous la main la clé de récupération de vos"
        " conversations chiffrées.",
        "Nouveau mot de passe",
        f"Au moins {rules.MIN_PASSWORD_CHARS} caractères",
        "Enregistrer le mot de passe",
        f"Il faut un mot de passe d’au moins {rules.MIN_PASSWORD_CHARS} caractères et d’au plus"
        f" {rules.MAX_PASSWORD_BYTES} octets.",
        "Ce lien n’est plus valable",
        "Il a déjà servi, date de plus d’un jour, ou le mot de passe a changé depuis. Demandez-en un nouveau.",
        "Le mot de passe est enregistré",
        "Connectez-vous avec lui dans votre client.",
    ),
}


class LinkQuery(msgspec.Struct):
    """The query of a password link."""

    code: str = ""


@routes.get(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def get_password_page(request: Request, query: LinkQuery) -> Answer:
    """The form, as long as the link holds."""
    language = language_of(request)
    user_id = await _owner(request, query.code)
    return _gone(language) if user_id is None else _form(language, query.code, user_id, None)


@routes.post(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def post_password_page(request: Request) -> Answer:
    """Set the password."""
    form = {name: values[-1] for name, values in parse(await request.body_bytes(MAX_FORM_BYTES)).items()}
    code, password = form.get("code", ""), form.get("password", "")
    language = language_of(request)
    words = _WORDS[language]
    user_id = await _owner(request, code)
    if user_id is None:
        return _gone(language)
    try:
        rules.require_password(password)
    except Refused:
        return _form(language, code, user_id, words.wrong)
    password_hash = await request.of(Passwords).hash(password)
    try:
        await request.call(REGISTER, choose_password, credentials.digest(code).hex(), password_hash)
    except Refused as no:
        if no.status >= 500:
            raise
        return _gone(language)
    return page(language, words.done, f"<p>{words.done_help}</p>")


async def _owner(request: Request, code: str) -> UserID | None:
    now = request.of(Clock).now_ms()
    return await register_store.owner_of_link(request.of(Database), credentials.digest(code), now)


def _gone(language: Language) -> Answer:
    words = _WORDS[language]
    return page(language, words.gone, f"<p>{words.gone_help}</p>", status=403)


def _form(language: Language, code: str, user_id: UserID, wrong: str | None) -> Answer:
    words = _WORDS[language]
    body = f"""<p>{words.whose} <strong>{escape(user_id)}</strong>. {words.ends}</p>
{alert(wrong)}<form method="post" action="{PATH}">
<input type="hidden" name="code" value="{escape(code)}">
<input type="hidden" name="username" value="{escape(user_id)}" autocomplete="username">
<label for="password">{words.password}</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="{rules.MIN_PASSWORD_CHARS}"
 aria-describedby="password-hint" required>
<small id="password-hint">{words.hint}</small>
<button>{words.set_it}</button>
</form>"""
    return page(language, words.title, body, status=400 if wrong else 200)
