"""The closed vocabularies of the desk."""

from enum import StrEnum


class ItemKind(StrEnum):
    """What can be reported."""

    EVENT = "event"
    ROOM = "room"
    ACCOUNT = "account"


class Door(StrEnum):
    """By which way something came in. R69."""

    REPORT = "report"
    """It breaks the rules of this server."""
    NOTICE = "notice"
    """It is illegal: Art. 16 DSA."""
    AUTOMATIC = "automatic"
    """A rule or a list matched."""


class Stream(StrEnum):
    """The queues of the desk."""

    THREAT = "threat"
    """Somebody's life or safety. Art. 18 DSA."""
    CHILD_SAFETY = "child_safety"
    NOTICES = "notices"
    REPORTS = "reports"
    AUTOMATIC = "automatic"


class Proof(StrEnum):
    """Whether the item is known to say what a filing says."""

    PUBLIC = "public"
    """The server reads it."""
    UNVERIFIED = "unverified"
    """It is encrypted, and what was disclosed could have been made up. R114."""
    VERIFIED = "verified"
    """It is encrypted, and what was disclosed opens the commitment beside it. R113."""


class Outcome(StrEnum):
    """What a decision is."""

    RESTRICTED = "restricted"
    NO_ACTION = "no_action"
    REVERSED = "reversed"
    PARTLY_REVERSED = "partly_reversed"


class Ground(StrEnum):
    """What a restriction rests on. Art. 17(3)(d) and (e) DSA."""

    LAW = "law"
    TERMS = "terms"


class Source(StrEnum):
    """What a decision follows on, as the Transparency Database knows it."""

    NOTICE = "notice"
    TRUSTED_FLAGGER = "trusted_flagger"
    OTHER_NOTIFICATION = "other_notification"
    OWN_INITIATIVE = "own_initiative"


class ComplaintState(StrEnum):
    """What became of a complaint. Part 7 of the yearly report."""

    OPEN = "open"
    UPHELD = "upheld"
    """The decision was."""
    PARTLY_REVERSED = "partly_reversed"
    REVERSED = "reversed"
    OMITTED = "omitted"
    """It could not be judged."""


class Dissemination(StrEnum):
    """To whom a room is open, from which follows what the law calls it. R1, recital 14 DSA."""

    DIRECT = "direct"
    INVITE_ONLY = "invite_only"
    APPROVAL = "approval"
    AUTO_JOIN = "auto_join"
    PUBLIC = "public"

    @property
    def is_platform(self) -> bool:
        """Whether its content is disseminated to the public: nobody decides who comes in."""
        return self in (Dissemination.AUTO_JOIN, Dissemination.PUBLIC)
