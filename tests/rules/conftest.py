"""A server with rules."""

from typing import Any

import pytest

from chappe import rules
from chappe.ids import UserID
from chappe.operators import Role
from chappe.rules import change, store
from chappe.rules.change import Written
from chappe.rules.facts import Happening
from chappe.rules.rule import Hit
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.house import House, Person
from tests.operators.conftest import Office

PUBLIC = {"preset": "public_chat"}


def written(name: str, expression: str, **more: Any) -> Written:
    said = {
        "happening": "message", "action": "queue", "topic": "spam", "why": "It looks like spam.", "owner": "Mona",
        "days": 30, **more,
    }  # fmt: skip
    return Written(name=name, expression=expression, **said)


class Desk:
    """Rules, and somebody who is told of what live ones find."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.office = Office(house)
        self.told: list[Hit] = []
        house.chappe.resources.of(rules.OnHit).append(self._follow)

    async def _follow(self, tx: Transaction, hit: Hit) -> None:
        tx.after_commit(lambda: self.told.append(hit))

    async def call(self, person: Person | None, act: Any, *arguments: object) -> Any:
        device = None if person is None else Device(UserID(person.user_id))
        return await self.house.chappe.bus.call(REGISTER, Command(act, device, arguments))

    async def staff(self) -> Person:
        if "mona" not in self.office.people:
            await self.office.staff("mona", Role.SENIOR_MODERATOR)
        return self.office.people["mona"]

    async def rule(self, name: str, expression: str, *, is_live: bool = True, **more: Any) -> None:
        """Write a rule, and have it act."""
        await self.call(await self.staff(), change.write_rule, written(name, expression, **more))
        if is_live:
            version = max(
                one.version for one in await store.all_rules(self.house.chappe.database, 100) if one.name == name
            )
            await self.call(None, change.go_live, name, version, "@mona:localhost", "proposal x")
        await self.current.load()

    @property
    def current(self) -> rules.Current:
        return self.house.chappe.resources.of(rules.Current)

    async def hits(self, name: str, version: int = 1) -> list[store.ToldHit]:
        """What a rule found, the newest first."""
        await self.house.settle()
        await self.house.chappe.resources.of(rules.Hits).write()
        return await store.hits(self.house.chappe.database, name, version, 100)

    async def found(self) -> list[Hit]:
        await self.house.settle()
        return self.told


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)


__all__ = ["PUBLIC", "Desk", "Happening", "written"]
