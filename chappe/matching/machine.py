"""What whoever owns the machine does about lists of hashes, with `chappe hashes`."""

import msgspec

from chappe import audit
from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.matching import lists, store
from chappe.matching.lists import About
from chappe.storage import Database
from chappe.stream import REGISTER, Bus, Command

MAX_LISTED = 1_000


class BeginHashes(msgspec.Struct, frozen=True, tag="hashes_begin"):
    """Begin to add a list, under an id that nobody else uses."""

    import_id: str
    about: About


class AddHashes(msgspec.Struct, frozen=True, tag="hashes_add"):
    """The next part of it."""

    import_id: str
    number: int
    hashes: bytes


class FinishHashes(msgspec.Struct, frozen=True, tag="hashes_finish"):
    """That was all: so many hashes, with that digest. Used at once, or only when two people publish it."""

    import_id: str
    entries: int
    digest: str
    is_published: bool


class RetireHashes(msgspec.Struct, frozen=True, tag="hashes_retire"):
    """Use a list no more."""

    name: str


class ListHashes(msgspec.Struct, frozen=True, tag="hashes_list"):
    """All lists."""


class ListedHashes(msgspec.Struct, frozen=True):
    """A version of a list."""

    name: str
    version: int
    kind: str
    topic: str
    state: str
    entries: int
    vetted: bool
    source: str
    owner: str


class HashesTold(msgspec.Struct, frozen=True):
    """The answer to each wish: the lists that it was about. Never a hash."""

    lists: tuple[ListedHashes, ...] = ()


Wish = BeginHashes | AddHashes | FinishHashes | RetireHashes | ListHashes


class HashesMachine:
    """These wishes, fulfilled in this process."""

    wishes: tuple[type[msgspec.Struct], ...] = (BeginHashes, AddHashes, FinishHashes, RetireHashes, ListHashes)

    def __init__(self, bus: Bus, database: Database, clock: Clock) -> None:
        self._bus = bus
        self._database = database
        self._clock = clock

    async def fulfil(self, wish: Wish) -> HashesTold:
        """Do what is wished. Refuses with a sentence for the command line."""
        if isinstance(wish, ListHashes):
            return _told(*await store.all_lists(self._database, MAX_LISTED))
        if isinstance(wish, RetireHashes):
            version = await lists.live_version(self._database, wish.name)
            await self._call(lists.retire_list, wish.name, version, audit.MACHINE, "")
            return _told(await store.by_version(self._database, wish.name, version))
        if isinstance(wish, BeginHashes):
            await self._call(lists.begin_list, wish.import_id, wish.about, audit.MACHINE)
        elif isinstance(wish, AddHashes):
            await self._call(lists.add_hashes, wish.import_id, wish.number, wish.hashes)
            return HashesTold()
        else:
            sent = (wish.entries, wish.digest)
            if await lists.measured(self._database, wish.import_id) != sent:
                raise Refused(Errcode.INVALID_PARAM, "What has come is not what was sent. Nothing was changed.")
            await self._call(lists.finish_list, wish.import_id, *sent, audit.MACHINE, wish.is_published)
        return _told(await store.by_id(self._database, wish.import_id))

    async def _call(self, act: object, *arguments: object) -> None:
        await self._bus.call(REGISTER, Command(act, None, arguments))  # type: ignore[arg-type]


def _told(*found: store.HashList | None) -> HashesTold:
    return HashesTold(
        tuple(
            ListedHashes(
                one.name,
                one.version,
                one.kind,
                one.topic,
                one.state,
                one.entries,
                bool(one.vetted),
                one.source,
                one.owner,
            )
            for one in found
            if one is not None
        )
    )
