"""The tables that some settings are: `tree.py` has the settings themselves.

The texts here are what operators read, too.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chappe.config import kinds
from chappe.config.kinds import KeyPath, Kind


def setting(
    doc: str, kind: Kind[Any], *, default: Any = dataclasses.MISSING, example: str, secret: bool = False
) -> Any:
    """A field of the tree. `example` is written as TOML. A secret is never printed, not even when it is wrong."""
    metadata = {"doc": " ".join(doc.split()), "kind": kind, "example": example, "secret": secret}
    return dataclasses.field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, and `per_second` in the long run."""

    per_second: float = setting("In the long run.", kinds.positive_number(), example="5")
    burst: int = setting("At once.", kinds.whole_number(1, 1_000_000), example="50")

    def __post_init__(self) -> None:
        if not (0 < self.per_second < math.inf and self.burst >= 1):
            raise ValueError("A rate limit needs per_second above 0 and burst of at least 1.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """One document, in one language, that people agree to before they get an account."""

    name: str = setting(
        "What the document is, the same in every language.",
        kinds.text("letters, digits, '_', '-' and '.'", r"[A-Za-z0-9_.-]{1,64}"),
        example='"privacy_policy"',
    )
    version: str = setting(
        "Which edition.", kinds.text("a text of at most 64 characters", r".{1,64}"), example='"2026-01"'
    )
    language: str = setting(
        "The language, as in BCP 47.",
        kinds.text("a language tag like en or pt-BR", r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
        example='"en"',
    )
    title: str = setting(
        "What people read.", kinds.text("a text of at most 200 characters", r".{1,200}"), example='"Privacy policy"'
    )
    url: str = setting("Where the text is.", kinds.web_address(), example='"https://example.org/privacy"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Whom people and other servers turn to."""

    role: str = setting(
        'What for: "m.role.admin", "m.role.security", or a name of your own like org.example.press.',
        kinds.text("a name with dots in it", r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"),
        example='"m.role.admin"',
    )
    matrix_id: str | None = setting(
        "A Matrix user ID, perhaps on another server, for when this one is down.",
        kinds.text("a user ID like @name:example.org", r"@[!-9;-~]*:\S{1,230}"),
        default=None,
        example='"@admin:example.org"',
    )
    email_address: str | None = setting(
        "A mail address.",
        kinds.text("a mail address", r"[^\s@]{1,64}@[^\s@]{1,255}"),
        default=None,
        example='"admin@example.org"',
    )

    @classmethod
    def conflicts(cls, values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        """A contact that cannot be reached is none."""
        if "matrix_id" not in values and "email_address" not in values:
            yield (), "needs matrix_id or email_address, or both"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """The relay that takes this server's mail, and how it is signed."""

    host: str = setting(
        "The name of the relay.", kinds.text("a host name", r"[A-Za-z0-9.:-]{1,253}"), example='"smtp.example.org"'
    )
    port: int = setting("Its port.", kinds.whole_number(1, 65535), default=587, example="465")
    tls: str = setting(
        """"starttls": a connection becomes encrypted before anything is said, or is not used. "tls": it is from its
        beginning. "none": only for a relay on the same machine.""",
        kinds.one_of(("starttls", "tls", "none")),
        default="starttls",
        example='"tls"',
    )
    username: str | None = setting("How to log in there.", kinds.text("a text"), default=None, example='"chappe"')
    password: str | None = setting(
        "The password for that.", kinds.text("a text"), default=None, example='"secret"', secret=True
    )
    from_address: str = setting(
        "The address that mail comes from. Its domain is the one that signs.",
        kinds.text("a mail address", r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"),
        example='"chat@example.org"',
    )
    from_name: str | None = setting(
        "The name beside it; the server name without one.",
        kinds.text("a text of at most 100 printable characters", r"[^\x00-\x1f\x7f]{1,100}"),
        default=None,
        example='"Chat of the choir"',
    )
    dkim_selector: str | None = setting(
        "Under which name below _domainkey the public key stands in the DNS.",
        kinds.text("a DNS name", r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*"),
        default=None,
        example='"chappe"',
    )
    dkim_key_file: Path | None = setting(
        "The file with the private RSA key, as PEM.",
        kinds.secret_file(),
        default=None,
        example='"/etc/chappe/dkim.pem"',
    )

    @classmethod
    def conflicts(cls, values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        """What is wrong between keys that are each right."""
        if ("username" in values) != ("password" in values):
            yield (), "needs username and password, or neither"
        if ("dkim_selector" in values) != ("dkim_key_file" in values):
            yield (), "needs dkim_selector and dkim_key_file, or neither"
        if values.get("tls") == "none" and values.get("host") not in ("localhost", "127.0.0.1", "::1"):
            yield ("tls",), 'may be "none" only for a relay on this machine, since passwords and links pass through it'
