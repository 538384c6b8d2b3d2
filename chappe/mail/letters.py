"""Letters: templates in several languages, each as text and as HTML.

A template is two files, `NAME.LANGUAGE.txt` and `NAME.LANGUAGE.html`; the first line of the text is the subject.
Values are escaped in HTML; in the subject and the text, what is no printable character becomes a space, so that a
value can neither begin a header nor a line of its own.
"""

from datetime import UTC, datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from chappe.mail.address import Address, domain_of

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("en", "fr")

MAX_VALUE_CHARS = 2_000
"""Of a value, no more is written."""
MAX_LINK_CHARS = 900
"""A longer link stands in the text alone: a line of a header has at most 998 characters (RFC 5322, 2.1.1)."""

_WIRE = SMTP.clone(max_line_length=MAX_LINK_CHARS + 50)  # a header that is a link must not be cut, which encodes it


class Section(msgspec.Struct, frozen=True):
    """A part of a letter about several things: what it is about, how many there are, and some lines of text."""

    title: str
    number: int
    lines: list[str]


class Letter(msgspec.Struct, frozen=True):
    """A letter to be written: its template, language, and values. `about`: the account that causes it, or "".
    `unsubscribe`: where its reader ends such letters, with one click (RFC 8058), or ""."""

    name: str
    language: str
    values: dict[str, str]
    about: str = ""
    sections: list[Section] = []
    unsubscribe: str = ""


class Sender(msgspec.Struct, frozen=True):
    """From whom letters come: the address, and the name that people see."""

    address: str
    name: str


def write(letter: Letter, sender: Sender, recipient: Address, mail_id: str, now: int) -> bytes:
    """The letter as a message, with CRLF line ends."""
    language = letter.language if letter.language in LANGUAGES else LANGUAGES[0]
    values = _tamed(letter) | {"sender": _tame(sender.name)}
    subject, _, text = (
        _templates(html=False).get_template(f"{letter.name}.{language}.txt").render(values).partition("\n")
    )
    html = _templates(html=True).get_template(f"{letter.name}.{language}.html").render(values)
    message = EmailMessage(policy=SMTP)
    message["From"] = HeaderAddress(_tame(sender.name), addr_spec=sender.address)
    message["To"] = HeaderAddress(addr_spec=recipient)
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.fromtimestamp(now / 1000, UTC))
    message["Message-ID"] = f"<{mail_id}@{domain_of(sender.address)}>"
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice is wanted
    if letter.unsubscribe and len(letter.unsubscribe) <= MAX_LINK_CHARS:
        message["List-Unsubscribe"] = f"<{_tame(letter.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.lstrip("\n"), cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=_WIRE)


def _tamed(letter: Letter) -> dict[str, object]:
    """What the templates are given."""
    sections = [Section(_tame(one.title), one.number, [_tame(line) for line in one.lines]) for one in letter.sections]
    values = {name: _tame(value) for name, value in letter.values.items()}
    return {**values, "sections": sections, "unsubscribe": _tame(letter.unsubscribe)}


def _tame(value: str) -> str:
    return "".join(one if one.isprintable() else " " for one in value[:MAX_VALUE_CHARS])


@cache
def _templates(*, html: bool) -> "Environment":
    """Loaded with the first letter: many servers send none."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("chappe.mail")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=html, trim_blocks=True)  # noqa: S701
