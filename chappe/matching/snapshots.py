"""The lists as they are used: read and put in order away from the loop, and then taken in the place of those before.

A snapshot is never changed. Who has one goes on with it; who asks next gets the new one.
"""

import asyncio
from dataclasses import dataclass

from chappe.matching import store
from chappe.matching.index import ExactIndex, PDQIndex, pack
from chappe.matching.read_list import Kind
from chappe.matching.store import HashList
from chappe.storage import Database

CHUNKS_AT_ONCE = 64
"""Read of a list at a time: 2 MiB."""


@dataclass(frozen=True)
class Loaded:
    """A list in memory."""

    name: str
    version: int
    kind: Kind
    topic: str
    vetted: bool
    index: ExactIndex | PDQIndex


@dataclass(frozen=True)
class Snapshot:
    """All lists that were live at one moment. `number` tells it from the others of this process."""

    number: int
    lists: tuple[Loaded, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What they take in memory."""
        return sum(loaded.index.size_bytes for loaded in self.lists)

    @property
    def has_pictures(self) -> bool:
        """Whether it is of use to hash a picture."""
        return any(loaded.kind is Kind.PDQ for loaded in self.lists)

    def with_file(self, sha256: bytes, *, only_vetted: bool = False) -> list[Loaded]:
        """The lists that have this very file."""
        return [
            loaded
            for loaded in self.lists
            if isinstance(loaded.index, ExactIndex) and (loaded.vetted or not only_vetted) and sha256 in loaded.index
        ]

    def with_picture(self, bits: bytes) -> list[tuple[Loaded, int]]:
        """The lists that have what looks like this, and how far the nearest is. Some milliseconds: not on the loop."""
        near = [(loaded, loaded.index.nearest(bits)) for loaded in self.lists if isinstance(loaded.index, PDQIndex)]
        return [(loaded, distance) for loaded, distance in near if distance is not None]


class Snapshots:
    """The one that is used now, and the files that were cleared."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.woken = asyncio.Event()
        self.ready = asyncio.Event()
        """Set once the lists of the start are here: before that nobody can say that something stands on none."""
        self._loaded: dict[str, Loaded] = {}
        self._loading = asyncio.Lock()
        self.now = Snapshot(0)
        self.cleared: set[bytes] = set()
        """SHA-256 of files that a person has judged to be fine: nothing is found about them any more."""

    def wake(self) -> None:
        """Something was published or retired."""
        self.woken.set()

    async def load(self) -> None:
        """Take up what is live now. What is in memory already is not read again."""
        async with self._loading:
            self.cleared.update(await store.cleared(self._database))
            live = await store.in_state(self._database, store.LIVE)
            loaded = {one.import_id: self._loaded.get(one.import_id) or await self._load(one) for one in live}
            if loaded.keys() != self._loaded.keys():
                self._loaded = loaded
                self.now = Snapshot(self.now.number + 1, tuple(loaded.values()))
            self.ready.set()

    async def _load(self, found: HashList) -> Loaded:
        parts: list[bytes] = []
        after = -1
        while chunks := await store.chunks(self._database, found.import_id, after, CHUNKS_AT_ONCE):
            parts += [hashes for _, hashes in chunks]
            after = chunks[-1][0]
        kind = Kind(found.kind)
        index = await asyncio.to_thread(_built, kind, parts)
        if len(index) != found.entries:
            raise ValueError(f"the list {found.name} has {len(index)} hashes, and was published with {found.entries}")
        return Loaded(found.name, found.version, kind, found.topic, bool(found.vetted), index)


def _built(kind: Kind, parts: list[bytes]) -> ExactIndex | PDQIndex:
    packed = pack(parts)
    return PDQIndex(packed) if kind is Kind.PDQ else ExactIndex(packed)
