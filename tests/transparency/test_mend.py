"""What names somebody is held up, and a person enters another text. R79, R83."""

import json

import pytest

from chappe.operators.rules import StaffRefused
from chappe.transparency import Telling, store
from chappe.transparency.mend import mend, try_again
from tests.house import House
from tests.operators.conftest import Office
from tests.transparency.database import EUDatabase
from tests.transparency.desk import Desk

pytestmark = pytest.mark.anyio


async def tell(house: House) -> None:
    await house.chappe.resources.of(Telling).catch_up()


async def one(house: House, decision: str) -> store.Statement:
    found = await store.statement(house.chappe.database, decision)
    assert found is not None
    return found


async def test_whoever_is_concerned_is_looked_for_by_all_their_names(
    house: House, desk: Desk, office: Office, double: EUDatabase
) -> None:
    carl = await office.person("carl")
    await carl.put(f"/profile/{carl.user_id}/displayname", {"displayname": "Carl the Great"})
    case = desk.case()
    desk.filing(case, name="Zoé Petit", email="zoe.petit@mail.example")
    desk.filing(case, by_user="@nosy.nick:localhost")
    texts = [
        "carl did it",
        "CARL THE GREAT",
        "said zoe petit",
        "nosy.nick said so",
        "mia decided",
        "call +33 612345678",
    ]
    made = [desk.decision(case, explanation=text, by_user="@mia:localhost") for text in texts]
    fine = desk.decision(case, explanation="Somebody threatens another person.")
    await desk.write()
    await tell(house)
    for decision, text in zip(made, texts, strict=True):
        assert (await one(house, decision)).state == "blocked", text
    assert (await one(house, fine)).state == "sent"
    assert len(double.stored) == 1


async def test_a_mended_text_goes_to_the_public_and_the_decision_stays(
    house: House, desk: Desk, office: Office, double: EUDatabase
) -> None:
    olga = await office.person("olga")
    decision = desk.decision(desk.case(), explanation="@carl:localhost threatens people.", facts="See https://x.test/1")
    await desk.write()
    await tell(house)
    assert [(found.field, found.kind) for found in (await one(house, decision)).found] == [
        ("illegal_content_explanation", "user_id"),
        ("decision_facts", "url"),
    ]
    half = {"illegal_content_explanation": "Somebody threatens people."}
    assert await office.call(olga, mend, decision, half, False) is False
    assert [found.kind for found in (await one(house, decision)).found] == ["url"]
    assert await office.call(olga, mend, decision, half | {"decision_facts": "Seen in an open room."}, False) is True
    await tell(house)
    (told,) = double.stored.values()
    assert told["illegal_content_explanation"] == "Somebody threatens people."
    assert "carl" not in json.dumps(told)
    rows = await house.chappe.database.fetch("SELECT explanation, to_user FROM decision")
    assert rows == [("@carl:localhost threatens people.", "Only you read this")]
    assert [act for act, _, _ in await office.acts()].count("transparency.mended") == 2
    with pytest.raises(StaffRefused):
        await office.call(olga, mend, decision, half, False)


async def test_a_word_that_is_no_name_is_let_through_and_nothing_else_is(
    house: House, desk: Desk, office: Office
) -> None:
    olga = await office.person("olga")
    case = desk.case(author="@terror:localhost")
    word = desk.decision(case, explanation="It praises terror.")
    mail = desk.decision(case, explanation="It praises terror, says a@b.example.")
    await desk.write()
    await tell(house)
    assert await office.call(olga, mend, word, {}, True) is True
    assert await office.call(olga, mend, mail, {}, True) is False


async def test_what_the_database_refused_is_mended_and_goes_under_the_same_name(
    house: House, desk: Desk, office: Office, double: EUDatabase
) -> None:
    olga = await office.person("olga")
    decision = desk.decision(desk.case())
    await desk.write()
    puid = (await house.chappe.database.fetch("SELECT COUNT(*) FROM database_statement"))[0][0]
    assert puid == 0
    double.broken = lambda request: "503"
    await tell(house)
    double.refuses.add((await one(house, decision)).puid)
    double.broken = lambda request: None
    await office.call(olga, try_again)
    await tell(house)
    assert (await one(house, decision)).state == "refused"
    double.refuses.clear()
    await office.call(olga, mend, decision, {"decision_facts": "A message in a public room."}, False)
    await tell(house)
    assert (await one(house, decision)).state == "sent"
    assert list(double.stored) == [(await one(house, decision)).puid]


async def test_what_the_database_would_not_take_is_held_up_with_its_reason(house: House, desk: Desk) -> None:
    decision = desk.decision(desk.case(), category="STATEMENT_CATEGORY_OLD", facts="x" * 5_001)
    await desk.write()
    await tell(house)
    found = (await one(house, decision)).found
    assert {(each.field, each.kind) for each in found} == {("category", "fault"), ("decision_facts", "fault")}
