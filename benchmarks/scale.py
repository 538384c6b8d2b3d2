"""How much of everything a run does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of one run. Work within a turn is bounded by time, preparation by these counts."""

    name: str
    rounds: int
    seconds: float
    """How long each kind of work is repeated in one turn."""
    crowd: int
    """Members of the big room; also the accounts from which joins and idle polls take theirs."""
    delivery: tuple[int, ...]
    """Waiting members of each delivery room."""
    rooms: int
    messages: int
    """The account of the sync scenarios is in so many rooms, with so many messages each."""
    history: int
    """Messages in the room whose history is read."""
    searched: int
    """Messages in the room in which words are looked for."""
    joins: int
    """At most so many joins in a turn: Chappe would be through all accounts before the time is up."""
    claims: int
    """One-time keys that each device has for a turn, where keys are claimed."""
    queried: int
    """People of the crowd who have keys, all asked for in one request."""
    recipients: int
    """Devices of the crowd to which one request sends messages."""
    pushers: int
    """Members of the big room with a push gateway."""
    uploads: int
    """At most so many large files, and photos, in a turn: they stay on the disk."""
    idle_polls: int
    idle_s: float
    """How long a fresh server rests before its memory is read."""


FULL = Scale(
    name="full",
    rounds=3,
    seconds=4,
    crowd=2000,
    delivery=(1, 49, 499),
    rooms=200,
    messages=20,
    history=400,
    searched=4000,
    joins=500,
    claims=100,
    queried=500,
    recipients=1000,
    pushers=200,
    uploads=20,
    idle_polls=1000,
    idle_s=60,
)

QUICK = Scale(
    name="quick",
    rounds=1,
    seconds=1.5,
    crowd=200,
    delivery=(1, 49),
    rooms=20,
    messages=20,
    history=200,
    searched=400,
    joins=200,
    claims=20,
    queried=100,
    recipients=150,
    pushers=50,
    uploads=5,
    idle_polls=200,
    idle_s=5,
)
