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
    "claim.1.cpu": Goal(None, 50),
    "claim.50.cpu": Goal(None, 50),
    "query.cpu": Goal(None, 50),
    "fan_out.cpu": Goal(None, 50),
    "search.cpu": Goal(None, 50),
    "find.cpu": Goal(0.5, 50),
    "push.cpu": Goal(None, 50),
    # Of media it is enough to be no slower: most of the work is the kernel's, or that of the same image library.
    "upload.rate": Goal(None, 1),
    "download.rate": Goal(None, 1),
    "thumbnail.p50": Goal(None, 1),
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
    "claim": "claim a one-time key, {} in a request",
    "query": "keys of 500 people",
    "fan_out": "message to one of 1,000 devices",
    "fan_out.p50": "request with messages to 1,000 devices",
    "fan_out.p99": "request with messages to 1,000 devices",
    "fan_out.collect": "collect five messages, sync again",
    "search": "search for people",
    "find": "search in 4,000 messages",
    "upload": "upload, files of 10 MB",
    "download": "download, files of 10 MB",
    "thumbnail": "photo and its first thumbnail",
    "thumbnail.again": "thumbnail made before",
    "push": "post into the big room, 200 have a pusher",
    "push.p50": "from post to push gateway, 200 have a pusher",
    "push.p99": "from post to push gateway, 200 have a pusher",
    "fresh.memory": "memory, fresh and rested",
    "idle": "open an idle poll",
    "idle.memory": "memory of an idle poll",
}
"""What a figure's key means: looked up whole, then by its scenario, `{}` being the number in it."""


def meaning(key: str) -> str:
    """The words for a figure's key."""
    scenario, *between = key.split(".")[:-1]
    return MEANING.get(key) or MEANING[scenario].format(*between)
