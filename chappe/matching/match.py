"""What is told when something that was shown to everybody stands on a list."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b

import msgspec

from chappe.ids import EventID, RoomID, UserID
from chappe.stream import Transaction


class Match(msgspec.Struct, frozen=True):
    """Media that an event in an open room names, and a list that has it or what looks like it.

    A lead for a person; it holds no hash, for those are secret (R109).
    """

    match_id: str
    """The same whenever the same is found again."""
    list_name: str
    version: int
    kind: str
    """`sha256` for the very file, `pdq` for what looks like it."""
    topic: str
    """What the list is of: one of `read_list.Topic`."""
    vetted: bool
    """Whether each entry of the list was looked at by those who keep it."""
    distance: int
    """In how many of 256 bits the pictures differ; 0 for the very file."""
    quality: int
    """How much there is to see in it, 0 to 100; 100 for the very file."""
    media_id: str
    uploader: UserID
    event_id: EventID
    room_id: RoomID
    sender: UserID

    @property
    def is_certain(self) -> bool:
        """Whether it may be hidden before a person has looked: the very file, on a vetted list."""
        return self.kind == "sha256" and self.vetted


class OnMatch(list[Callable[[Transaction, Match], Awaitable[None]]]):
    """What is done about matches, in the unit of the register that records each, once. `app.py` fills it.

    Who follows makes what is certain a decision with its reasons, and then calls `HiddenFirst.show`: it stays hidden
    by that decision. Without anybody who does so, nothing is hidden first.
    """


def id_of(list_name: str, media_id: str, event_id: str) -> str:
    """The id of a match."""
    return blake2b("\0".join((list_name, media_id, event_id)).encode(), digest_size=12).hexdigest()
