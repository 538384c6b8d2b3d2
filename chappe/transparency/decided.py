"""A decision as it is read here, with all that a record for the database and the check of it need."""

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """One measure of a decision. Without territories it holds everywhere; without `until` until it is lifted."""

    kind: str
    measure: str
    territories: tuple[str, ...] = ()
    until: int | None = None


class Decided(msgspec.Struct, frozen=True):
    """A decision. The words are those of the desk's columns."""

    number: int
    id: str
    at: int
    outcome: str
    subject: str
    ground: str
    ground_reference: str
    explanation: str
    facts: str
    category: str
    keywords: tuple[str, ...]
    keyword_other: str
    content_types: tuple[str, ...]
    source: str
    source_identity: str
    detected: str
    automation: str
    content_at: int
    content_language: str
    applied_at: int
    reverses: str
    dissemination: str
    measures: tuple[Measured, ...] = ()
