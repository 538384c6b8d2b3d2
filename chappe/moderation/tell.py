"""Telling people what became of things: receipts, answers, statements of reasons, in any Matrix client and by mail.

Somebody with an account is told by a server notice, which also carries the data for our own client; somebody without
one by mail. What is told to whoever filed something waits in `filing.told_at` and is done by `teller.py`, since there
may be thousands of them; everything else is an effect of the commit that it tells of.
"""

from asyncio import Event
from collections.abc import Mapping
from html import escape

import msgspec

from chappe import mail, server_notices
from chappe.accounts.pages import Language
from chappe.config import Settings
from chappe.errors import Refused
from chappe.identity import Identity
from chappe.ids import UserID
from chappe.mail import Letter
from chappe.moderation import statement as statements
from chappe.moderation.links import About, link_to
from chappe.moderation.records import Complaint, Decision, Filed, Filing, Item
from chappe.moderation.rules import COMPLAINT_DAYS
from chappe.moderation.statement import Statement, day_of, words
from chappe.moderation.words import Outcome
from chappe.stream import Transaction

ABOUT = "org.chappe.safety"
"""The key of a server notice that holds its data."""
_DAY_MS = 86_400_000
MOST_BY_MAIL = 50
"""Letters a day to an address that were caused by nobody but who named it in a notice. The page tells the same."""

Texts = dict[Language, str]


class Woken(Event):
    """Set when a case was decided, so that those who filed something are told."""


def wake(tx: Transaction) -> None:
    """Have `teller.py` look, once this unit holds."""
    tx.after_commit(tx.of(Woken).set)


async def receipt(tx: Transaction, id: str, item: Item, filed: Filed) -> None:
    """Confirm that something was received. Art. 16(4) DSA."""
    link, texts = _link(tx, About.FILING, id), Texts()
    for language in Language:
        say = words(language)
        told = (say["receipt_title"], say["receipt"].format(id=id), say["receipt_status"].format(link=link))
        texts[language] = "\n\n".join(told)
    if filed.by_user:
        about = {"type": "receipt", "filing": id, "kind": item.kind.value, "item": item.id}
        person(tx, filed.by_user, f"receipt {id}", texts, about)
    elif filed.email:
        say = words(_language(filed.language))
        lines = [say["receipt"].format(id=id), say["receipt_status"].format(link="")]
        await _by_mail(tx, filed.email, filed.language, "receipt_title", lines, link, MOST_BY_MAIL)


async def statement(tx: Transaction, user_id: str, told: Statement) -> None:
    """Give somebody the reasons of a decision that restricts something of theirs, at the latest when it holds."""
    link = _link(tx, About.DECISION, told.decision)
    texts = {language: statements.text_of(told, language, link) for language in Language}
    about = {"type": "statement", **msgspec.to_builtins(told)}
    person(tx, user_id, f"statement {told.decision}", texts, about)


async def reversal(tx: Transaction, user_id: str, made: Decision, *, partly: bool) -> None:
    """Tell somebody that what was restricted is restored."""
    texts = {}
    for language in Language:
        say = words(language)
        line = say["reversal_partly" if partly else "reversal"].format(why=made.explanation, id=made.id)
        texts[language] = f"{say['reversal_title']}\n\n{line}"
    about = {"type": "reversal", "decision": made.reverses, "reversal": made.id, "partly": partly}
    person(tx, user_id, f"reversal {made.id}", texts, about)


async def answer(tx: Transaction, filing: Filing, decision: Decision) -> None:
    """Tell whoever filed something what was decided, and what they can do. Art. 16(5) and (6) DSA."""
    link = _link(tx, About.FILING, filing.id)
    parts = {language: answer_lines(decision, filing.id, link, language) for language in Language}
    if filing.by_user:
        texts = {one: "\n\n".join((words(one)["answered_title"], *lines)) for one, lines in parts.items()}
        about = {"type": "answer", "filing": filing.id, "decision": decision.id, "outcome": decision.outcome.value}
        person(tx, filing.by_user, f"answer {filing.id} {decision.id}", texts, about)
    elif filing.email:
        lines, most = parts[_language(filing.language)], MOST_BY_MAIL if filing.is_muted else None
        await _by_mail(tx, filing.email, filing.language, "answered_title", lines, link, most)


def answer_lines(decision: Decision, reference: str, link: str, language: Language) -> list[str]:
    """What whoever filed something is told of a decision, but for the title."""
    say, until = words(language), day_of(decision.at + COMPLAINT_DAYS * _DAY_MS)
    return [
        say[_ANSWERS[decision.outcome]].format(why=decision.explanation),
        say[f"automation_{decision.automation}"],
        say["answered_redress"].format(until=until, link=link, id=reference),
    ]


async def complaint_message(
    tx: Transaction, complaint: Complaint, id: str, text: str, email: str, language: str
) -> None:
    """Ask or tell whoever complained something before it is answered. R88."""
    parts = {one: [words(one)["message"].format(text=text, id=complaint.id)] for one in Language}
    if complaint.by_user:
        texts = {one: "\n\n".join((words(one)["message_title"], *lines)) for one, lines in parts.items()}
        about = {"type": "message", "complaint": complaint.id, "decision": complaint.decision, "text": text}
        person(tx, complaint.by_user, f"message {id}", texts, about)
    elif email:
        await _by_mail(tx, email, language, "message_title", parts[_language(language)], "")


async def complaint_answer(
    tx: Transaction, complaint: Complaint, state: str, text: str, email: str, language: str
) -> None:
    """Tell whoever complained what came of it. Art. 20(5) DSA."""
    parts: dict[Language, list[str]] = {}
    for one in Language:
        say = words(one)
        parts[one] = [say[f"complaint_{state}"].format(answer=text), say["complaint_redress"].format(id=complaint.id)]
    if complaint.by_user:
        texts = {one: "\n\n".join((words(one)["complaint_title"], *lines)) for one, lines in parts.items()}
        about = {"type": "complaint", "complaint": complaint.id, "decision": complaint.decision, "state": state}
        person(tx, complaint.by_user, f"complaint {complaint.id} {state}", texts, about)
    elif email:
        await _by_mail(tx, email, language, "complaint_title", parts[_language(language)], "")


_ANSWERS = {
    Outcome.RESTRICTED: "answered_restricted",
    Outcome.NO_ACTION: "answered_no_action",
    Outcome.REVERSED: "answered_reversed",
    Outcome.PARTLY_REVERSED: "answered_reversed",
}


def person(tx: Transaction, user_id: str, key: str, texts: Texts, about: Mapping[str, object]) -> None:
    """A server notice for an account: once for each key."""
    english, french = (_content(texts[one], about) for one in (Language.ENGLISH, Language.FRENCH))
    server_notices.tell(tx, UserID(user_id), f"safety {key}", english, french)


def _content(text: str, about: Mapping[str, object]) -> dict[str, object]:
    return {"body": text, "formatted_body": _html(text), ABOUT: dict(about)}


def _html(text: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)


async def _by_mail(
    tx: Transaction, email: str, language: str, title: str, lines: list[str], link: str, most: int | None = None
) -> None:
    one = _language(language)
    values = {"title": words(one)[title], "text": lines[0], "more": " ".join(lines[1:]), "link": link}
    try:
        recipient = mail.parse_address(email)
    except Refused:  # what is no address is told nothing; the filing counts all the same
        return
    await mail.tell(tx, recipient, Letter("safety", one.value, values), most_a_day=most)


def _link(tx: Transaction, about: About, id: str) -> str:
    return link_to(tx.of(Identity), tx.of(Settings).base_url, about, id)


def _language(code: str) -> Language:
    return Language.FRENCH if code.lower().startswith("fr") else Language.ENGLISH
