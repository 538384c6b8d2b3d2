"""Trusted flaggers in the console: the register, their precision, the report for the coordinator."""

import csv
import io
import re

import pytest

from chappe.moderation import flaggers
from chappe.moderation.verdict import Verdict
from chappe.operators import Role
from tests.moderation.conftest import SPEECH, Desk, removal
from tests.moderation.desk import Town, inside

pytestmark = pytest.mark.anyio

SCAMS = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"


async def test_precision_and_the_report_of_a_trusted_flagger(desk: Desk) -> None:
    """R73, R74: only notices in the area count; the report opens in a spreadsheet and starts no formula."""
    town = await Town.of(desk)
    olga = await inside(desk, "olga")
    fields = {"name": "Watch <b>", "user_id": "bob", "country": "fr", "day": "2026-01-02", SPEECH: "1"}
    answer = await olga.submit("/flaggers", "/flaggers", **fields)
    assert answer.status_code == 303, answer.text
    notice = {"door": "notice", "good_faith": True, "law": "Art. 24"}
    cases = [
        await town.case("one", category=SPEECH, reason='=HYPERLINK("http://x")', **notice),
        await town.case("two", category=SPEECH, **notice),
        await town.case("three", category=SPEECH, **notice),
        await town.case("four", category=SCAMS, **notice),
    ]
    assert cases[0].priority < cases[3].priority, "outside the area there is no priority"
    mia = await desk.office.staff("mia", Role.MODERATOR)
    await desk.decided(mia, cases[0].number, removal(cases[0]))
    await desk.decided(mia, cases[1].number, Verdict("It is a quotation."))
    (flagger,) = await flaggers.flaggers(desk.database)
    found = await flaggers.precision_of(desk.database, flagger.id)
    assert (found.filed, found.waiting, found.right, found.percent) == (3, 1, 1, 50)
    page = await olga.get("/flaggers")
    assert "Watch &lt;b&gt;" in page.text
    assert "<strong>50 %</strong>" in page.text
    answer = await olga.get(f"/flaggers/{flagger.id}/report.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["outcome"] for row in rows] == ["restricted", "no_action", ""]
    assert rows[0]["reason"] == '\'=HYPERLINK("http://x")'
    assert not re.search(r"(^|,)[=+@-]", answer.text, re.MULTILINE)


async def test_status_is_set_and_ends(desk: Desk) -> None:
    await Town.of(desk)
    sam = await inside(desk, "sam", Role.SENIOR_MODERATOR)
    fields = {"name": "Watch", "user_id": "bob", "country": "FR", "day": "2026-01-02", SPEECH: "1"}
    for wrong in ({"name": ""}, {"country": "France"}, {"day": "2026-02-30"}, {SPEECH: ""}, {"user_id": "nobody:x"}):
        answer = await sam.submit("/flaggers", "/flaggers", **{**fields, **wrong})
        assert 400 <= answer.status_code < 500, wrong
    await sam.submit("/flaggers", "/flaggers", **fields)
    answer = await sam.submit("/flaggers", "/flaggers", **fields)
    assert "trusted flagger’s already" in answer.text
    (one,) = await flaggers.flaggers(desk.database)
    path = f"/flaggers/{one.id}/status"
    for status in ("suspended", "active", "ended"):
        assert (
            await sam.submit("/flaggers", path, status=status, reason="The coordinator says so.")
        ).status_code == 303
    assert "ended</span>" in (await sam.get("/flaggers")).text
    mia = await inside(desk, "mia", Role.MODERATOR)
    assert (await mia.get("/flaggers")).status_code == 403
