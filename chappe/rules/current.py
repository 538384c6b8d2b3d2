"""What holds now, in memory: rules, protections and watched lists. The database is the truth."""

import asyncio

from chappe.clock import Clock
from chappe.rules import store
from chappe.rules.engine import Engine
from chappe.rules.policy_lists import PolicyLists
from chappe.rules.store import Protection
from chappe.storage import Database


class Current:
    """Loaded when the process starts, and whenever something of it was changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._loading = asyncio.Lock()
        self.engine = Engine()
        self.lists = PolicyLists(database)
        self.protections: dict[tuple[str, str], Protection] = {}
        """By room and kind."""
        self.woken = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it is in use, so that nobody need look at what happens."""
        return not len(self.engine) and not self.protections

    def wake(self) -> None:
        """Something was changed."""
        self.woken.set()

    async def load(self) -> None:
        """Take up what holds now."""
        async with self._loading:
            now = self._clock.now_ms()
            await self.engine.load(self._database, now)
            await self.lists.load()
            found = await store.protections(self._database, now)
            self.protections = {(one.room_id, one.kind): one for one in found}

    def protection(self, room_id: str, kind: str, now: int) -> Protection | None:
        """What protects a room in one way, now."""
        found = self.protections.get((room_id, kind))
        return found if found is not None and found.until > now else None
