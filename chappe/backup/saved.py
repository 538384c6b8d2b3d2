"""What an engine tells of the moment that it saved, and is told of the one that begins."""

from collections.abc import Iterable
from dataclasses import dataclass

from chappe.backup.manifest import Table


@dataclass(frozen=True)
class NewLine:
    """The line of history that begins with a restore."""

    history: str
    """Its id."""
    began_at: int


@dataclass(frozen=True)
class Saved:
    """One moment of a database. `media` can be read while the engine holds on to that moment."""

    history: str
    server_name: str
    migrations: dict[str, str]
    tables: dict[str, Table]
    media: Iterable[tuple[str, bytes]]
    """The key and the SHA-256 of each uploaded file."""
