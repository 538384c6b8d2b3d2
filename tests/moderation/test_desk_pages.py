"""The desk in the browser: queues, a case, deciding it, undoing it, and who may do what of it."""

import re

import pytest

from chappe.moderation import ROUTES, decisions_store, store
from chappe.moderation.claim import claim
from chappe.operators import Role
from chappe.operators.console import BASE
from chappe.operators.words import words_of
from tests.moderation.conftest import SAFETY, Desk
from tests.moderation.desk import Town, filled, inside, path_of
from tests.operators.conftest import Browser, form_in

pytestmark = pytest.mark.anyio

PAGES = ("/desk", "/desk/search?q=1", "/desk/reviews", "/desk/complaints", "/desk/bulk", "/desk/me", "/desk/cases/1",
         "/desk/cases/1/decide", "/desk/cases/1/decide?reason=hate", "/desk/cases/1/threat", "/flaggers")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_page_is_there_in_both_languages_and_for_everybody(desk: Desk, language: str) -> None:
    """Each field has its label, each page one heading; no page has a script or style in it."""
    town = await Town.of(desk)
    await town.case()
    sam = await inside(desk, "sam", Role.SENIOR_MODERATOR, language=language)
    for path in PAGES:
        page = await sam.get(path)
        assert page.status_code == 200, f"{path}: {page.text}"
        text = page.text
        assert f'<html lang="{language}">' in text
        assert text.count("<h1>") == 1
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), path
        fields = re.findall(r'<(?:input(?! type="hidden")|select|textarea|progress|meter) ([^>]*)>', text)
        labels = set(re.findall(r'<label (?:class="\w+" )?for="([^"]+)"', text))
        for field in fields:
            named = re.search(r'\bid="([^"]+)"', field)
            is_wrapped = named is not None and named[1] == "keys-on"
            assert "aria-label=" in field or is_wrapped or (named and named[1] in labels), f"{path}: {field}"
        told = set(re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', text))
        assert told <= set(ids), path
        assert not re.search(r"<script>|<style|style=|\son\w+=", text), path
        policy = page.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_every_word_is_said_in_every_language() -> None:
    words = words_of("moderation")
    assert set(words["en"]) == set(words["fr"])
    for word, text in words["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", words["fr"][word])), word


async def test_from_the_queue_to_a_decision_and_the_next_case(desk: Desk) -> None:
    """R135: the most urgent case is taken, decided with a reason as it was shown, and the next one is there."""
    town = await Town.of(desk)
    first, second = await town.case("hateful"), await town.case("spam")
    mia = await inside(desk, "mia", Role.MODERATOR)
    taken = await mia.submit("/desk", "/desk/next")
    assert path_of(taken) == f"/desk/cases/{first.number}"
    page = await mia.get(path_of(taken))
    assert "It is yours until" in page.text
    assert "look at this" in page.text

    page = await mia.get(f"/desk/cases/{first.number}/decide?reason=hate")
    assert "Your message was removed." in page.text
    assert "Votre message a été retiré." in page.text
    fields = filled(page)
    assert fields["shown"]
    answer = await mia.post(f"/desk/cases/{first.number}/decide", {**fields, "then": "next"})
    assert path_of(answer) == f"/desk/cases/{second.number}"
    (decision,) = await decisions_store.decisions_of_case(desk.database, first.number)
    assert (decision.outcome, decision.ground_reference) == ("restricted", "hate")
    assert await desk.measures_held(decision.id) == ["removed"]
    statement = (await desk.told(town.ada))[-1]
    assert statement["type"] == "statement"
    assert "A message in a room that anybody can join, reported once." in statement["body"]


async def test_what_was_changed_is_shown_before_it_is_decided(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    await mia.submit("/desk", "/desk/next")
    path = f"/desk/cases/{case.number}/decide"
    fields = filled(await mia.get(f"{path}?reason=hate"))
    fields["to_user"] = "Please read the rules <b>again</b>."
    page = await mia.post(path, {**fields, "then": "next"})
    assert page.status_code == 200
    assert page.text.count("Please read the rules &lt;b&gt;again&lt;/b&gt;.") == 3
    assert (await desk.cases())[0].is_open
    fields["explanation"] = ""
    page = await mia.post(path, {**fields, "then": "next"})
    assert (page.status_code, "Give the facts" in page.text) == (400, True)
    assert "Please read the rules" in page.text, "nothing that was written is lost"


async def test_undoing_from_the_page_of_the_case(desk: Desk) -> None:
    """R136."""
    town = await Town.of(desk)
    case = await town.case("a joke")
    mia = await inside(desk, "mia", Role.MODERATOR)
    await mia.submit("/desk", "/desk/next")
    path = f"/desk/cases/{case.number}"
    await mia.post(f"{path}/decide", {**filled(await mia.get(f"{path}/decide?reason=violence")), "then": "back"})
    (made,) = await decisions_store.decisions_of_case(desk.database, case.number)
    assert await desk.measures_held(made.id) == ["removed", "suspended"]
    answer = await mia.submit(path, f"{path}/reverse", lift_2="1", explanation="It was a joke.")
    assert answer.status_code == 303
    assert await desk.measures_held(made.id) == ["removed"]
    page = await mia.get(path)
    assert "Reversed in part" in page.text
    for what in ("Filed", "Taken", "Decided", "Reversed"):
        assert f"<strong>{what}</strong>" in page.text
    (entry, *_) = await store.entries(desk.database, case.number, 1)
    assert (entry.actor, entry.what) == ("@mia:localhost", "reversed")


async def test_a_case_in_which_nothing_was_restricted_is_opened_again(desk: Desk) -> None:
    """R136: whoever reported it is told again."""
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    await desk_decides(desk, mia, case.number)
    await desk.house.chappe.teller.tell_all()
    path = f"/desk/cases/{case.number}"
    refused = await mia.submit(path, f"{path}/reopen", reason="")
    assert (refused.status_code, "Say why" in refused.text) == (400, True)
    await mia.submit(path, f"{path}/reopen", reason="I missed something.")
    assert (await desk.cases())[0].claimed_by == "@mia:localhost"
    assert (await desk.office.acts())[-1][0] == "case.reopened"
    await mia.post(f"{path}/decide", {**filled(await mia.get(f"{path}/decide?reason=hate")), "then": "back"})
    await desk.house.chappe.teller.tell_all()
    outcomes = [one["outcome"] for one in await desk.told(town.bob) if one["type"] == "answer"]
    assert outcomes == ["no_action", "restricted"]
    key = {"key": await _key(mia), "reason": "Again."}
    assert (await mia.post(f"{path}/reopen", key)).status_code == 404, "what restricts is reversed, not opened"


async def test_two_reviewers_on_one_case_at_one_instant(desk: Desk) -> None:
    """R135: two reviewers can never decide the same case."""
    town = await Town.of(desk)
    case = await town.case()
    mia, max = await inside(desk, "mia", Role.MODERATOR), await inside(desk, "max", Role.MODERATOR)
    await mia.submit(f"/desk/cases/{case.number}", f"/desk/cases/{case.number}/claim")
    path = f"/desk/cases/{case.number}"
    assert "@mia:localhost works on it" in (await max.get(path)).text
    fields = filled(await max.get(f"{path}/decide?reason=hate"))
    answer = await max.post(f"{path}/decide", {**fields, "then": "next"})
    assert (answer.status_code, "not in your hands" in answer.text) == (403, True)
    assert path_of(await max.submit("/desk", "/desk/next")) == "/desk", "it is not given to a second one"
    desk.house.clock.advance(16 * 60)
    await max.submit(path, f"{path}/claim")
    both = [filled(await each.get(f"{path}/decide?reason=hate")) for each in (mia, max)]
    answers = [
        await each.post(f"{path}/decide", {**fields, "then": "back"})
        for each, fields in zip((mia, max), both, strict=True)
    ]
    assert [one.status_code for one in answers] == [403, 303]
    assert len(await decisions_store.decisions_of_case(desk.database, case.number)) == 1


async def test_a_case_about_oneself_is_not_shown(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    ada, bob = await inside(desk, "ada", Role.MODERATOR), await inside(desk, "bob", Role.MODERATOR)
    for browser in (ada, bob):
        page = await browser.get(f"/desk/cases/{case.number}")
        assert (page.status_code, "This is about you" in page.text) == (403, True)
        assert path_of(await browser.submit("/desk", "/desk/next")) == "/desk"


async def test_each_look_is_in_the_audit_log(desk: Desk) -> None:
    """R140."""
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    await mia.get(f"/desk/cases/{case.number}")
    assert (await desk.office.acts())[-1] == ("case.shown", "@mia:localhost", f"case {case.number}")


async def test_handing_over_moving_giving_back_and_remarks(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia, max = await inside(desk, "mia", Role.MODERATOR), await inside(desk, "max", Role.MODERATOR)
    path = f"/desk/cases/{case.number}"
    await mia.submit(path, f"{path}/claim")
    refused = await mia.submit(path, f"{path}/release", reason=" ")
    assert (refused.status_code, "Say why" in refused.text) == (400, True)
    await mia.submit(path, f"{path}/remark", text="I know this room.")
    await mia.submit(path, f"{path}/hand-over", to="max", reason="My shift ends.")
    assert (await desk.cases())[0].claimed_by == "@max:localhost"
    await max.submit(path, f"{path}/move", stream="notices", reason="It names a law.")
    moved = (await desk.cases())[0]
    assert (moved.stream, moved.claimed_by) == ("notices", "")
    await max.submit(path, f"{path}/claim")
    await max.submit(path, f"{path}/release", reason="I do not read this language.")
    page = await mia.get(path)
    for text in ("I know this room.", "My shift ends.", "It names a law.", "I do not read this language."):
        assert text in page.text


async def test_searching(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    decision = await desk_decides(desk, mia, case.number)
    for text in (str(case.number), case.item, town.room, town.ada.user_id, town.bob.user_id, decision):
        page = await mia.send("GET", f"/desk/search?q={text.replace('#', '%23').replace('+', '%2B')}")
        assert f'/desk/cases/{case.number}"' in page.text, text
    assert "Nothing that you may see" in (await mia.get("/desk/search?q=%22%3E%3Cscript%3E")).text


async def desk_decides(desk: Desk, browser: Browser, number: int) -> str:
    await browser.submit("/desk", "/desk/next")
    path = f"/desk/cases/{number}/decide"
    await browser.post(path, {**filled(await browser.get(f"{path}?reason=harmless")), "then": "back"})
    (made, *_) = await decisions_store.decisions_of_case(desk.database, number)
    return made.id


async def test_the_queue_narrowed_and_in_pages(desk: Desk) -> None:
    town = await Town.of(desk)
    for at in range(28):
        await town.case(f"message {at}")
    mia = await inside(desk, "mia", Role.MODERATOR)
    page = await mia.get("/desk?stream=reports")
    numbers = re.findall(r"data-row>(\d+)<", page.text)
    assert numbers == [str(one) for one in range(1, 26)]
    later = re.search(r'href="/_chappe/console(/desk\?[^"]*after[^"]*)"', page.text)
    assert later
    assert re.findall(r"data-row>(\d+)<", (await mia.get(later[1].replace("&amp;", "&"))).text) == ["26", "27", "28"]
    for query, n in (("author=%40ada%3Alocalhost", 25), ("author=%40bob%3Alocalhost", 0), ("category=X", 0),
                     ("room_id=%21x", 0), ("after=x.y.z", 25), ("after=9.9.9999999999999999", 25)):  # fmt: skip
        assert len(re.findall(r"data-row>(\d+)<", (await mia.get(f"/desk?{query}")).text)) == n, query


async def test_the_age_of_the_oldest_and_what_is_overdue(desk: Desk) -> None:
    """R67."""
    town = await Town.of(desk)
    await town.case(door="notice", good_faith=True)
    mia = await inside(desk, "mia", Role.MODERATOR)
    text = (await mia.get("/desk")).text
    assert 'class="late"' not in text
    desk.house.clock.advance(25 * 3600)
    await mia.log_in("@mia:localhost")
    text = (await mia.get("/desk")).text
    assert "25 h" in text
    assert text.count('class="late"') == 2, "the queue, and the case"


async def test_what_one_need_not_see_is_not_given(desk: Desk) -> None:
    """R137."""
    town = await Town.of(desk)
    case = await town.case(category="STATEMENT_CATEGORY_SELF_HARM")
    mia = await inside(desk, "mia", Role.MODERATOR)
    answer = await mia.submit("/desk/me", "/desk/me", STATEMENT_CATEGORY_SELF_HARM="1")
    assert answer.status_code == 303
    assert path_of(await mia.submit("/desk", "/desk/next")) == "/desk"
    await mia.submit("/desk/me", "/desk/me")
    assert path_of(await mia.submit("/desk", "/desk/next")) == f"/desk/cases/{case.number}"


ROLES = [role for role in Role if role not in (Role.MODERATOR, Role.SENIOR_MODERATOR, Role.CHILD_SAFETY)]


@pytest.mark.parametrize("role", ROLES)
async def test_who_has_no_role_for_it_sees_nothing_of_the_desk(desk: Desk, role: Role) -> None:
    town = await Town.of(desk)
    await town.case()
    browser = await inside(desk, "noah", role)
    before = await desk.office.acts()
    routes = [one for one in ROUTES if one.path.startswith(f"{BASE}/desk/") or one.path == f"{BASE}/desk"]
    assert len(routes) > 20
    for route in routes:
        path = re.sub(r"\{\w+\}", "1", route.path.removeprefix(BASE))
        is_read = route.method == "GET"
        answer = await (browser.get(path) if is_read else browser.post(path, {"key": await _key(browser)}))
        assert (answer.status_code, "a role that you do not have" in answer.text) == (403, True), path
    assert await desk.office.acts() == before


async def _key(browser: Browser) -> str:
    return form_in(await browser.get(""), "/logout")["key"]


async def test_claiming_is_for_open_cases(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await inside(desk, "mia", Role.MODERATOR)
    await desk_decides(desk, mia, case.number)
    max = await desk.office.staff("max", Role.MODERATOR)
    with pytest.raises(Exception, match="not in your hands"):
        await desk.act(max, claim, case.number)


async def test_what_people_write_breaks_no_page(desk: Desk) -> None:
    """Content, reasons and laws are text, whatever they look like, and whatever shape an event has."""
    town = await Town.of(desk)
    evil = '"><script>alert(1)</script>{{ 7*7 }}\u202e<img src=x onerror=y>'
    strange = {"msgtype": {"a": 1}, "body": ["x"], "url": "mxc://../../etc", "info": {"thumbnail_url": "mxc://"}}
    path = f"/rooms/{town.room}/send/m.room.message/strange"
    said = (await town.ada.put(path, strange)).ok()["event_id"]
    body = {"kind": "event", "room_id": town.room, "event_id": said, "reason": evil, "law": evil, "door": "notice"}
    (await town.bob.post(f"{SAFETY}/reports", {**body, "good_faith": True})).ok()
    case = await town.case(evil, reason=evil)
    mia = await inside(desk, "mia", Role.SENIOR_MODERATOR)
    for path in (
        "/desk/cases/1",
        "/desk/cases/1?media=1",
        "/desk/cases/1/decide?reason=unlawful",
        f"/desk/cases/{case.number}",
        "/desk/cases/1/decide?reason=%22%3E%3Cscript%3E&in=%3Cb%3E",
        "/desk?category=%22%3E%3Cscript%3E&author=%3Cb%3E&rule=%25&stream=x",
        "/desk/search?q=%22%3E%3Cscript%3E",
    ):
        page = await mia.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
        assert "onerror=y>" not in page.text.replace("&lt;img src=x onerror=y&gt;", "")
    for path, status in (
        ("/desk/cases/1/media/0", 404),
        ("/desk/cases/1/media/x", 404),
        ("/desk/cases/99", 404),
        ("/desk/cases/x", 404),
        ("/desk/cases/9999999999999999", 404),
        ("/desk/complaints/x", 404),
        ("/desk/reviews/x", 404),
        ("/desk/proposals/x", 404),
        ("/desk/threats/x/package.zip", 404),
    ):
        answer = await mia.get(path)
        assert answer.status_code in (status, 400), f"{path}: {answer.status_code}"


async def test_what_proves_an_encrypted_report_is_explained(desk: Desk) -> None:
    """R112 to R114: what was disclosed is shown as it was, hidden at first, with what it is worth."""
    town = await Town.of(desk)
    await town.ada.set_state(town.room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AAAA", "session_id": "s", "device_id": "D"}
    said = (await town.ada.put(f"/rooms/{town.room}/send/m.room.encrypted/e1", sealed)).ok()["event_id"]
    told = [{"event_id": said, "content": {"type": "m.room.message", "content": {"body": "made up?"}}, "opening": ""}]
    body = {"kind": "event", "room_id": town.room, "event_id": said, "reason": "he wrote it", "disclosed": told}
    (await town.bob.post(f"{SAFETY}/reports", body)).ok()
    mia = await inside(desk, "mia", Role.MODERATOR)
    page = await mia.get("/desk/cases/1")
    assert "the server cannot read it" in page.text
    assert ">not proven<" in page.text
    assert "could have been made up" in page.text
    assert '<div class="veil">\n<div class="said">made up?</div>' in page.text
    await mia.submit("/desk/cases/1", "/desk/cases/1/claim")
    page = await mia.get("/desk/cases/1/decide?reason=hate")
    ending = re.search(r'name="(do_\d+)" value="1"[^>]*><label[^>]*>Account: ended', page.text)
    assert ending
    page = await mia.post("/desk/cases/1/decide", {**filled(page), ending[1]: "1", "then": "show"})
    assert (page.status_code, "an account cannot be ended for it" in page.text) == (400, True)
