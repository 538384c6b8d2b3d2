"""The page behind the link in a letter about unread messages. It asks first: programs that look at mail open links.

Mail programs with a button of their own for it use POST without asking (RFC 8058).
"""

from html import escape
from typing import NamedTuple

import msgspec

from chappe.accounts.pages import Language, language_of, page
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.identity import Identity
from chappe.ids import UserID
from chappe.push.pushers import EMAIL_APP
from chappe.push.set_pusher import remove_pusher
from chappe.push.unsubscribe import UNSUBSCRIBE_PATH, is_right, path_for

routes = Routes()


class _Words(NamedTuple):
    title: str
    ask: str
    stop: str
    done: str
    again: str
    wrong: str


_WORDS = {
    Language.ENGLISH: _Words(
        "Letters about unread messages",
        "No more letters about unread messages are sent to",
        "No more letters",
        "No more letters are sent to",
        "To have them again, switch them on in your client.",
        "This link is not complete. Open it from the letter.",
    ),
    Language.FRENCH: _Words(
        "E-mails sur les messages non lus",
        "Plus aucun e-mail sur les messages non lus ne sera envoyé à",
        "Plus d’e-mails",
        "Plus aucun e-mail n’est envoyé à",
        "Pour en recevoir de nouveau, activez-les dans votre client.",
        "Ce lien n’est pas complet. Ouvrez-le depuis l’e-mail.",
    ),
}


class LinkQuery(msgspec.Struct):
    """The query of the link."""

    user: str = ""
    address: str = ""
    proof: str = ""


@routes.get(UNSUBSCRIBE_PATH, auth=NOBODY, limit=Limit.LOGIN)
async def get_unsubscribe(request: Request, query: LinkQuery) -> Answer:
    """Which letters are to stop, and the button for it."""
    language = language_of(request)
    words, identity = _WORDS[language], request.of(Identity)
    if not is_right(identity, query.user, query.address, query.proof):
        return _wrong(language)
    body = (
        f"<p>{words.ask} <strong>{escape(query.address)}</strong> ({escape(query.user)}).</p>\n"
        f'<form method="post" action="{escape(path_for(identity, query.user, query.address))}">\n'
        f"<button>{words.stop}</button>\n</form>"
    )
    return page(language, words.title, body)


@routes.post(UNSUBSCRIBE_PATH, auth=NOBODY, limit=Limit.LOGIN)
async def post_unsubscribe(request: Request, query: LinkQuery) -> Answer:
    """Remove the pusher, if it is there."""
    language = language_of(request)
    words = _WORDS[language]
    if not is_right(request.of(Identity), query.user, query.address, query.proof):
        return _wrong(language)
    user_id = UserID(query.user)
    await request.call(user_id, remove_pusher, user_id, EMAIL_APP, query.address)
    return page(
        language, words.title, f"<p>{words.done} <strong>{escape(query.address)}</strong>.</p>\n<p>{words.again}</p>"
    )


def _wrong(language: Language) -> Answer:
    return page(language, _WORDS[language].title, f"<p>{_WORDS[language].wrong}</p>", status=403)
