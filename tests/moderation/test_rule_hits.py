"""What live rules find becomes a case, or a decision with its reasons. R138."""

import pytest

from chappe.moderation import decisions_store
from chappe.moderation.categories import decided_categories, filed_categories, require_category
from chappe.moderation.claim import claim
from chappe.moderation.rule_hits import BASES
from chappe.moderation.terms import terms
from chappe.operators import Role
from chappe.restrictions import Measure, Restrictions
from tests.moderation.conftest import Desk
from tests.rules.conftest import PUBLIC
from tests.rules.conftest import Desk as Rules

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rules(desk: Desk) -> Rules:
    return Rules(desk.house)


def test_every_topic_can_be_filed_and_decided() -> None:
    for basis in BASES.values():
        require_category(filed_categories(), basis.category, (basis.keyword,))
        require_category(decided_categories("terms"), basis.category, (basis.keyword,))
        assert terms().named(basis.term) is not None


async def test_a_person_looks(desk: Desk, rules: Rules) -> None:
    anna = await desk.house.person("annie")
    room_id = await anna.create_room(**PUBLIC)
    await rules.rule("coins", 'body.contains("coins")', action="queue")
    event_id = await anna.send(room_id, "free coins")
    await rules.found()
    (case,) = await desk.cases()
    assert (case.item, case.author, case.state, case.stream) == (event_id, anna.user_id, "open", "automatic")
    assert not [one for one in await desk.told(anna) if one["type"] == "statement"]


async def test_a_rule_hides_with_reasons_that_name_it(desk: Desk, rules: Rules) -> None:
    anna = await desk.house.person("annie")
    room_id = await anna.create_room(**PUBLIC)
    await rules.rule("coins", 'body.contains("coins")', action="hide", why="It offers coins that nobody has.")
    await anna.send(room_id, "free coins")
    await rules.found()
    (case,) = await desk.cases()
    assert case.state == "decided"
    assert await desk.measures_held(case.decision) == ["removed"]
    decision = await decisions_store.decision(desk.database, case.decision)
    assert decision is not None
    assert (decision.automation, decision.detected) == ("fully", "yes")
    assert decision.rule == "Rule coins, version 1: It offers coins that nobody has."
    assert "messages_last_minute 1" in decision.facts
    (told,) = [one for one in await desk.told(anna) if one["type"] == "statement"]
    assert told["decision"] == case.decision


async def test_a_rule_limits_an_account_for_a_day(desk: Desk, rules: Rules) -> None:
    anna = await desk.house.person("annie")
    others = [await desk.house.person(f"guest{number}") for number in range(3)]
    room_id = await anna.create_room(preset="private_chat")
    await rules.rule("invites", "invites_last_hour > 1", happening="invite", action="limit")
    for one in others[:2]:
        assert (await anna.invite(room_id, one.user_id)).status == 200
    await rules.found()
    (case,) = await desk.cases()
    assert (case.item, case.state) == (anna.user_id, "decided")
    held = desk.house.chappe.resources.of(Restrictions)
    from chappe.ids import UserID

    found = await held.on_account(UserID(anna.user_id), (Measure.LIMITED,))
    assert found is not None
    assert found.until == found.since + 86_400_000


async def test_a_case_on_which_somebody_works_is_left_to_them(desk: Desk, rules: Rules) -> None:
    anna = await desk.house.person("annie")
    room_id = await anna.create_room(**PUBLIC)
    await rules.rule("all", 'sender.startsWith("@annie")', action="limit")
    mona = await desk.office.staff("mike", Role.MODERATOR)
    ben = await desk.house.person("benny")
    assert (await ben.post(f"/users/{anna.user_id}/report", {"reason": "spam"})).status == 200
    (case,) = await desk.cases()
    await desk.act(mona, claim, case.number)
    await anna.send(room_id, "x")
    await rules.found()
    (case,) = await desk.cases()
    assert (case.state, case.filed) == ("open", 2)
    assert desk.house.chappe.outbox.failing == 0
