"""One message, from its report to the EU's database, the page of figures, and the yearly report. R79, R84, R93."""

import csv
import io

import pytest

from chappe.moderation.complain import claim_complaint, judge
from chappe.operators.roles import Role
from chappe.transparency import Months, Reports, Telling, store
from chappe.transparency.publish import write_texts
from chappe.transparency.report import start_of
from tests.house import House
from tests.moderation.conftest import SAFETY, SPEECH, removal
from tests.moderation.conftest import Desk as RealDesk
from tests.operators.conftest import Office
from tests.transparency.database import EUDatabase
from tests.transparency.decisions import ms
from tests.transparency.year import WRITTEN

pytestmark = pytest.mark.anyio


async def test_a_message_that_is_removed_and_put_back(house: House, office: Office, double: EUDatabase) -> None:
    house.clock.ms = ms("2025-03-10")
    desk = RealDesk(office)
    mia = await office.staff("mia", Role.MODERATOR)
    sam = await office.staff("sam", Role.SENIOR_MODERATOR)
    ada, bob = await house.person("ada"), await house.person("bob")
    room = await ada.create_room(preset="public_chat")
    await bob.join(room)
    said = await ada.send(room, "something hateful")
    await bob.post(f"/rooms/{room}/report/{said}", {"reason": "hateful"})
    (case,) = await desk.cases()
    decision = await desk.decided(mia, case.number, removal(case, to_user="Write to us, Ada."))

    telling = house.chappe.resources.of(Telling)
    await telling.catch_up()
    (told,) = double.stored.values()
    assert told["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert told["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION"
    assert told["incompatible_content_ground"].startswith("Terms, hate: ")
    assert told["content_date"] == told["application_date"] == "2025-03-10"
    assert "Ada" not in str(told), "the public is told no name"
    assert double.dropped == []

    complaint = (await ada.post(f"{SAFETY}/decisions/{decision}/complaint", {"text": "I quoted it."})).ok()["id"]
    await desk.act(sam, claim_complaint, complaint)
    await desk.act(sam, judge, complaint, "reversed", "It was a quotation.", [])
    await telling.catch_up()
    assert list(double.stored) == [told["puid"]], "the database takes nothing back: R84"
    rows = await house.chappe.database.fetch("SELECT number FROM decision WHERE outcome = 'reversed'")
    assert rows == [(await store.reversed_by(house.chappe.database, decision),)]
    kept = await store.statement(house.chappe.database, decision)
    assert kept is not None
    assert kept.puid == told["puid"]

    house.clock.ms = start_of(2026) + 30 * 86_400_000
    await house.chappe.resources.of(Months).catch_up()
    figures = (await house.request("GET", "/_chappe/transparency/figures.json")).ok()["months"]["2025-03"]
    assert [figures[name] for name in ("notices", "terms", "complaints", "reversed")] == [0, None, None, None]

    lena = await office.staff("lena", Role.LEGAL)
    await office.call(lena, write_texts, 2025, WRITTEN)
    reports = house.chappe.resources.of(Reports)
    reports.start(2025)
    assert (await reports.wait()).wrong == []
    own = [row for row in csv.reader(io.StringIO(reports.files[6].decode(), newline="")) if row[3] == SPEECH]
    assert own[0][5:8] == ["1", "0", "1"]
    complaints = list(csv.reader(io.StringIO(reports.files[7].decode(), newline="")))
    counted = {(row[4], row[5]): row[6] for row in complaints}
    visible = "Complaint regarding a decision to remove or disable access to or restrict visibility of information"
    assert (counted[visible, "Total number"], counted[visible, "Decisions reversed"]) == ("1", "1")
