"""What a reviewer decides, before it is a decision."""

import msgspec

from chappe.moderation.words import Ground


class Planned(msgspec.Struct, frozen=True):
    """One measure. `kind` is event, room, account or media; `days` None for until it is lifted."""

    kind: str
    subject: str
    measure: str
    within_room: str = ""
    days: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """A decision as it is entered. Without measures it says that nothing is restricted.

    `explanation` and `facts` are published and name nobody; `to_user` is for the person alone. `territories` are ISO
    3166-1 codes, none for everywhere.
    """

    explanation: str
    facts: str = ""
    measures: tuple[Planned, ...] = ()
    ground: Ground | None = None
    ground_reference: str = ""
    to_user: str = ""
    proportionality: str = ""
    category: str = ""
    keywords: tuple[str, ...] = ()
    keyword_other: str = ""
    content_types: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    source_identity: str = ""
