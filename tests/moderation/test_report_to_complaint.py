"""From a report by any Matrix client to a reversed decision: what each of those concerned sees."""

import pytest

from chappe.moderation import decisions_store
from chappe.moderation.complain import claim_complaint, judge
from chappe.operators import Role
from tests.moderation.conftest import SAFETY, Desk, removal

pytestmark = pytest.mark.anyio


async def test_from_a_report_to_a_reversal(desk: Desk) -> None:
    house = desk.house
    mia = await desk.office.staff("mia", Role.MODERATOR)
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    ada, bob = await house.person("ada"), await house.person("bob")
    room = await ada.create_room(preset="public_chat")
    await bob.join(room)
    said = await ada.send(room, "something hateful")

    answer = await bob.post(f"/rooms/{room}/report/{said}", {"reason": "hateful"})
    assert (answer.status, answer.json) == (200, {})
    (case,) = await desk.cases()
    assert (case.kind, case.item, case.author, case.filed) == ("event", said, ada.user_id, 1)
    assert case.dissemination == "auto_join"
    assert case.snapshot["content"] == {"msgtype": "m.text", "body": "something hateful"}
    (receipt,) = await desk.told(bob)
    assert receipt["type"] == "receipt"
    assert "received" in receipt["body"]

    decision = await desk.decided(mia, case.number, removal(case))

    (statement,) = await desk.told(ada)
    assert statement["type"] == "statement"
    assert statement["decision"] == decision
    assert statement["measures"][0]["measure"] == "removed"
    assert "hatred" in statement["body"]
    (_, told) = await desk.told(bob)
    assert (told["type"], told["outcome"]) == ("answer", "restricted")
    own = (await bob.get(f"{SAFETY}/reports")).ok()["reports"]
    assert [(one["state"], one["decision"]["outcome"]) for one in own] == [("decided", "restricted")]
    (mine,) = (await ada.get(f"{SAFETY}/decisions")).ok()["decisions"]
    assert mine["holds"] == [True]
    assert mine["term"]["id"] == "hate"

    body = {"text": "I quoted it to answer it."}
    complaint = (await ada.post(f"{SAFETY}/decisions/{decision}/complaint", body)).ok()["id"]
    await desk.act(sam, claim_complaint, complaint)
    await desk.act(sam, judge, complaint, "reversed", "It was a quotation.", [])

    assert await desk.measures_held(decision) == []
    (_, reversal, answered) = await desk.told(ada)
    assert (reversal["type"], reversal["partly"]) == ("reversal", False)
    assert (answered["type"], answered["state"]) == ("complaint", "reversed")
    shown = (await bob.get(f"/rooms/{room}/event/{said}")).ok()
    assert shown["content"]["body"] == "something hateful"
    decisions = await decisions_store.decisions_of_case(desk.database, case.number)
    assert [one.outcome for one in decisions] == ["reversed", "restricted"]
