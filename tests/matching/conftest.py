"""Lists, and what is shown in rooms."""

import secrets
from typing import Any

import pytest

from chappe import audit, matching
from chappe.matching import lists
from chappe.matching.lists import About
from chappe.matching.match import Match
from chappe.matching.read_list import digest_of
from chappe.restrictions import Restrictions
from chappe.stream import REGISTER, Command, Transaction
from tests.house import House, Person

PUBLIC = {"preset": "public_chat"}


class Desk:
    """A server whose lists are published, and somebody who is told of matches."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.told: list[Match] = []
        house.chappe.resources.of(matching.OnMatch).append(self._follow)
        self.restrictions = house.chappe.resources.of(Restrictions)

    async def _follow(self, tx: Transaction, match: Match) -> None:
        tx.after_commit(lambda: self.told.append(match))

    async def call(self, act: Any, *arguments: object) -> Any:
        return await self.house.chappe.bus.call(REGISTER, Command(act, None, arguments))

    async def publish(self, name: str, kind: str, *hashes: bytes, vetted: bool = False, topic: str = "other") -> None:
        """Use a list, as whoever owns the machine does."""
        import_id = secrets.token_urlsafe(18)
        await self.call(lists.begin_list, import_id, About(name, kind, topic, "tests", "us", vetted), audit.MACHINE)
        await self.call(lists.add_hashes, import_id, 0, b"".join(sorted(hashes)))
        digest = digest_of(sorted(hashes))
        await self.call(lists.finish_list, import_id, len(hashes), digest, audit.MACHINE, True)
        await self.snapshots.load()

    async def is_blocked(self, address: str) -> bool:
        """Whether media is not given out, by a decision."""
        return await self.restrictions.on_media(f"mxc://{address}", "", None) is not None

    @property
    def snapshots(self) -> matching.Snapshots:
        return self.house.chappe.resources.of(matching.Snapshots)

    @property
    def reading(self) -> matching.MatchingReader:
        return self.house.chappe.resources.of(matching.MatchingReader)

    async def found(self) -> list[Match]:
        """What was told, once everything so far is dealt with."""
        await self.house.caught_up("matching")
        await self.reading.catch_up_awaited()
        await self.house.settle()
        return self.told


async def show(person: Person, room_id: str, address: str, *, txn: str | None = None) -> str:
    """Send an image message."""
    return await person.send(room_id, "a picture", txn=txn, msgtype="m.image", url=f"mxc://{address}")


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)
