"""What a rule is. Pure."""

from enum import StrEnum

import msgspec

from chappe.rules.facts import Facts, Happening


class Stage(StrEnum):
    """How far a rule has come."""

    SHADOW = "shadow"
    """It says what it would do, and does nothing."""
    LIVE = "live"
    RETIRED = "retired"


class Action(StrEnum):
    """What a live rule does."""

    QUEUE = "queue"
    """A person looks: it becomes a case."""
    HOLD = "hold"
    """It does not happen now; who does it may try again in a while."""
    LIMIT = "limit"
    """The account does less for a day, by a decision with its reasons."""
    HIDE = "hide"
    """The message is removed, by a decision with its reasons."""
    PAUSE = "pause"
    """The room takes in nobody for a while."""
    PROVE = "prove"
    """Whoever makes an account has to do some work first, which costs a person a moment and a crowd of robots much."""


ACTIONS: dict[Happening, frozenset[Action]] = {
    Happening.MESSAGE: frozenset({Action.QUEUE, Action.HOLD, Action.LIMIT, Action.HIDE}),
    Happening.STATE: frozenset({Action.QUEUE, Action.HOLD, Action.LIMIT}),
    Happening.JOIN: frozenset({Action.QUEUE, Action.HOLD, Action.LIMIT, Action.PAUSE}),
    Happening.INVITE: frozenset({Action.QUEUE, Action.HOLD, Action.LIMIT}),
    Happening.REGISTRATION: frozenset({Action.HOLD, Action.PROVE}),
}
"""What can be done about what."""
REFUSES = frozenset({Action.HOLD, Action.PAUSE})
"""The actions by which something does not happen."""
DECIDES = frozenset({Action.QUEUE, Action.LIMIT, Action.HIDE})
"""Those by which somebody else has to do something about what did happen."""


class Rule(msgspec.Struct, frozen=True):
    """A version of a rule. Times are milliseconds since 1970."""

    name: str
    version: int
    happening: Happening
    expression: str
    action: Action
    topic: str
    """What it is about: under which category and term it is filed. A word of whoever follows hits."""
    why: str
    """In words, for whom it concerns."""
    owner: str
    """Who answers for it."""
    stage: Stage
    added_by: str
    added_at: int
    expires_at: int
    live_at: int | None = None
    ended_at: int | None = None

    def is_on(self, now: int) -> bool:
        """Whether it looks at what happens."""
        return self.stage is not Stage.RETIRED and now < self.expires_at


class Hit(msgspec.Struct, frozen=True):
    """A rule that held of something: which one, and of what, with the facts that it saw. It explains itself."""

    hit_id: str
    rule: str
    version: int
    happening: Happening
    action: Action
    topic: str
    why: str
    is_live: bool
    facts: Facts
    sender: str
    room_id: str
    event_id: str

    @property
    def explanation(self) -> str:
        """For a statement of reasons: the rule, its version, and why."""
        return f"Rule {self.rule}, version {self.version}: {self.why}"
