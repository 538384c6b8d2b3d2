"""Where a reader is, as far as this server knows. What finds it out stands higher and is given by `app.py`."""

from typing import Protocol

from chappe.ids import UserID


class Territories(Protocol):
    """Knows the country of readers."""

    async def of(self, viewer: UserID | None) -> str | None:
        """Its ISO 3166-1 alpha-2 code; None where it is not known, and for somebody without an account."""
        ...


class Unknown:
    """Knows of nobody: what is withheld in one country is then withheld from all (R127)."""

    async def of(self, viewer: UserID | None) -> str | None:
        """None."""
        return None
