"""The settings of what is told to the public."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chappe.config import kinds
from chappe.config.kinds import KeyPath
from chappe.config.tables import setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Transparency:
    """Who provides the service, and how the EU's database is reached."""

    provider: str = setting(
        "Who provides this server, as the yearly report names them.",
        kinds.text("a text of at most 200 printable characters", r"[^\x00-\x1f\x7f]{1,200}"),
        example='"The Choir e. V."',
    )
    service: str | None = setting(
        "The name of the service, where that is not the server name.",
        kinds.text("a text of at most 200 printable characters", r"[^\x00-\x1f\x7f]{1,200}"),
        default=None,
        example='"Choir chat"',
    )
    public_page: bool = setting(
        "Whether figures by month and the yearly reports stand at /_chappe/transparency/, for everybody.",
        kinds.truth(),
        default=True,
        example="false",
    )
    database_url: str | None = setting(
        """The API of the DSA Transparency Database, for those whom the coordinator of their country has let in. Without
        it statements of reasons are queued, and `chappe transparency export` writes them into a file.""",
        kinds.web_address(),
        default=None,
        example='"https://transparency.dsa.ec.europa.eu/api/v1"',
    )
    database_token_file: Path | None = setting(
        "The file with the token for that. A new token may be put there while the server runs.",
        kinds.secret_file(),
        default=None,
        example='"/etc/chappe/transparency.token"',
    )
    bulk_terms: tuple[str, ...] = setting(
        """The ids of the terms that forbid deceptive commercial content in bulk. What is decided on them is not told to
        the database: Art. 17(2) DSA leaves it out.""",
        kinds.texts("a list of ids of terms", r"[a-z0-9_]{1,64}", 20),
        default=(),
        example='["spam"]',
    )

    @classmethod
    def conflicts(cls, values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        """What is wrong between keys that are each right."""
        if ("database_url" in values) != ("database_token_file" in values):
            yield (), "needs database_url and database_token_file, or neither"
