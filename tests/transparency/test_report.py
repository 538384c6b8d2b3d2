"""The yearly report: counted from the register, compared with it, and kept in every version. R92, R93, R94, R96."""

import asyncio
import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest

from chappe.errors import Refused
from chappe.moderation import misuse
from chappe.moderation.misuse import Factors
from chappe.operators.roles import Role
from chappe.storage.unit import Statement, StatementKind, Unit
from chappe.stream import REGISTER
from chappe.transparency import Reports, report_store
from chappe.transparency.accuracy import Accuracy, by_scope
from chappe.transparency.codes import annex
from chappe.transparency.publish import write_texts
from chappe.transparency.report import start_of
from tests.house import House
from tests.operators.conftest import Office
from tests.transparency.desk import Desk
from tests.transparency.year import MINORS, SCAMS, VIOLENCE, WRITTEN, fill

pytestmark = pytest.mark.anyio

GOLDEN = Path(__file__).parent / "golden"
YEAR = 2025


@pytest.fixture
async def reports(house: House, desk: Desk, office: Office) -> Reports:
    """A year is over, and its texts are written."""
    fill(desk)
    await desk.write()
    house.clock.ms = start_of(YEAR + 1) + 40 * 86_400_000
    lena = await office.staff("lena", Role.LEGAL)
    entered = {"disputes": "4", "disputes_partly": "1", "disputes_reversed": "2", "disputes_implemented": "2"}
    await office.call(lena, write_texts, YEAR, WRITTEN | entered | {"disputes_median_hours": "700.5"})
    return house.chappe.resources.of(Reports)


async def made(reports: Reports, **how: Any) -> Any:
    reports.start(YEAR, **how)
    return await reports.wait()


def rows(reports: Reports, part: int) -> list[list[str]]:
    return list(csv.reader(io.StringIO(reports.files[part].decode(), newline="")))


def row(reports: Reports, part: int, *codes: str) -> list[str]:
    """Of a category; or of its keyword behind it, or of that with a description."""
    at = -1
    found = rows(reports, part)
    for code in codes:
        at = next(number for number, each in enumerate(found) if number > at and code in each[3:5])
    return found[at][5:]


async def test_the_golden_report(house: House, reports: Reports) -> None:
    making = await made(reports)
    assert making.wrong == []
    assert making.version == 1
    assert (making.done, making.all) == (making.all, 24)
    names = {annex().part(number).file_name: file for number, file in reports.files.items()}
    assert len(names) == 11
    if "CHAPPE_WRITE_GOLDEN" in os.environ:
        for name, file in names.items():
            (GOLDEN / name).write_bytes(file)
    for name, file in names.items():
        assert file == (GOLDEN / name).read_bytes(), name
        kept = await report_store.part(house.chappe.database, YEAR, 1, int(name[:2]))
        assert kept == file


async def test_what_the_golden_report_says(reports: Reports) -> None:
    await made(reports)
    violence = row(reports, 4, VIOLENCE)
    assert violence[:6] == ["2", "0", "2", "0", "11", ""], "two notices on one message; the median of 12 and 10 hours"
    assert violence[6:10] == ["1", "0", "0", "0"], "one action on the law"
    minors = row(reports, 4, MINORS)
    assert minors[:4] == ["1", "1", "4", "4"], "one notice with several items"
    assert minors[6:10] == ["1", "1", "2", "2"]
    assert row(reports, 4, "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE")[:4] == ["2", "0", "2", "0"]
    assert row(reports, 5, SCAMS, "KEYWORD_PHISHING")[:4] == ["2", "2", "0", "2"]
    bulk = row(reports, 6, "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "Invitations in bulk")
    assert bulk[0] == "4", "two decisions with two measures each"
    nobody = row(reports, 6, "Other violation of provider's terms and conditions: not described further")
    assert nobody[0] == "2"
    totals = {(each[4], each[5]): each[6] for each in rows(reports, 7)[1:]}
    complaints = "Number of complaints submitted to the internal-complaints mechanism"
    assert totals[complaints, "Total number"] == "4"
    assert totals[complaints, "Median time"] == "14.5", "of 5 and 24 hours; what was omitted is not among them"
    assert totals["Number of restrictions newly imposed as a result of an internal complaint", "Total number"] == "1"
    assert [each[6] for each in rows(reports, 7) if each[5] == "Percentage of outcomes implemented"] == ["0.6667"]
    automated = {(each[4], each[5]): each[6] for each in rows(reports, 8)[1:]}
    assert automated["Number of measures solely taken by automated means", "Own-initiative"] == "1"
    assert automated["Accuracy of the automated means - Recall", "Total number"] == "", "nobody has drawn a sample"


async def test_every_part_has_its_form(reports: Reports) -> None:
    await made(reports)
    for part in annex().parts:
        found = rows(reports, part.number)
        assert found[0] == list(part.columns)
        assert {len(each) for each in found} == {len(part.columns)}, part.name
        assert reports.files[part.number].endswith(b"\r\n")
        if part.number > 2:
            assert {each[2] for each in found[1:]} == {"2025-01-01/2025-12-31"}
    assert {each[-1] for each in rows(reports, 10)[1:]} == {""}, "not applicable is blank"
    orders = rows(reports, 3)[1:]
    assert {tuple(each[5:13]) for each in orders} == {("TOTAL", "0", "0", "", "", "0", "", "")}
    descriptions = [each[4] for each in rows(reports, 6)[1:] if each[3] == "KEYWORD_OTHER"]
    assert len(set(descriptions)) == len(descriptions), "each has its own"
    assert all(descriptions)


async def test_accuracy_comes_from_decisions_that_people_judged_again(house: House, reports: Reports) -> None:
    """R95: chance draws them, and what is always looked at twice is not among them."""
    judged = [("dec-5", "share", "restricted"), ("dec-6", "share", "no_action"), ("dec-1", "category", "no_action")]
    unit = Unit(REGISTER)
    add = (
        "INSERT INTO review_sample (decision, case_number, why, sampled_at, judged_by, outcome, category, remark, "
        "agrees, at) VALUES ($1, 1, $2, 0, '@sam:x', $3, '', '', 0, 0)"
    )
    for one in judged:
        unit.statements.append(Statement(StatementKind.WRITE, add, one))
    change = "UPDATE decision SET automation = 'fully' WHERE id IN ('dec-1', 'dec-5', 'dec-6')"
    unit.statements.append(Statement(StatementKind.WRITE, change, ()))
    await house.chappe.writer.submit(unit)
    await made(reports)
    told = {(each[4].rpartition(" ")[2], each[5]): each[6] for each in rows(reports, 8)[1:] if "Accuracy" in each[4]}
    assert told["Accuracy", "Total number"] == told["Precision", "Own-initiative"] == "0.5"
    assert told["Recall", "Total number"] == "", "nothing was looked at that was let be"
    assert told["Accuracy", "NAM Total"] == ""


def test_accuracy_precision_and_recall() -> None:
    found = by_scope(
        [
            ("own_initiative", "restricted", "restricted", 8),
            ("own_initiative", "restricted", "no_action", 2),
            ("notice", "no_action", "restricted", 4),
            ("trusted_flagger", "no_action", "no_action", 6),
        ]
    )
    total = found["Total number"]
    assert (total.size, total.accuracy, total.precision, total.recall) == (20, 0.7, 0.8, 8 / 12)
    assert found["NAM Total"] == Accuracy(misses=4, rest=6)
    assert found["NAM Trusted Flagger"] == Accuracy(rest=6)
    assert (Accuracy().accuracy, Accuracy().precision, Accuracy().recall) == (None, None, None)


async def test_r96_a_correction_has_a_reason_and_the_older_version_stays(house: House, reports: Reports) -> None:
    await made(reports)
    first = await report_store.part(house.chappe.database, YEAR, 1, 4)
    again = await made(reports)
    assert again.version == 0
    assert again.wrong == ["Say what this version corrects."]
    corrected = await made(reports, reason="A notice had been counted twice.")
    assert corrected.version == 2
    assert await report_store.part(house.chappe.database, YEAR, 1, 4) == first
    versions = await report_store.versions(house.chappe.database)
    assert [(one.version, one.reason) for one in versions] == [(2, "A notice had been counted twice."), (1, "")]
    assert rows(reports, 1)[3][3] == "2026-02-10", "the day of the latest one before"


UNSOUND: dict[str, tuple[dict[str, Any], str]] = {
    "a category that no part has": ({"category": "STATEMENT_CATEGORY_OLD"}, "STATEMENT_CATEGORY_OLD"),
    "R93: number 15 on the law": ({"category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"}, "part 5 has no row"),
    "R93: number 17 of a decision": ({"category": "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"}, "part 5 has no row"),
    "no ground": ({"ground": ""}, "rests on no ground"),
}


@pytest.mark.parametrize("name", UNSOUND)
async def test_what_does_not_agree_is_not_published_and_is_named(
    house: House, desk: Desk, reports: Reports, name: str
) -> None:
    changes, said = UNSOUND[name]
    desk.decision(desk.case(), at="2025-09-01", source="own_initiative", **changes)
    await desk.write()
    making = await made(reports)
    assert making.version == 0
    assert any(said in wrong and "decision 14 " in wrong for wrong in making.wrong), making.wrong
    assert any("the report has" in wrong for wrong in making.wrong)
    assert await report_store.versions(house.chappe.database) == []


async def test_without_the_texts_nothing_is_published_and_a_draft_is_made_all_the_same(
    house: House, desk: Desk, office: Office
) -> None:
    reports = house.chappe.resources.of(Reports)
    house.clock.ms = start_of(YEAR + 1)
    making = await made(reports)
    assert making.version == 0
    assert len([wrong for wrong in making.wrong if "is not written" in wrong]) == 6
    lena = await office.staff("lena", Role.LEGAL)
    await office.call(lena, write_texts, YEAR, WRITTEN | {"text_2": "Ask @carl:localhost."})
    assert (await made(reports)).wrong == ["part 11, text 2 names somebody: user_id"]
    draft = await made(reports, is_draft=True)
    assert draft.version == 0
    assert len(reports.files) == 11
    await office.call(lena, write_texts, YEAR, WRITTEN)
    assert (await made(reports)).version == 1, "a year in which nothing happened has a report, too"
    assert row(reports, 4, "TOTAL")[:10] == ["0", "0", "0", "0", "", "", "0", "0", "0", "0"]


async def test_a_year_that_is_not_over_has_drafts_alone(house: House, reports: Reports) -> None:
    house.clock.ms = start_of(YEAR + 1) - 10_000
    with pytest.raises(Refused, match="not over"):
        reports.start(YEAR)
    assert (await made(reports, is_draft=True)).version == 0


async def test_one_is_made_at_a_time(reports: Reports) -> None:
    reports.start(YEAR)
    with pytest.raises(Refused, match="being made"):
        reports.start(YEAR)
    await reports.wait()


async def test_figures_that_are_no_numbers_are_not_entered(house: House, reports: Reports, office: Office) -> None:
    lena = await office.person("lena")
    for what, text in (("disputes", "-1"), ("disputes", "many"), ("disputes", "²"), ("text_7", "x"), ("text_1", "\0")):
        with pytest.raises(Refused):
            await office.call(lena, write_texts, YEAR, {what: text})


async def test_texts_made_to_break_a_table_stay_in_their_cell(house: House, reports: Reports, office: Office) -> None:
    lena = await office.person("lena")
    evil = '=HYPERLINK("x"),\r\n"quoted",; next'
    await office.call(lena, write_texts, YEAR, {"text_1": evil})
    await made(reports)
    assert rows(reports, 11)[1][4] == f"'{evil}"
    assert len(rows(reports, 11)) == 12


async def test_the_server_answers_while_a_report_is_made(house: House, reports: Reports) -> None:
    reports.start(YEAR)
    answers = 0
    while reports.making is not None and not reports.making.is_over:
        (await house.request("GET", "/_matrix/client/versions")).ok()
        answers += 1
        await asyncio.sleep(0)
    assert answers > 10, "it is counted beside the loop, in parts"


async def test_suspensions_for_misuse_are_counted_from_their_register(
    house: House, reports: Reports, office: Office
) -> None:
    """R90, R94: part 7 of the report, Art. 23 DSA."""
    sam = await office.staff("sam", Role.SENIOR_MODERATOR)
    now, house.clock.ms = house.clock.ms, start_of(YEAR) + 86_400_000
    weighed = Factors(9, 10, "grave", "on purpose")
    for kind, whom in (("filings", "@a:localhost"), ("filings", "@b:localhost"), ("complaints", "@a:localhost")):
        await office.call(sam, misuse.warn, whom, kind, weighed)
        await office.call(sam, misuse.suspend, whom, kind, weighed, 7)
    house.clock.ms = now
    await made(reports)
    found = [one[-2] for one in rows(reports, 7) if one[4].startswith("Number of suspensions")]
    assert found == ["0", "2", "1"]
