"""How the presence of a person's devices makes up their own (Client-Server API v1.19, "Presence"). Pure."""

from collections.abc import Iterable
from enum import IntEnum

from chappe.errors import Errcode, Refused

MAX_STATUS_CHARS = 512
"""Length of a status message."""
IDLE_AFTER_MS = 300_000
"""Who did nothing for so long is `unavailable`, although a device is online (spec: "Idle timeout")."""
OFFLINE_AFTER_MS = 30_000
"""How long after its last request to /sync a device counts as connected."""


class State(IntEnum):
    """How present somebody is; of several devices the highest counts. `BUSY` is of MSC3026."""

    OFFLINE = 0
    UNAVAILABLE = 1
    ONLINE = 2
    BUSY = 3

    @property
    def word(self) -> str:
        """As clients write it."""
        return self.name.lower()


_BY_WORD = {state.word: state for state in State}


def parse_state(word: str, where: str) -> State:
    """The state of that name; refused (INVALID_PARAM) with `where` it stood."""
    state = _BY_WORD.get(word)
    if state is None:
        raise Refused(Errcode.INVALID_PARAM, f"{where} is one of {', '.join(_BY_WORD)}.")
    return state


def require_status(text: str | None) -> None:
    """Refuse a status message that is a novel."""
    if text is not None and len(text) > MAX_STATUS_CHARS:
        raise Refused(Errcode.INVALID_PARAM, f"status_msg has at most {MAX_STATUS_CHARS} characters.")


def together(devices: Iterable[State], *, idle: bool) -> State:
    """What the devices are together; `idle` if their owner has done nothing for a while."""
    highest = max(devices, default=State.OFFLINE)
    return State.UNAVAILABLE if idle and highest is State.ONLINE else highest
