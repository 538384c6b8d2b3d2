"""What the desk keeps, as it is read."""

import msgspec

from chappe.moderation.words import ComplaintState, Dissemination, Door, ItemKind, Outcome, Proof, Stream


class Item(msgspec.Struct, frozen=True):
    """What somebody filed something about, as it is at that moment."""

    kind: ItemKind
    id: str
    room_id: str = ""
    author: str = ""
    dissemination: Dissemination = Dissemination.PUBLIC
    is_encrypted: bool = False
    snapshot: dict[str, object] = {}
    """The event, or what is known of the room or account. JSON."""
    version: str = ""
    """The event id of its last edit: a repeat about the same version of an item that was judged is muted."""
    made_at: int = 0
    """Milliseconds since 1970."""
    language: str = ""


class Disclosed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message that a reporter's device decrypted and hands over: exactly what was shown to the reporter.

    `type` and `content` are what was encrypted, without the opening; `opening` is what opens the commitment beside the
    ciphertext, if the sender's client made one.
    """

    event_id: str
    content: dict[str, object]
    opening: str = ""
    type: str = "m.room.message"


class Filed(msgspec.Struct, frozen=True):
    """What somebody says about an item. R66."""

    door: Door
    reason: str = ""
    category: str = ""
    """"" for not named."""
    keyword: str = ""
    law: str = ""
    country: str = ""
    language: str = ""
    by_user: str = ""
    name: str = ""
    email: str = ""
    good_faith: bool = False
    is_threat: bool = False
    """Whether somebody's life or safety is in danger. Art. 18."""
    proof: Proof = Proof.PUBLIC
    disclosed: tuple[Disclosed, ...] = ()
    rule: str = ""
    """The automatic rule that matched, with its version, and what it saw."""


class Case(msgspec.Struct, frozen=True):
    """A case: everything that was filed about one item until it is decided. Columns as in `schema/`."""

    number: int
    kind: ItemKind
    item: str
    room_id: str
    author: str
    dissemination: Dissemination
    is_encrypted: bool
    snapshot: dict[str, object]
    version: str
    stream: Stream
    priority: int
    category: str
    language: str
    opened_at: int
    newest_at: int
    filed: int
    state: str
    claimed_by: str
    claimed_until: int
    decided_at: int | None
    decision: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == "open"

    def is_claimed_by_another(self, user_id: str, now: int) -> bool:
        """Whether somebody else works on it."""
        return self.claimed_by not in ("", user_id) and self.claimed_until > now


class Filing(msgspec.Struct, frozen=True):
    """A report or a notice, as it was filed."""

    id: str
    case_number: int
    submission: str
    door: Door
    by_user: str
    name: str
    email: str
    flagger: str
    category: str
    keyword: str
    law: str
    country: str
    reason: str
    evidence: list[Disclosed]
    proof: Proof
    language: str
    good_faith: bool
    is_muted: bool
    filed_at: int
    receipt_at: int | None
    told_at: int | None


class Entry(msgspec.Struct, frozen=True):
    """A line of a case's timeline. R136."""

    position: int
    at: int
    actor: str
    what: str
    body: dict[str, object]


class Measure(msgspec.Struct, frozen=True):
    """One thing that a decision does. `restriction` is the id under which it holds."""

    position: int
    kind: str
    subject: str
    within_room: str
    measure: str
    territories: tuple[str, ...]
    until: int | None
    restriction: str
    lifted_by: str


class Decision(msgspec.Struct, frozen=True):
    """A decision. Columns as in `schema/`."""

    number: int
    id: str
    case_number: int
    at: int
    by_user: str
    second: str
    outcome: Outcome
    subject: str
    ground: str
    ground_reference: str
    explanation: str
    facts: str
    to_user: str
    proportionality: str
    category: str
    keywords: tuple[str, ...]
    keyword_other: str
    content_types: tuple[str, ...]
    territories: tuple[str, ...]
    until: int | None
    source: str
    source_identity: str
    detected: str
    automation: str
    rule: str
    content_at: int
    content_language: str
    applied_at: int
    reverses: str
    state: str


class Complaint(msgspec.Struct, frozen=True):
    """A complaint. Art. 20 DSA."""

    id: str
    decision: str
    case_number: int
    by_user: str
    filing: str
    text: str
    filed_at: int
    state: ComplaintState
    claimed_by: str
    claimed_until: int
    decided_by: str
    decided_at: int | None
    answer: str
    reversal: str
