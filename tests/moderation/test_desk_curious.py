"""Staff who would look at, or decide, what is not theirs to look at or decide; and forms that no page ever made."""

import pytest

from chappe.errors import Refused
from chappe.moderation import decisions_store, exposure, misuse, work_store
from chappe.moderation.claim import claim, move
from chappe.moderation.complain import claim_complaint, complain, complain_by_link
from chappe.moderation.decide import decide
from chappe.moderation.misuse import Factors
from chappe.moderation.second_person import NAME, payload_of
from chappe.moderation.verdict import Planned, Verdict
from chappe.operators import Role, propose
from tests.moderation.conftest import SAFETY, Desk, removal
from tests.moderation.desk import Town, inside
from tests.moderation.test_desk_care import picture_case, sealed_case
from tests.moderation.test_public_notice import Reader
from tests.operators.conftest import form_in, seat

pytestmark = pytest.mark.anyio

WEIGHED = Factors(40, 42, "They named people as criminals.", "They wrote that they would go on.")


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


async def test_a_part_of_a_picture_or_film_is_a_look_at_it_like_any_other(desk: Desk) -> None:
    """R137, R140."""
    town = await Town.of(desk)
    number, _ = await picture_case(town)
    path = f"/desk/cases/{number}/media/0"
    mia = await inside(desk, "mia", Role.MODERATOR)
    assert (await mia.send("GET", path, Range="bytes=0-")).status_code in (200, 206)
    today = await work_store.exposure(desk.database, "@mia:localhost", desk.house.clock.now_ms() // exposure.DAY_MS)
    assert today.media == 1
    assert ("case.shown", "@mia:localhost", f"case {number}") in await desk.office.acts()
    bob = await inside(desk, "bob", Role.MODERATOR)
    assert (await bob.send("GET", path, Range="bytes=1-")).status_code == 403, "it is his own report"


async def test_staff_see_the_picture_that_they_blocked(desk: Desk) -> None:
    town = await Town.of(desk)
    number, address = await picture_case(town)
    case = (await desk.cases())[0]
    mia = await inside(desk, "mia", Role.MODERATOR)
    await desk.decided(
        desk.office.people["mia"], number, removal(case, measures=(Planned("media", address, "blocked"),))
    )
    assert (await mia.get(f"/desk/cases/{number}/media/0")).status_code == 200


async def test_one_person_does_not_open_a_sealed_case_by_moving_it(desk: Desk) -> None:
    """R111."""
    town = await Town.of(desk)
    number = await sealed_case(town)
    cleo = await desk.office.staff("cleo", Role.CHILD_SAFETY)
    await desk.act(cleo, claim, number)
    for queue in ("threat", "reports"):
        with pytest.raises(Refused, match="sealed"):
            await desk.act(cleo, move, number, queue, "I want to see it.")


async def test_a_report_of_a_threat_does_not_unseal_a_case(desk: Desk) -> None:
    """R111. It goes first, in its queue."""
    town = await Town.of(desk)
    number = await sealed_case(town)
    case = (await desk.cases())[0]
    eve = await desk.house.person("eve")
    await eve.join(town.room)
    body = {"kind": "event", "room_id": town.room, "event_id": case.item, "reason": "in danger", "is_threat": True}
    (await eve.post(f"{SAFETY}/reports", body)).ok()
    (case,) = await desk.cases()
    assert (case.number, case.stream, case.priority, case.filed) == (number, "child_safety", 0, 2)
    carl = await desk.office.staff("carl", Role.CHILD_SAFETY)
    await desk.decided(carl, number, Verdict("Nothing is wrong with it."))
    (await town.ada.post(f"{SAFETY}/reports", body)).ok()
    assert [one.stream for one in await desk.cases()] == ["child_safety", "child_safety"]


async def test_complaints_of_a_mail_address_that_is_suspended_are_not_processed(desk: Desk) -> None:
    """R91, also for those without an account."""
    town = await Town.of(desk)
    said = await town.ada.send(town.room, "words")
    fields = {
        "where": f"https://matrix.to/#/{town.room}/{said}", "reason": "It is unlawful.", "name": "A Reader",
        "email": "Reader@example.org", "good_faith": "yes", "what": "STATEMENT_CATEGORY_VIOLENCE",
    }  # fmt: skip
    assert (await Reader(desk).file(**fields)).status_code == 200
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    (case,) = await desk.cases()
    await desk.decided(sam, case.number, Verdict("Nothing is wrong with it."))
    row = await desk.database.fetch_one("SELECT id FROM filing")
    assert row is not None
    await desk.act(sam, misuse.warn, "reader@example.org", "complaints", WEIGHED)
    await desk.act(sam, misuse.suspend, "reader@example.org", "complaints", WEIGHED, 30)
    with pytest.raises(Refused, match="not processed"):
        await desk.act(None, complain_by_link, "filings", row[0], "Look again.")


async def test_numbers_that_no_form_has_are_refused(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await desk.office.staff("mia", Role.MODERATOR)
    decision = await desk.decided(mia, case.number, removal(case))
    made = await desk.act(town.ada, complain, decision, "It was a quotation.")
    sam = await inside(desk, "sam", Role.SENIOR_MODERATOR)
    path = f"/desk/complaints/{made}"
    await sam.submit(path, f"{path}/claim")
    key = form_in(await sam.get(path), f"{path}/judge")["key"]
    for odd in ("9" * 5_000, "9" * 30, "²"):
        form = {"key": key, "state": "partly_reversed", "answer": "Half.", f"lift_{odd}": "1"}
        assert (await sam.post(f"{path}/judge", form)).status_code in (400, 404), odd[:10]
    complaint = await decisions_store.complaint(desk.database, made)
    assert complaint is not None
    assert complaint.decided_at is None


async def test_a_notice_of_the_server_that_is_reported_and_decided_breaks_nothing(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await desk.office.staff("mia", Role.MODERATOR)
    await desk.decided(mia, case.number, removal(case))
    await desk.house.settle()
    rooms = (await town.ada.get("/sync")).ok()["rooms"]["join"]
    told = [(room, one) for room, it in rooms.items() for one in it["timeline"]["events"]
            if "org.chappe.safety" in one["content"]]  # fmt: skip
    body = {"kind": "event", "room_id": told[0][0], "event_id": told[0][1]["event_id"], "reason": "I do not like it"}
    (await town.ada.post(f"{SAFETY}/reports", body)).ok()
    new = (await desk.cases())[-1]
    assert new.author == "@server:localhost"
    await desk.act(mia, claim, new.number)
    for planned in (Planned("account", new.author, "limited"), Planned("room", new.room_id, "frozen")):
        with pytest.raises(Refused, match="what its case is about"):
            await desk.act(mia, decide, new.number, removal(new, measures=(planned,)))
    await desk.decided(mia, new.number, removal(new))
    members = (await town.ada.get(f"/rooms/{new.room_id}/members")).ok()["chunk"]
    (own,) = [one["event_id"] for one in members if one["state_key"] == town.ada.user_id]
    (await town.ada.post(f"{SAFETY}/reports", {**body, "event_id": own})).ok()
    (*_, last) = await desk.cases()
    await desk.decided(mia, last.number, removal(last, measures=(Planned("room", last.room_id, "frozen"),)))
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    await desk.act(sam, misuse.warn, town.ada.user_id, "filings", WEIGHED)
    await desk.act(sam, misuse.warn, "@nobody:localhost", "filings", WEIGHED)
    await desk.act(sam, misuse.warn, "@eve:elsewhere.example", "filings", WEIGHED)
    await desk.house.settle()
    assert "misuse" in [one["type"] for one in await desk.told(town.ada)], "the server can still tell people"


async def test_who_is_concerned_sees_no_page_about_the_case(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ended = removal(case, measures=(Planned("account", case.author, "terminated"),))
    made = await desk.act(mia, propose, seat(mia), NAME, payload_of(case.number, ended), "It was said often.")
    for name in ("ada", "bob"):
        browser = await inside(desk, name, Role.SENIOR_MODERATOR)
        for page in ("", "/decide", "/threat"):
            answer = await browser.get(f"/desk/cases/{case.number}{page}")
            assert (answer.status_code, "This is about you" in answer.text) == (403, True), page
        answer = await browser.get(f"/desk/proposals/{made}")
        assert (answer.status_code, "This is about you" in answer.text) == (403, True)
