"""Telling those who filed something what was decided: in the background, however many they are."""

import asyncio
import logging

from chappe.errors import Refused
from chappe.moderation import decisions_store, store, tell
from chappe.moderation.tell import Woken
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command, Device, Transaction

logger = logging.getLogger(__name__)

PAGE = 200
"""Filings that are read at once."""
LOOKS_EVERY_S = 60.0
"""How often it looks by itself, for what a crash left."""


class Teller:
    """Follows decisions. What it has told stands in the database, so that nobody is told twice or never."""

    def __init__(self, bus: Bus, database: Database, woken: Woken) -> None:
        self._bus = bus
        self._database = database
        self._woken = woken

    async def run(self) -> None:
        """Tell, whenever something was decided. Ends when cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.tell_all()
            except Refused as refused:
                logger.warning("Who filed something is told later: %s", refused.reason)
            try:
                await asyncio.wait_for(self._woken.wait(), LOOKS_EVERY_S)
            except TimeoutError:
                pass

    async def tell_all(self) -> None:
        """Tell everybody who waits for an answer that is there."""
        while found := await store.untold(self._database, PAGE):
            for filing, decision_id in found:
                await self._bus.call(REGISTER, Command(answer, None, (filing.id, decision_id)))


async def answer(tx: Transaction, device: Device | None, filing_id: str, decision_id: str) -> None:
    """An act: tell whoever filed something what was decided, and note that they were told."""
    filing = await store.filing(tx, filing_id)
    decision = await decisions_store.decision(tx, decision_id)
    assert filing is not None, "a filing stays as long as its case"
    assert decision is not None, "a case is decided by a decision"
    if filing.told_at is None:
        await tell.answer(tx, filing, decision)
        store.mark_told(tx, filing_id)
