"""Whether two accounts are used on one device: then they are not two people (R35)."""

from collections.abc import Awaitable, Callable

from chappe import accounts
from chappe.ids import UserID
from chappe.operators import store

Shares = Callable[[store.Fetches, UserID, UserID], Awaitable[bool]]
"""`shares(source, one, other)`: whether something shows that two accounts are used on one device."""


class SharedDevices(list[Shares]):
    """What shows it. `app.py` adds what higher slices know: the phones that are woken."""

    def __init__(self, *more: Shares) -> None:
        super().__init__((store.share_a_browser, accounts.share_a_device, *more))

    async def are_shared(self, source: store.Fetches, one: UserID, other: UserID) -> bool:
        """Whether any of it does."""
        for shares in self:
            if await shares(source, one, other):
                return True
        return False
