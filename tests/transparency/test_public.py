"""The page for everybody: rounded, late, in two languages, with charts that have a table beside them. R96, R98."""

import asyncio
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.app import Chappe
from chappe.operators.roles import Role
from chappe.storage import Database
from chappe.transparency import Months, Reports
from chappe.transparency.charts import HEIGHT, TOP, WIDTH, chart_of
from chappe.transparency.months import MonthFigures, bounds, charts_of, month_before, month_of, rounded
from chappe.transparency.publish import write_texts
from chappe.transparency.report import start_of
from tests.house import CHEAP, Clock, House
from tests.operators.conftest import Office
from tests.transparency.conftest import settings_with
from tests.transparency.decisions import ms
from tests.transparency.desk import Desk
from tests.transparency.year import WRITTEN, fill

pytestmark = pytest.mark.anyio

PAGE = "/_chappe/transparency/"


async def months(house: House) -> int:
    return await house.chappe.resources.of(Months).catch_up()


async def test_a_month_is_told_two_weeks_after_it_and_not_exactly(house: House, desk: Desk) -> None:
    for _ in range(13):
        case = desk.case()
        desk.filing(case, "2026-03-10")
        desk.decision(case, at="2026-03-11")
    for _ in range(2):
        desk.filing(desk.case(), "2026-04-10")
    await desk.write()
    house.clock.ms = ms("2026-04-14")
    await months(house)
    assert (await house.request("GET", f"{PAGE}figures.json")).ok()["months"] == {}
    assert "There are no figures yet." in (await house.request("GET", PAGE)).text
    house.clock.ms = ms("2026-04-16")
    assert await months(house) == 1
    told = (await house.request("GET", f"{PAGE}figures.json")).ok()
    assert list(told["months"]) == ["2026-03"]
    assert (
        told["months"]["2026-03"] | {"notices": 15, "law": 15, "content": 15, "people": 15} == told["months"]["2026-03"]
    )
    house.clock.ms = ms("2026-06-01")
    await months(house)
    told = (await house.request("GET", f"{PAGE}figures.json")).ok()
    assert told["months"]["2026-04"]["notices"] is None, "two are so few that they could point at somebody"
    assert "under 5" in (await house.request("GET", PAGE)).text


async def test_a_month_is_counted_again_while_complaints_come_and_then_no_more(house: House, desk: Desk) -> None:
    decision = desk.decision(desk.case(), at="2026-03-11")
    await desk.write()
    house.clock.ms = ms("2026-04-20")
    assert await months(house) == 1
    assert await months(house) == 0
    for number in range(6):
        desk.complaint(decision, "2026-03-30", filing=f"x{number}", state="reversed", decided_at="2026-04-20")
    await desk.write()
    house.clock.ms = ms("2026-04-22")
    assert await months(house) == 1
    assert (await house.request("GET", f"{PAGE}figures.json")).ok()["months"]["2026-03"]["reversed"] == 5
    house.clock.ms = ms("2027-06-01")
    await months(house)
    house.clock.ms = ms("2027-06-03")
    assert await months(house) == 8, "those before are settled"


async def test_the_page_can_be_read_without_seeing_it(house: House, desk: Desk) -> None:
    for _ in range(20):
        desk.decision(desk.case(), at="2026-03-11")
    await desk.write()
    house.clock.ms = ms("2026-05-01")
    await months(house)
    page = await house.request("GET", PAGE)
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "public, max-age=3600"
    charts = re.findall(r"<svg viewBox=.*?</svg>", page.text, re.DOTALL)
    named = [ET.fromstring(chart) for chart in charts if 'role="img"' in chart]
    assert len(named) == 5
    for chart in named:
        labels = chart.attrib["aria-labelledby"].split()
        assert [chart.find(f"*[@id='{label}']").tag for label in labels] == ["title", "desc"]  # type: ignore[union-attr]
    assert page.text.count("<table>") == 5
    assert page.text.count('<th scope="row">2026-03</th>') == 5
    assert "<td>20</td>" in page.text


async def test_it_speaks_english_and_french(house: House) -> None:
    assert 'lang="en"' in (await house.request("GET", PAGE)).text
    french = await house.request("GET", PAGE, query={"lang": "fr"})
    assert "Rapports annuels" in french.text
    assert french.headers["content-language"] == "fr"


async def test_every_version_of_a_report_stays(house: House, office: Office, desk: Desk) -> None:
    fill(desk)
    await desk.write()
    house.clock.ms = start_of(2026) + 86_400_000
    lena = await office.staff("lena", Role.LEGAL)
    await office.call(lena, write_texts, 2025, WRITTEN)
    reports = house.chappe.resources.of(Reports)
    for reason in ("", 'A "notice" <was> counted twice.'):
        reports.start(2025, reason=reason)
        assert (await reports.wait()).wrong == []
    house.clock.ms = start_of(2031)
    page = (await house.request("GET", PAGE)).text
    assert "A &#34;notice&#34; &lt;was&gt; counted twice." in page
    links = re.findall(r'href="(/_chappe/transparency/reports/[^"]+)"', page)
    assert len(links) == 24
    for link in links:
        answer = await house.request("GET", link)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
    zipped = await house._client.get(f"{PAGE}reports/2025/1/all.zip")
    names = zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()
    assert len(names) == 11
    for path in ("2025/3/all.zip", "2025/1/04_notices.txt", "2025/x/all.zip", "2024/1/04_notices.csv"):
        assert (await house.request("GET", f"{PAGE}reports/{path}")).status == 404


async def test_nothing_is_there_unless_it_is_wanted(
    tmp_path: Path, open_database: Callable[[], "asyncio.Future[Database]"]
) -> None:
    without = settings_with(tmp_path, "public_page = false")
    house = House(await Chappe.open(without, Clock(), await open_database(), CHEAP), Clock())
    for path in ("", "figures.json", "style.css", "reports/2025/1/all.zip"):
        assert (await house.request("GET", PAGE + path)).status == 404
    await house.close()


@given(st.integers(0, 10_000_000))
def test_rounding(value: int) -> None:
    shown = rounded(value)
    assert (shown == -1) == (0 < value < 5)
    if shown >= 0:
        assert shown % 5 == 0
        assert abs(shown - value) <= 2


@given(st.lists(st.tuples(st.integers(-1, 10**9), st.integers(-1, 10**9)), max_size=12))
def test_no_bar_leaves_its_chart(values: list[tuple[int, int]]) -> None:
    names = [f"2026-{number:02}" for number in range(1, len(values) + 1)]
    chart = chart_of("x", ("a", "b"), names, [[one for one, _ in values], [other for _, other in values]])
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert TOP - 0.2 <= bar.y <= bar.y + bar.height <= HEIGHT
        assert (bar.height > 0) or bar.value <= max(10**9 // 200, 0)


def test_months() -> None:
    assert month_of(ms("2026-01-31T23:59")) == "2026-01"
    assert month_before("2026-01") == "2025-12"
    assert bounds("2024-02") == (ms("2024-02-01"), ms("2024-03-01"))
    assert bounds("2025-12") == (ms("2025-12-01"), ms("2026-01-01"))
    assert len(charts_of([("2026-01", MonthFigures())])) == 5
