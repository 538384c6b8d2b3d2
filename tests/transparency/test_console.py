"""What staff see and do: the outbox, mending a text, the report with its progress. In both languages."""

import asyncio
import html

import pytest

from chappe.operators.roles import Role
from chappe.operators.words import words_of
from chappe.transparency import Reports, Telling, store
from chappe.transparency.report import start_of
from tests.house import House
from tests.operators.conftest import Browser, Office
from tests.transparency.database import EUDatabase
from tests.transparency.desk import Desk
from tests.transparency.year import WRITTEN, fill

pytestmark = pytest.mark.anyio

PAGE = "/transparency"


async def inside(office: Office, name: str, *roles: Role, language: str = "en") -> Browser:
    browser = Browser(office.house, language)
    person = await (office.person(name) if name == "olga" else office.staff(name, *roles))
    assert (await browser.log_in(person)).status_code == 303
    return browser


async def tell(house: House) -> None:
    await house.chappe.resources.of(Telling).catch_up()


async def test_owners_and_legal_staff_see_it_and_nobody_else(office: Office) -> None:
    for name, role, status in (
        ("olga", Role.OWNER, 200),
        ("lena", Role.LEGAL, 200),
        ("mo", Role.MODERATOR, 403),
        ("anna", Role.AUDITOR, 403),
    ):
        browser = await inside(office, name, role)
        for path in (PAGE, f"{PAGE}/texts/2025"):
            assert (await browser.get(path)).status_code == status, (name, path)
        assert ("/transparency" in (await browser.get()).text) == (status == 200)


async def test_what_is_held_up_is_shown_with_what_and_where_and_mended(
    house: House, office: Office, desk: Desk, double: EUDatabase
) -> None:
    decision = desk.decision(desk.case(), explanation="<b>@carl:localhost</b> threatens & shouts.")
    await desk.write()
    await tell(house)
    browser = await inside(office, "lena", Role.LEGAL)
    page = (await browser.get(PAGE)).text
    assert "user id: Why it is illegal" in page
    path = f"{PAGE}/statements/{decision}"
    page = (await browser.get(path)).text
    assert "<b>" not in page
    assert "character 4" in page
    assert "@carl:localhost" in page
    assert ("transparency.read", "@lena:localhost") in [act[:2] for act in await office.acts()]
    field = "text_illegal_content_explanation"
    answer = await browser.submit(path, path, **{field: "@carl:localhost again."})
    assert answer.headers["location"].endswith("?done=done_still_blocked")
    answer = await browser.submit(path, path, **{field: "Somebody threatens & shouts."})
    assert answer.headers["location"].endswith("transparency?done=done_mended")
    await tell(house)
    assert [one["illegal_content_explanation"] for one in double.stored.values()] == ["Somebody threatens & shouts."]
    assert "Check and send" not in (await browser.get(path)).text


async def test_a_token_that_is_not_taken_is_an_alarm_and_can_be_tried_again(
    house: House, office: Office, desk: Desk, double: EUDatabase
) -> None:
    desk.decision(desk.case())
    await desk.write()
    double.new_token("other")
    await tell(house)
    browser = await inside(office, "olga", Role.OWNER, language="fr")
    assert 'role="alert"' in (await browser.get(PAGE)).text
    assert "chappe_transparency_stopped 1" in await house.chappe.metrics.text()
    assert 'chappe_transparency_statements{state="queued"} 1' in await house.chappe.metrics.text()
    double.new_token("first-token")
    await browser.submit(PAGE, f"{PAGE}/again")
    await tell(house)
    assert (await store.counts(house.chappe.database))["sent"] == 1
    assert 'role="alert"' not in (await browser.get(PAGE)).text


async def test_one_button_makes_the_report_and_shows_how_far_it_is(house: House, office: Office, desk: Desk) -> None:
    fill(desk)
    await desk.write()
    house.clock.ms = start_of(2026) + 86_400_000
    browser = await inside(office, "lena", Role.LEGAL)
    for what, text in WRITTEN.items():
        texts = f"{PAGE}/texts/2025"
        assert (await browser.submit(texts, texts, **{what: text})).status_code == 303
    assert html.escape(WRITTEN["text_3"]) in (await browser.get(f"{PAGE}/texts/2026")).text, "as a beginning"
    reports = house.chappe.resources.of(Reports)
    await browser.submit(PAGE, f"{PAGE}/report", year="2025", what="publish")
    page = await browser.get(PAGE)
    if reports.making is not None and not reports.making.is_over:
        assert page.headers["refresh"] == "2"
        assert "<progress" in page.text
    await asyncio.wait_for(reports.wait(), 60)
    page = await browser.get(PAGE)
    assert "refresh" not in page.headers
    assert "is published, as version 1" in page.text
    assert (await browser.get(f"{PAGE}/draft/04_notices.csv")).content == reports.files[4]
    await browser.submit(PAGE, f"{PAGE}/report", year="2025", what="publish")
    await reports.wait()
    assert "Say what this version corrects." in (await browser.get(PAGE)).text
    answer = await browser.submit(PAGE, f"{PAGE}/report", year="2026", what="publish")
    assert answer.status_code == 403
    answer = await browser.submit(PAGE, f"{PAGE}/report", year="20x6", what="publish")
    assert answer.status_code == 400


async def test_a_word_that_is_no_name_is_let_through_with_its_own_button(
    house: House, office: Office, desk: Desk
) -> None:
    decision = desk.decision(desk.case(author="@terror:localhost"), explanation="It praises terror.")
    await desk.write()
    await tell(house)
    browser = await inside(office, "lena", Role.LEGAL)
    path = f"{PAGE}/statements/{decision}"
    assert 'name="names_are_none" value="1"' in (await browser.get(path)).text
    answer = await browser.submit(path, path)
    assert answer.headers["location"].endswith("done_still_blocked")
    answer = await browser.submit(path, path, names_are_none="1")
    assert answer.headers["location"].endswith("done_mended")


def test_both_languages_say_the_same_things() -> None:
    words = words_of("transparency")
    assert set(words["en"]) == set(words["fr"])
    for word, text in words["en"].items():
        placeholders = {part.partition("}")[0] for part in text.split("{")[1:]}
        assert placeholders == {part.partition("}")[0] for part in words["fr"][word].split("{")[1:]}, word
