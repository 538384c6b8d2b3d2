"""Media that is hidden before anybody decided, for the moment that takes. Afterwards restrictions say what it is."""

from collections import OrderedDict

from chappe.errors import Errcode, Refused
from chappe.restrictions import Restrictions
from chappe.stream import Transaction

MAX_HIDDEN = 10_000
"""What is decided about long before so many more have come."""
HIDDEN_MS = 600_000
"""How long something is hidden that nobody decided about: what it was shown with may be gone meanwhile."""


class HiddenFirst:
    """The media ids, in memory only: who hid them decides again after a crash."""

    def __init__(self) -> None:
        self._hidden: OrderedDict[str, int] = OrderedDict()

    def is_hidden(self, media_id: str, now: int) -> bool:
        """Whether nobody is given it now (milliseconds since 1970)."""
        return self._hidden.get(media_id, 0) > now

    def hide(self, media_id: str, now: int) -> None:
        """Nobody is given it until it is shown."""
        self._hidden[media_id] = now + HIDDEN_MS
        if len(self._hidden) > MAX_HIDDEN:
            self._hidden.popitem(last=False)

    def show(self, media_id: str) -> None:
        """It was decided about: what was decided holds."""
        self._hidden.pop(media_id, None)


def hidden() -> Refused:
    """The refusal to show it."""
    return Refused(Errcode.NOT_FOUND, "This file is being looked at, and is not shown meanwhile.")


async def require_not_blocked(tx: Transaction, sha256: bytes) -> None:
    """Refuse with FORBIDDEN to take in a file that nobody is given, by a decision."""
    if await tx.of(Restrictions).on_media("", sha256.hex(), None) is not None:
        raise Refused(Errcode.FORBIDDEN, "This file is blocked on this server, by a decision.")
