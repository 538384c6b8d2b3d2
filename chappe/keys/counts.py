"""How many keys devices have left to be claimed, as every /sync tells them: known without asking the database."""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from chappe.ids import UserID
from chappe.keys import rules, store
from chappe.rooms.reading import Reads
from chappe.stream import Log

MAX_KEPT = 50_000
"""People whose devices' counts are in memory; one with two devices takes about 600 bytes."""
MAX_CLAIMED = 50_000
"""Devices of which it is remembered when a key was last claimed. Others hear of it with their next answer."""


class KeyCounts:
    """The counts of devices that synced lately."""

    def __init__(self, reads: Reads, log: Log) -> None:
        self._reads = reads
        self._log = log
        self._claimed: OrderedDict[tuple[UserID, str], int] = OrderedDict()
        """By device, `Log.ephemeral` as of its last claim."""
        self._kept: OrderedDict[UserID, dict[str, bytes]] = OrderedDict()
        self._forgotten = 0

    async def told(self, user_id: UserID, device_id: str) -> bytes:
        """The members `device_one_time_keys_count` and `device_unused_fallback_key_types` of an answer, as JSON."""
        kept = self._kept.get(user_id)
        if kept is not None and (told := kept.get(device_id)) is not None:
            self._kept.move_to_end(user_id)
            return told
        before = self._forgotten
        counts = await counts_of(self._reads, user_id, device_id)
        fallbacks = await store.fallback_keys(self._reads, user_id, device_id)
        told = b'"device_one_time_keys_count":%b,"device_unused_fallback_key_types":%b' % (
            msgspec.json.encode(counts),
            msgspec.json.encode([algorithm for algorithm, _, _, used in fallbacks if not used]),
        )
        if self._forgotten == before:  # else they may have changed while they were read
            self._keep(user_id, device_id, told)
        return told

    def _keep(self, user_id: UserID, device_id: str, told: bytes) -> None:
        self._kept.setdefault(user_id, {})[device_id] = told
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def forget(self, user_id: UserID) -> None:
        """Keys of a person's devices changed: they are counted anew."""
        self._forgotten += 1
        self._kept.pop(user_id, None)

    def claimed(self, user_id: UserID, device_ids: Iterable[str]) -> None:
        """Keys of some devices of a person were given out: those that wait are told, so that they make new ones."""
        self.forget(user_id)
        count = self._log.ephemeral + 1  # noted first: whoever is woken looks at once
        for device_id in device_ids:
            self._claimed[user_id, device_id] = count
            self._claimed.move_to_end((user_id, device_id))
            if len(self._claimed) > MAX_CLAIMED:
                self._claimed.popitem(last=False)
        self._log.touch(user_id)

    def were_claimed(self, user_id: UserID, device_id: str, since: int) -> bool:
        """Whether keys of a device were given out after a count of `Log.ephemeral`."""
        return self._claimed.get((user_id, device_id), -1) > since


async def counts_of(reads: Reads, user_id: UserID, device_id: str) -> dict[str, int]:
    """How many one-time keys a device has left. The usual kind is there even with none: clients miss it otherwise."""
    return {rules.SIGNED: 0} | await store.counts(reads, user_id, device_id)
