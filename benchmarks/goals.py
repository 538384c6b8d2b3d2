"""What Chappe is to reach, figure by figure, on one core and with everything durable."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """At most so much, in the figure's own unit; and so many times less than the peer's, where that was set too."""

    at_most: float | None
    times: float | None = None


GOALS: dict[str, Goal] = {
    "send.1.cpu": Goal(0.3, 50),
    "send.8.cpu": Goal(0.3, 50),
    "send.32.cpu": Goal(0.3, 50),
    "send.1.written": Goal(10),
    "send.8.written": Goal(10),
    "send.32.written": Goal(10),
    "delivery.49.cpu": Goal(0.15, 35),
    "delivery.499.cpu": Goal(0.15, 35),
    # As in a room of two: the at_most of a send holds here too.
    "crowd.cpu": Goal(0.3, 400),
    "crowd.memory": Goal(100),
    "join.cpu": Goal(0.8, 50),
    "create.cpu": Goal(2.5, 50),
    "history.cpu": Goal(0.4, 40),
    "empty.cpu": Goal(0.15, 24),
    "initial.warm": Goal(30, 50),
    "initial.start": Goal(0.6),
    "fresh.memory": Goal(45),
    "idle.memory": Goal(28),
}

MEANING: dict[str, str] = {
    "send": "send, {} at once",
    "delivery": "delivery to one of {} who wait",
    "crowd": "post into the big room, nobody waiting",
    "crowd.join": "join the big room, eight at once",
    "crowd.memory": "memory, when the big room is full",
    "join": "join a public room",
    "create": "create a room, another joins",
    "history": "page of 100 messages",
    "empty": "sync with no news",
    "initial": "initial sync, warm",
    "initial.cold": "initial sync, just started",
    "initial.warm": "initial sync, warm",
    "initial.size": "initial sync",
    "initial.start": "start to first answer",
    "fresh.memory": "memory, fresh and rested",
    "idle": "open an idle poll",
    "idle.memory": "memory of an idle poll",
}
"""What a figure's key means: looked up whole, then by its scenario, `{}` being the number in it."""


def meaning(key: str) -> str:
    """The words for a figure's key."""
    scenario, *between = key.split(".")[:-1]
    return MEANING.get(key) or MEANING[scenario].format(*between)
