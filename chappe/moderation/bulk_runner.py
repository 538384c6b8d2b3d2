"""Carrying out bulk decisions in the background, one case after the other. What is left to do is in the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chappe.errors import Refused
from chappe.ids import UserID
from chappe.moderation import bulk, bulk_store
from chappe.moderation.bulk import BulkWoken
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device

Act = Callable[..., Awaitable[None]]

logger = logging.getLogger(__name__)

PAGE = 50
LOOKS_EVERY_S = 60.0
"""How often it looks by itself, for what a crash left."""


class BulkRunner:
    """Carries out what was begun, or is to be undone."""

    def __init__(self, bus: Bus, database: Database, woken: BulkWoken) -> None:
        self._bus = bus
        self._database = database
        self._woken = woken
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Carry out whatever there is. Ends when cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.run_all()
            except Refused as refused:
                logger.warning("A bulk decision goes on later: %s", refused.reason)
            try:
                await asyncio.wait_for(self._woken.wait(), LOOKS_EVERY_S)
            except TimeoutError:
                pass

    async def run_all(self) -> None:
        """Carry out everything that is there now."""
        async with self._turn:
            for one in await bulk_store.running(self._database):
                if one.state == "running":
                    await self._each(one, one.by_user, "waiting", bulk.decide_one)
                    await self._call(None, bulk.finish, one.id, "running", "done")
                else:
                    await self._each(one, one.undone_by, "decided", bulk.undo_one)
                    await self._call(None, bulk.finish, one.id, "undoing", "undone")

    async def _each(self, one: bulk_store.Bulk, by: str, state: str, act: Act) -> None:
        device = Device(UserID(by))
        while found := await bulk_store.cases_in(self._database, one.id, state, PAGE):
            for case in found:
                try:
                    await self._call(device, act, one.id, case.case_number)
                except Refused as no:
                    if no.status >= 500:
                        raise
                    await self._call(None, bulk.leave_one, one.id, case.case_number, state, bulk.word_of(no))

    async def _call(self, device: Device | None, act: Act, *arguments: object) -> None:
        await self._bus.call(REGISTER, Command(act, device, arguments))
