"""Many cases at once: what it does to each is shown, each gets a decision and a letter, and all of it can be undone."""

import html
import re

import httpx
import pytest

from chappe.moderation import bulk_store, decisions_store
from chappe.moderation.claim import claim
from chappe.operators import Role
from tests.moderation.conftest import Desk
from tests.moderation.desk import Town, inside, path_of
from tests.operators.conftest import Browser, form_in

pytestmark = pytest.mark.anyio


def entered(page: httpx.Response) -> dict[str, str]:
    """The form of a bulk decision, as a browser would send it."""
    fields = form_in(page, "/desk/bulk")
    for tag in re.findall(r"<input [^>]*>", page.text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "hidden" not in tag and ("checkbox" not in tag or " checked" in tag):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page.text, re.DOTALL):
        fields[name] = html.unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


async def begun(desk: Desk, browser: Browser, chosen: dict[str, str], reason: str) -> str:
    key = form_in(await browser.get("/desk"), "/desk/next")["key"]
    page = await browser.post("/desk/bulk", {"key": key, **chosen})
    page = await browser.post("/desk/bulk", {**entered(page), "reason": reason, "then": "show"})
    assert page.status_code == 200, page.text
    answer = await browser.post("/desk/bulk", {**entered(page), "then": "begin"})
    assert answer.status_code == 303, answer.text
    await desk.house.chappe.bulk_runner.run_all()
    await desk.house.settle()
    return path_of(answer).removeprefix("/desk/bulk/")


async def test_many_cases_decided_together_and_undone(desk: Desk) -> None:
    """R139: a preview, a decision and a statement for each case, undo."""
    town = await Town.of(desk)
    cases = [await town.case(f"buy this {at}") for at in range(3)]
    left = await town.case("held by another")
    await desk.act(await desk.office.staff("max", Role.MODERATOR), claim, left.number)
    mia = await inside(desk, "mia", Role.MODERATOR)
    key = form_in(await mia.get("/desk"), "/desk/next")["key"]
    page = await mia.post("/desk/bulk", {"key": key, "all": "1", "author": town.ada.user_id})
    assert "Choose a reason first." in page.text
    page = await mia.post("/desk/bulk", {**entered(page), "reason": "spam", "then": "show"})
    assert page.text.count("Message: removed<br>Account: limited, 7 days") == 3
    assert page.text.count("Left alone: It is not in your hands") == 1
    assert "Your message was removed." in page.text
    changed = {**entered(page), "days_event_account_limited": "2"}
    page = await mia.post("/desk/bulk", {**changed, "then": "begin"})
    assert page.status_code == 200, "what was changed is shown first"
    assert "Account: limited, 2 days" in page.text
    answer = await mia.post("/desk/bulk", {**entered(page), "then": "begin"})
    await desk.house.chappe.bulk_runner.run_all()
    id = path_of(answer).removeprefix("/desk/bulk/")
    assert await bulk_store.counts(desk.database, id) == {"decided": 3}
    for case in cases:
        (made,) = await decisions_store.decisions_of_case(desk.database, case.number)
        assert await desk.measures_held(made.id) == ["removed", "limited"]
    statements = [one for one in await desk.told(town.ada) if one["type"] == "statement"]
    assert len({one["decision"] for one in statements}) == 3

    page = await mia.get(f"/desk/bulk/{id}")
    assert "3 of 3" in page.text
    await mia.submit(f"/desk/bulk/{id}", f"/desk/bulk/{id}/undo", reason="It was the wrong rule.")
    await desk.house.chappe.bulk_runner.run_all()
    assert await bulk_store.counts(desk.database, id) == {"undone": 3}
    for case in cases:
        reversal, made = await decisions_store.decisions_of_case(desk.database, case.number)
        assert (reversal.reverses, reversal.by_user) == (made.id, "@mia:localhost")
        assert await desk.measures_held(made.id) == []
    assert (await mia.submit("/desk/bulk", "/logout")).status_code == 303


async def test_nothing_restricted_is_undone_by_opening_the_cases_again(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    id = await begun(desk, mia, {f"case_{case.number}": "1"}, "harmless")
    assert not (await desk.cases())[0].is_open
    await mia.submit(f"/desk/bulk/{id}", f"/desk/bulk/{id}/undo", reason="A mistake.")
    await desk.house.chappe.bulk_runner.run_all()
    assert (await desk.cases())[0].is_open
    assert (await desk.cases())[0].claimed_by == ""


async def test_a_case_that_somebody_else_decides_meanwhile_is_left_alone(desk: Desk) -> None:
    town = await Town.of(desk)
    cases = [await town.case(f"text {at}") for at in range(2)]
    mia, max = await inside(desk, "mia", Role.MODERATOR), await desk.office.staff("max", Role.MODERATOR)
    key = form_in(await mia.get("/desk"), "/desk/next")["key"]
    chosen = {f"case_{one.number}": "1" for one in cases}
    page = await mia.post("/desk/bulk", {"key": key, **chosen})
    page = await mia.post("/desk/bulk", {**entered(page), "reason": "hate", "then": "show"})
    await desk.act(max, claim, cases[0].number)
    answer = await mia.post("/desk/bulk", {**entered(page), "then": "begin"})
    assert answer.status_code in (200, 303)
    if answer.status_code == 200:
        answer = await mia.post("/desk/bulk", {**entered(answer), "then": "begin"})
    await desk.house.chappe.bulk_runner.run_all()
    assert await decisions_store.decisions_of_case(desk.database, cases[0].number) == []
    assert len(await decisions_store.decisions_of_case(desk.database, cases[1].number)) == 1


async def test_what_cannot_be_done_at_once(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    key = form_in(await mia.get("/desk"), "/desk/next")["key"]
    for fields, told in (
        ({}, "Choose 1 to 500"),
        ({"all": "1"}, "Narrow the queue"),
        ({"numbers": " ".join(str(at) for at in range(501))}, "Choose 1 to 500"),
        ({"numbers": "x -1 1e3"}, "Choose 1 to 500"),
    ):
        answer = await mia.post("/desk/bulk", {"key": key, **fields})
        assert (answer.status_code, told in answer.text) == (400, True), fields
    page = await mia.post("/desk/bulk", {"key": key, f"case_{case.number}": "1"})
    page = await mia.post("/desk/bulk", {**entered(page), "reason": "hate", "then": "show"})
    assert "account_terminated" not in page.text, "what needs two people is not among it"
    fields = {**entered(page), "do_event_account_terminated": "1", "do_event_event_withheld": "1"}
    page = await mia.post("/desk/bulk", {**fields, "then": "begin"})
    assert "Say in which countries" in page.text
    assert (await desk.cases())[0].is_open
    assert (await mia.get("/desk/bulk/nothing")).status_code == 404
