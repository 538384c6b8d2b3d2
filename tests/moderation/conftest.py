"""A desk with people on it, a public room, and something in it that is reported."""

from typing import Any

import pytest

from chappe.ids import UserID
from chappe.moderation import decisions_store, store
from chappe.moderation.claim import claim
from chappe.moderation.decide import decide
from chappe.moderation.records import Case
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Ground
from chappe.operators import Role
from chappe.stream import REGISTER, Command, Device
from tests.house import House, Person
from tests.operators.conftest import Office

SAFETY = "/_chappe/client/v1/safety"
SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"


class Desk:
    """A server with staff, where somebody has said something."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.house: House = office.house
        self.database = office.house.chappe.database

    async def act(self, person: Person | None, act: Any, *arguments: object) -> Any:
        """An act in the register, as somebody."""
        device = None if person is None else Device(UserID(person.user_id))
        return await self.house.chappe.bus.call(REGISTER, Command(act, device, arguments))

    async def cases(self) -> list[Case]:
        """All cases, in the order of their numbers."""
        rows = await self.database.fetch("SELECT number FROM moderation_case ORDER BY number")
        found = [await store.case(self.database, row[0]) for row in rows]
        return [one for one in found if one is not None]

    async def decided(self, by: Person, number: int, verdict: Verdict) -> str:
        """Claim a case and decide it."""
        await self.act(by, claim, number)
        decision = await self.act(by, decide, number, verdict)
        await self.house.chappe.teller.tell_all()
        await self.house.settle()
        return str(decision)

    async def measures_held(self, decision: str) -> list[str]:
        """The measures of a decision that are not lifted."""
        return [one.measure for one in await decisions_store.measures(self.database, decision) if not one.lifted_by]

    async def told(self, person: Person) -> list[dict[str, Any]]:
        """The data of all notices that the server gave somebody, the oldest first."""
        await self.house.settle()
        answer = (await person.get("/sync")).ok()
        rooms = answer["rooms"].get("join", {}).values()
        contents = [event["content"] for room in rooms for event in room["timeline"]["events"]]
        return [{**one["org.chappe.safety"], "body": one["body"]} for one in contents if "org.chappe.safety" in one]


def removal(case: Case, **more: Any) -> Verdict:
    """A verdict that removes the message of a case, on the terms."""
    return Verdict(
        "It insults a group of people for their religion.",
        facts="One message in a public room, reported by a member.",
        measures=more.pop("measures", (Planned("event", case.item, "removed", case.room_id),)),
        ground=Ground.TERMS,
        ground_reference="hate",
        proportionality="A warning would leave the message where everybody reads it.",
        category=SPEECH,
        keywords=("KEYWORD_HATE_SPEECH",),
        content_types=("CONTENT_TYPE_TEXT",),
        **more,
    )


@pytest.fixture
async def desk(house: House) -> Desk:
    office = Office(house)
    await office.staff("olga", Role.OWNER)
    return Desk(office)
