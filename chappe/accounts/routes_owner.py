"""The page behind the owner link: it makes the account of whoever started the server.

Where the web client is there, a browser is led to it, and it asks for the same here in JSON. The form is for everybody
else; it needs no script.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from chappe.accounts import credentials, register, register_store, rules
from chappe.accounts.owner_link import PATH
from chappe.accounts.pages import Language, alert, language_of, page
from chappe.accounts.passwords import Passwords
from chappe.accounts.records import NewAccount
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.http.query import parse
from chappe.ids import UserID
from chappe.storage import Database
from chappe.stream import REGISTER
from chappe.web import WebClient

routes = Routes()

MAX_FORM_BYTES = 8_192


class _Words(NamedTuple):
    title: str
    intro: str
    name: str
    name_hint: str
    password: str
    password_hint: str
    make: str
    name_wrong: str
    name_taken: str
    password_wrong: str
    gone: str
    gone_help: str
    done: str
    done_who: str
    done_how: str


_WORDS = {
    Language.ENGLISH: _Words(
        "Your account",
        "You started this server. Choose the name and the password of its first account; it may administer the server.",
        "User name",
        "Small letters, digits and . _ = - / +",
        "Password",
        f"At least {rules.MIN_PASSWORD_CHARS} characters",
        "Make the account",
        "A user name has only small letters, digits and . _ = - / +, and is not too long.",
        "This user name is taken. Choose another.",
        f"The password needs at least {rules.MIN_PASSWORD_CHARS} characters, and at most {rules.MAX_PASSWORD_BYTES}"
        " bytes.",
        "This link does not work any more",
        "It was used, or is older than a day, or the server has started again since. Start the server again: while"
        " there is no owner, it prints a new link.",
        "Your account is ready",
        "You are",
        "Open a Matrix client, for example Element or nheko. Where it asks for the homeserver, write",
    ),
    Language.FRENCH: _Words(
        "Votre compte",
        "Vous avez démarré ce serveur. Choisissez le nom et le mot de passe de son premier compte, qui pourra"
        " l’administrer.",
        "Nom d’utilisateur",
        "Lettres minuscules, chiffres et . _ = - / +",
        "Mot de passe",
        f"Au moins {rules.MIN_PASSWORD_CHARS} caractères",
        "Créer le compte",
        "Le nom ne contient que des minuscules, des chiffres et . _ = - / +, et n’est pas trop long.",
        "Ce nom est déjà pris. Choisissez-en un autre.",
        f"Il faut un mot de passe d’au moins {rules.MIN_PASSWORD_CHARS} caractères et d’au plus"
        f" {rules.MAX_PASSWORD_BYTES} octets.",
        "Ce lien n’est plus valable",
        "Il a déjà servi, ou date de plus d’un jour, ou le serveur a redémarré depuis. Redémarrez le serveur : tant"
        " qu’il n’a pas de propriétaire, il affiche un nouveau lien.",
        "Votre compte est prêt",
        "Vous êtes",
        "Ouvrez un client Matrix, par exemple Element ou nheko. Comme serveur, indiquez",
    ),
}


class OwnerQuery(msgspec.Struct):
    """The query of the owner link."""

    code: str = ""


@routes.get(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def get_owner(request: Request, query: OwnerQuery) -> Answer:
    """The form, as long as the link holds. A browser is led to the web client instead, if there is one."""
    if request.of(WebClient).is_there and "text/html" in (request.header("accept") or ""):
        # In the fragment it stays in the browser; the client takes it out of the address when it is used.
        return Answer(303, b"", (("Location", f"/#/owner?code={quote(query.code)}"), ("Cache-Control", "no-store")))
    language = language_of(request)
    if not await _holds(request, query.code):
        return _gone(language)
    return _form(language, query.code, "", None)


@routes.post(PATH, auth=NOBODY, limit=Limit.LOGIN)
async def post_owner(request: Request) -> Answer:
    """Make the owner's account. What is sent as JSON is answered so; a form gets a page."""
    if (request.header("content-type") or "").startswith("application/json"):
        return await _make_for_client(request)
    form = {name: values[-1] for name, values in parse(await request.body_bytes(MAX_FORM_BYTES)).items()}
    code, name, password = form.get("code", ""), form.get("name", "").strip(), form.get("password", "")
    language = language_of(request)
    words = _WORDS[language]
    if not await _holds(request, code):
        return _gone(language)
    settings = request.of(Settings)
    try:
        user_id = rules.user_id_from_name(name, settings.server_name)
    except Refused:
        return _form(language, code, name, words.name_wrong)
    try:
        rules.require_password(password)
    except Refused:
        return _form(language, code, name, words.password_wrong)
    if await register_store.account(request.of(Database), user_id) is not None:
        return _form(language, code, name, words.name_taken)
    try:
        await _make(request, user_id, password, code)
    except Refused as no:
        if no.status >= 500:
            raise
        return _gone(language)
    body = (
        f"<p>{words.done_who} <strong>{escape(user_id)}</strong>.</p>\n"
        f"<p>{words.done_how} <strong>{escape(settings.base_url)}</strong></p>"
    )
    return page(language, words.done, body)


class OwnerBody(msgspec.Struct):
    """POST /_chappe/owner, in JSON."""

    code: str
    name: str
    password: str


_read = msgspec.json.Decoder(OwnerBody).decode


async def _make_for_client(request: Request) -> Answer:
    try:
        wished = _read(await request.body_bytes(MAX_FORM_BYTES))
    except (msgspec.MsgspecError, RecursionError):
        raise Refused(Errcode.BAD_JSON, "The body has code, name and password, each a text.") from None
    if not await _holds(request, wished.code):
        raise Refused(Errcode.FORBIDDEN, _WORDS[Language.ENGLISH].gone_help)
    user_id = rules.user_id_from_name(wished.name, request.of(Settings).server_name)
    rules.require_password(wished.password)
    if await register_store.account(request.of(Database), user_id) is not None:
        raise register.name_taken()
    await _make(request, user_id, wished.password, wished.code)
    return Answer(200, msgspec.json.encode({"user_id": user_id}))


async def _make(request: Request, user_id: UserID, password: str, code: str) -> None:
    account = NewAccount(user_id, await request.of(Passwords).hash(password), is_operator=True)
    await request.call(REGISTER, register.register_owner, account, credentials.digest(code).hex())


async def _holds(request: Request, code: str) -> bool:
    now = request.of(Clock).now_ms()
    return await register_store.owner_code_holds(request.of(Database), credentials.digest(code), now)


def _gone(language: Language) -> Answer:
    words = _WORDS[language]
    return page(language, words.gone, f"<p>{words.gone_help}</p>", status=403)


def _form(language: Language, code: str, name: str, wrong: str | None) -> Answer:
    words = _WORDS[language]
    body = f"""<p>{words.intro}</p>
{alert(wrong)}<form method="post" action="{PATH}">
<input type="hidden" name="code" value="{escape(code)}">
<label for="name">{words.name}</label>
<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none" spellcheck="false"
 aria-describedby="name-hint" required>
<small id="name-hint">{words.name_hint}</small>
<label for="password">{words.password}</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="{rules.MIN_PASSWORD_CHARS}"
 aria-describedby="password-hint" required>
<small id="password-hint">{words.password_hint}</small>
<button>{words.make}</button>
</form>"""
    return page(language, words.title, body, status=400 if wrong else 200)
