"""Decisions for tests of what is told about them."""

from datetime import UTC, datetime
from typing import Any

from chappe.transparency.decided import Decided, Measured

REMOVAL = Measured("event", "removed")


def ms(day: str) -> int:
    """A moment of a day, `2026-05-01` or with a time behind it, in UTC."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def decided(*measures: Measured, **changes: Any) -> Decided:
    """A message was removed for breaking a law, on a notice; with some things otherwise."""
    values: dict[str, Any] = {
        "number": 1,
        "id": "dec-1",
        "at": ms("2026-05-03T10:00"),
        "outcome": "restricted",
        "subject": "@carl:localhost",
        "ground": "law",
        "ground_reference": "Code pénal, art. 421-2-5",
        "explanation": "It celebrates an attack and asks for another.",
        "facts": "A message in an open room, looked at by a reviewer after a notice.",
        "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
        "keywords": ("KEYWORD_TERRORIST_CONTENT",),
        "keyword_other": "",
        "content_types": ("CONTENT_TYPE_TEXT",),
        "source": "notice",
        "source_identity": "",
        "detected": "no",
        "automation": "not",
        "content_at": ms("2026-05-01T23:59"),
        "content_language": "fr-CA",
        "applied_at": ms("2026-05-03T10:00"),
        "reverses": "",
        "dissemination": "public",
        "measures": measures or (REMOVAL,),
    }
    return Decided(**{**values, **changes})
