"""Filing: one case an item, every filing kept, and nothing that one may not see. R69 to R73."""

from typing import Any

import pytest

from chappe.errors import Refused
from chappe.moderation import store
from chappe.moderation.file import MAX_A_DAY, file
from chappe.moderation.flaggers import add_flagger
from chappe.moderation.queue_store import Wanted
from chappe.moderation.queues import page_of
from chappe.moderation.records import Filed, Item
from chappe.moderation.verdict import Verdict
from chappe.moderation.words import Door, ItemKind, Stream
from chappe.operators import Role
from tests.house import Person, gather_at_once
from tests.moderation.conftest import SAFETY, SPEECH, Desk

pytestmark = pytest.mark.anyio

SPAM = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"


async def _room_with(desk: Desk, *others: str) -> tuple[Person, list[Person], str, str]:
    ada = await desk.house.person("ada")
    room = await ada.create_room(preset="public_chat")
    people = [await desk.house.person(name) for name in others]
    for person in people:
        await person.join(room)
    return ada, people, room, await ada.send(room, "look here")


async def test_reports_of_fifty_people_at_once_are_one_case(desk: Desk) -> None:
    """R72: one case an item, with all reporters kept, and numbers without gaps."""
    _, _, room, said = await _room_with(desk)
    people = [await desk.house.person(f"p{number}") for number in range(50)]
    for person in people:
        await person.join(room)
    answers = await gather_at_once(*(one.post(f"/rooms/{room}/report/{said}", {}) for one in people))
    assert {answer.status for answer in answers} == {200}
    (case,) = await desk.cases()
    assert (case.number, case.filed) == (1, 50)
    filings = await store.filings(desk.database, 1, 100)
    assert {one.by_user for one in filings} == {one.user_id for one in people}
    assert [one.position for one in await store.entries(desk.database, 1, 100)] == list(range(50, 0, -1))


async def test_a_report_that_is_repeated_at_the_same_moment_is_one(desk: Desk) -> None:
    _, (bob,), room, said = await _room_with(desk, "bob")
    await gather_at_once(*(bob.post(f"/rooms/{room}/report/{said}", {}) for _ in range(50)))
    (case,) = await desk.cases()
    assert case.filed == 1


async def test_a_report_and_a_notice_of_one_person_are_two_doors_to_one_case(desk: Desk) -> None:
    """R69."""
    _, (bob,), room, said = await _room_with(desk, "bob")
    about = {"kind": "event", "room_id": room, "event_id": said}
    await bob.post(f"/rooms/{room}/report/{said}", {})
    notice = {**about, "door": "notice", "category": SPEECH, "reason": "illegal", "good_faith": True}
    (await bob.post(f"{SAFETY}/reports", notice)).ok()
    (case,) = await desk.cases()
    assert (case.filed, case.stream, case.category) == (2, "notices", SPEECH)


@pytest.mark.parametrize("path", ["/rooms/{room}/report/{said}", "/rooms/{room}/report/$" + "a" * 43])
async def test_nobody_reports_an_event_that_they_cannot_see(desk: Desk, path: str) -> None:
    _, _, room, said = await _room_with(desk)
    eve = await desk.house.person("eve")
    answer = await eve.post(path.format(room=room, said=said), {"reason": "x"})
    assert (answer.status, answer.errcode) == (404, "M_NOT_FOUND")
    assert await desk.cases() == []


async def test_what_was_judged_is_muted_until_it_is_edited(desk: Desk) -> None:
    """R72: for the same reason; another reason, or another text, opens a case again."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada, (bob, cleo, dan, eve), room, said = await _room_with(desk, "bob", "cleo", "dan", "eve")
    await bob.post(f"/rooms/{room}/report/{said}", {})
    await desk.decided(mia, 1, Verdict("It is fine."))

    await cleo.post(f"/rooms/{room}/report/{said}", {})
    assert [(one.number, one.filed, one.state) for one in await desk.cases()] == [(1, 2, "decided")]
    await desk.house.chappe.teller.tell_all()
    assert [one["type"] for one in await desk.told(cleo)] == ["receipt", "answer"]

    about = {"kind": "event", "room_id": room, "event_id": said, "category": SPAM}
    (await dan.post(f"{SAFETY}/reports", about)).ok()
    assert len(await desk.cases()) == 2
    await desk.decided(mia, 2, Verdict("It is no fraud."))

    edited: Any = {"m.new_content": {"msgtype": "m.text", "body": "worse"}}
    edited |= {"m.relates_to": {"rel_type": "m.replace", "event_id": said}}
    await ada.send(room, "* worse", **edited)
    await eve.post(f"/rooms/{room}/report/{said}", {})
    newest = (await desk.cases())[-1]
    assert (newest.number, newest.state) == (3, "open")
    assert newest.snapshot["edited"] == {"msgtype": "m.text", "body": "worse"}


async def test_a_flood_of_reports_is_refused_but_for_children_and_threats(desk: Desk) -> None:
    """R91: what is about children or somebody's life always reaches people."""
    eve = await desk.house.person("eve")

    async def filed(number: int, **more: object) -> str:
        item = Item(ItemKind.EVENT, f"${number:043}", "!room", "@ada:localhost")
        return str(await desk.act(eve, file, item, Filed(Door.REPORT, by_user=eve.user_id, **more)))  # type: ignore[arg-type]

    for number in range(MAX_A_DAY):
        await filed(number)
    with pytest.raises(Refused, match="Go on tomorrow"):
        await filed(MAX_A_DAY)
    await filed(MAX_A_DAY + 1, is_threat=True)
    abuse = {"category": "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "keyword": "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"}
    await filed(MAX_A_DAY + 2, **abuse)
    desk.house.clock.advance(86_400)
    await filed(MAX_A_DAY + 3)


async def test_a_trusted_flagger_goes_first_inside_its_area_alone(desk: Desk) -> None:
    """R73, Art. 22(1)."""
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    flagger = await desk.house.person("flagger")
    await desk.act(sam, add_flagger, "Against Hate", flagger.user_id, (SPEECH,), "FR", "2026-01-15")
    _, (bob,), room, first = await _room_with(desk, "bob")
    ada_room = room
    await flagger.join(ada_room)
    ada = await desk.house.log_in("@ada:localhost")
    second, third = await ada.send(room, "two"), await ada.send(room, "three")

    async def notify(who: Person, said: str, category: str) -> None:
        about = {"kind": "event", "room_id": room, "event_id": said, "door": "notice"}
        (await who.post(f"{SAFETY}/reports", {**about, "category": category, "reason": "r", "good_faith": True})).ok()

    await notify(bob, first, SPEECH)
    await notify(flagger, second, SPAM)
    await notify(flagger, third, SPEECH)
    queued, _ = await page_of(desk.database, [Stream.NOTICES], Wanted())
    assert [one.item for one in queued] == [third, first, second]


async def test_a_threat_to_life_comes_before_everything(desk: Desk) -> None:
    """R75, Art. 18."""
    _, (bob, cleo), room, said = await _room_with(desk, "bob", "cleo")
    await bob.post(f"/rooms/{room}/report/{said}", {})
    about = {"kind": "event", "room_id": room, "event_id": said, "is_threat": True}
    (await cleo.post(f"{SAFETY}/reports", about)).ok()
    (case,) = await desk.cases()
    assert (case.stream, case.priority) == ("threat", 0)


async def test_rooms_and_accounts_are_reported_by_any_client(desk: Desk) -> None:
    """reportRoom, reportUser: R65."""
    ada, (bob,), room, _ = await _room_with(desk, "bob")
    assert (await bob.post(f"/rooms/{room}/report", {"reason": "bad place"})).ok() == {}
    assert (await bob.post(f"/users/{ada.user_id}/report", {"reason": ""})).ok() == {}
    assert [(one.kind, one.item, one.author) for one in await desk.cases()] == [
        ("room", room, ada.user_id),
        ("account", ada.user_id, ada.user_id),
    ]
    assert (await bob.post("/rooms/!nowhere:localhost/report", {"reason": ""})).status == 404
    assert (await bob.post("/users/@nobody:localhost/report", {"reason": ""})).status == 404


async def test_a_report_of_an_encrypted_message_without_proof_is_unverified(desk: Desk) -> None:
    """R112, R114: it can be looked at, and ends no account."""
    ada, (bob,), room, _ = await _room_with(desk, "bob")
    sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AAAA", "session_id": "s", "device_id": "D"}
    said = (await ada.put(f"/rooms/{room}/send/m.room.encrypted/e1", sealed)).ok()["event_id"]
    about = {"kind": "event", "room_id": room, "event_id": said, "reason": "he wrote it"}
    told = [{"event_id": said, "content": {"msgtype": "m.text", "body": "made up"}, "opening": ""}]
    answer = (await bob.post(f"{SAFETY}/reports", {**about, "disclosed": told})).ok()
    assert answer["proof"] == "unverified"
    (filing,) = await store.filings(desk.database, 1, 10)
    assert filing.evidence[0].content == {"msgtype": "m.text", "body": "made up"}


async def test_what_is_about_child_abuse_seals_a_case_that_was_a_threat_before(desk: Desk) -> None:
    """R111: only the role for it sees the case from then on; it stays the first."""
    item = Item(ItemKind.EVENT, "$" + "c" * 43, "!room:localhost", "@ada:localhost")
    await desk.act(None, file, item, Filed(Door.REPORT, is_threat=True))
    abuse = ("STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL")
    await desk.act(None, file, item, Filed(Door.REPORT, "r", *abuse))
    (case,) = await desk.cases()
    assert (case.stream, case.priority) == ("child_safety", 0)
