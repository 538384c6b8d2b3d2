"""Staff who would look at, or decide, what is not theirs to look at or decide; and forms that no page ever made."""

import pytest

from chappe.errors import Refused
from chappe.moderation.complain import claim_complaint, complain
from chappe.moderation.verdict import Verdict
from chappe.operators import Role
from tests.moderation.conftest import Desk, removal
from tests.moderation.desk import Town

pytestmark = pytest.mark.anyio


async def test_who_reported_it_does_not_judge_the_complaint_of_whom_it_restricts(desk: Desk) -> None:
    town = await Town.of(desk)
    bob = await desk.office.staff("bob", Role.SENIOR_MODERATOR)
    mia = await desk.office.staff("mia", Role.MODERATOR)
    case = await town.case()
    decision = await desk.decided(mia, case.number, removal(case))
    made = await desk.act(town.ada, complain, decision, "It was a quotation.")
    with pytest.raises(Refused, match="This is about you"):
        await desk.act(bob, claim_complaint, made)


async def test_whose_it_is_does_not_judge_the_complaint_that_nothing_was_done(desk: Desk) -> None:
    town = await Town.of(desk)
    ada = await desk.office.staff("ada", Role.SENIOR_MODERATOR)
    mia = await desk.office.staff("mia", Role.MODERATOR)
    case = await town.case()
    decision = await desk.decided(mia, case.number, Verdict("Nothing is wrong with it."))
    row = await desk.database.fetch_one("SELECT id FROM filing")
    assert row is not None
    made = await desk.act(town.bob, complain, decision, "Look again.", row[0])
    with pytest.raises(Refused, match="This is about you"):
        await desk.act(ada, claim_complaint, made)
