"""Readers: whoever follows the log at their own pace and catches up after a crash.

Push, bots, search, previews and figures are readers. Each has a name and a saved position for every
shard; sending knows none of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chappe.storage import Database
from chappe.stream.log import Log
from chappe.stream.shards import SHARDS, Shard
from chappe.stream.writer import Writer

logger = logging.getLogger(__name__)

RETRY_S = 1.0
SAVE_EVERY_S = 2.0
"""How often positions are saved: after a crash, a reader deals with that much again."""

Handle = Callable[[Shard, int, int], Awaitable[None]]
"""`handle(shard, after, upto)`: deal with the entries after one position, up to and with another.

It may be called again for the same entries after a crash, and must do no harm then.
"""

_POSITIONS = "SELECT shard, position FROM reader WHERE name = $1"
_SAVE = """
INSERT INTO reader (name, shard, position) VALUES ($1, $2, $3)
ON CONFLICT (name, shard) DO UPDATE SET position = excluded.position
"""


class Reader:
    """One follower of the rooms of all shards. `run` is a task of the process; it ends when cancelled."""

    def __init__(self, name: str, handle: Handle, database: Database, log: Log, writer: Writer) -> None:
        self.name = name
        self._handle = handle
        self._database = database
        self._log = log
        self._writer = writer
        self.positions = [0] * SHARDS
        self._seen_version = -1
        self._unsaved: set[int] = set()
        self._save_from = 0.0

    @property
    def lag(self) -> int:
        """How many positions it has still to deal with."""
        return sum(self._log.heads[:SHARDS]) - sum(self.positions)

    async def run(self, interval_s: float = 0.2) -> None:
        """Catch up, then look again whenever the log has moved."""
        for shard, position in await self._database.fetch(_POSITIONS, self.name):
            self.positions[shard] = position
        while True:
            try:
                await self.catch_up()
            except Exception:
                logger.exception("Reader %s will try again", self.name)
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(interval_s)

    async def catch_up(self) -> None:
        """Deal with everything committed so far. A position is saved after its entries were dealt with."""
        self._save()
        if self._log.version == self._seen_version:
            return
        self._seen_version, heads = self._log.version, self._log.heads
        try:
            for number, head in enumerate(heads[:SHARDS]):
                if head > self.positions[number]:
                    if self._has_news_of_rooms(Shard(number)):
                        await self._handle(Shard(number), self.positions[number], head)
                    self.positions[number] = head
                    self._unsaved.add(number)
        except BaseException:
            self._seen_version = -1
            raise

    def _has_news_of_rooms(self, shard: Shard) -> bool:
        """Whether anything but people's own streams has moved, as far as is known."""
        changed = self._log.changed_since(shard, self.positions[shard])
        return changed is None or any(key.startswith("!") for key in changed)

    def _save(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._unsaved or now < self._save_from:
            return
        self._save_from = now + SAVE_EVERY_S
        for number in self._unsaved:
            self._writer.lazily(_SAVE, self.name, number, self.positions[number])
        self._unsaved.clear()
