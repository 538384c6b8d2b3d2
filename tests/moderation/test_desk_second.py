"""What is judged a second time: samples by somebody who does not see the decision, proposals, complaints."""

import re
from hashlib import sha256

import msgspec
import pytest

from chappe.moderation import decisions_store, sample, store, work_store
from chappe.moderation.claim import claim
from chappe.moderation.complain import claim_complaint
from chappe.moderation.sample import is_drawn
from chappe.moderation.verdict import Verdict
from chappe.operators import Role
from tests.moderation.conftest import SAFETY, Desk, removal
from tests.moderation.desk import Town, filled, inside, path_of
from tests.operators.conftest import form_in

pytestmark = pytest.mark.anyio


def test_chance_draws_as_many_as_the_policy_says() -> None:
    """R95."""
    ids = [sha256(str(at).encode()).hexdigest() for at in range(4_000)]
    assert not any(is_drawn(id, 0) for id in ids)
    assert all(is_drawn(id, 100) for id in ids)
    assert 140 < sum(is_drawn(id, 5) for id in ids) < 260


async def test_a_decision_of_some_categories_is_judged_again_blindly(desk: Desk) -> None:
    """R95, R135: by somebody who had no part in it, and is not told what was decided."""
    town = await Town.of(desk)
    case = await town.case("a sad text")
    mia = await desk.office.staff("mia", Role.MODERATOR)
    verdict = removal(case)
    decision = await desk.decided(mia, case.number, _of(verdict, "STATEMENT_CATEGORY_SELF_HARM"))
    first, second = await inside(desk, "mia"), await inside(desk, "max", Role.MODERATOR)
    assert f"/desk/reviews/{decision}" not in (await first.get("/desk/reviews")).text
    page = await first.get(f"/desk/reviews/{decision}")
    assert (page.status_code, "does not judge it a second time" in page.text) == (403, True)

    assert f"/desk/reviews/{decision}" in (await second.get("/desk/reviews")).text
    page = await second.get(f"/desk/reviews/{decision}")
    assert "a sad text" in page.text
    for hidden in (verdict.explanation, "Decided", "Restricted<", "@mia:localhost"):
        assert hidden not in page.text.replace("Restricted</label>", "")
    wrong = await second.submit(f"/desk/reviews/{decision}", f"/desk/reviews/{decision}", outcome="restricted")
    assert wrong.status_code == 400
    answer = await second.submit(
        f"/desk/reviews/{decision}", f"/desk/reviews/{decision}", outcome="no_action", remark="It asks for help."
    )
    assert "done_differs" in answer.headers["location"]
    judged = await work_store.sample(desk.database, decision)
    assert judged is not None
    assert (judged.judged_by, judged.agrees, judged.why) == ("@max:localhost", False, "category")
    assert await work_store.agreement(desk.database, 0) == [("not", 1, 0)]
    assert "It asks for help." in (await second.get("/desk/reviews")).text
    third = await desk.office.staff("lea", Role.MODERATOR)
    with pytest.raises(Exception, match="Somebody else has judged"):
        await desk.act(third, sample.judge_again, decision, "no_action", "", "")


def _of(verdict: Verdict, category: str) -> Verdict:
    return msgspec.structs.replace(verdict, category=category, keywords=())


async def test_two_agree_on_outcome_and_category(desk: Desk) -> None:
    town = await Town.of(desk)
    mia, max = await desk.office.staff("mia", Role.MODERATOR), await desk.office.staff("max", Role.MODERATOR)
    harm = "STATEMENT_CATEGORY_SELF_HARM"
    for outcome, category, agrees in (
        ("restricted", harm, True),
        ("restricted", "STATEMENT_CATEGORY_VIOLENCE", False),
        ("no_action", "", False),
    ):
        case = await town.case(f"text {outcome} {category}")
        decision = await desk.decided(mia, case.number, _of(removal(case), harm))
        assert await desk.act(max, sample.judge_again, decision, outcome, category, "") is agrees


async def test_who_has_worked_on_a_case_does_not_judge_it_again(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia, max = await desk.office.staff("mia", Role.MODERATOR), await inside(desk, "max", Role.MODERATOR)
    path = f"/desk/cases/{case.number}"
    await max.submit(path, f"{path}/claim")
    await max.submit(path, f"{path}/release", reason="Not mine.")
    decision = await desk.decided(mia, case.number, _of(removal(case), "STATEMENT_CATEGORY_SELF_HARM"))
    assert "None waits for you" in (await max.get("/desk/reviews")).text
    page = await max.get(f"/desk/reviews/{decision}")
    assert (page.status_code, "know what was decided" in page.text) == (403, True)


async def test_ending_an_account_is_proposed_and_approved_in_the_browser(desk: Desk) -> None:
    """R35: the second person reads the letter before approving it."""
    town = await Town.of(desk)
    case = await town.case()
    mia, sam = await inside(desk, "mia", Role.MODERATOR), await inside(desk, "sam", Role.SENIOR_MODERATOR)
    await mia.submit("/desk", "/desk/next")
    path = f"/desk/cases/{case.number}/decide"
    page = await mia.get(f"{path}?reason=hate")
    ending = re.search(r'name="(do_\d+)" value="1"[^>]*><label[^>]*>Account: ended', page.text)
    assert ending
    fields = {**filled(page), ending[1]: "1"}
    page = await mia.post(path, {**fields, "then": "next"})
    assert "Two people decide this" in page.text
    answer = await mia.post(path, {**filled(page), "then": "next"})
    proposal = path_of(answer)
    assert proposal.startswith("/proposals/")
    assert (await desk.cases())[0].is_open
    assert "A decision of the safety desk" in (await sam.get()).text
    shown = re.search(r'href="/_chappe/console(/desk/proposals/[^"]+)"', (await sam.get(proposal)).text)
    assert shown
    page = await sam.get(shown[1])
    assert "Your account was terminated." in page.text
    assert "Votre compte a été résilié." in page.text
    assert (await sam.submit(proposal, f"{proposal}/approve")).status_code == 303
    (made,) = await decisions_store.decisions_of_case(desk.database, case.number)
    assert (made.by_user, made.second) == ("@mia:localhost", "@sam:localhost")


async def test_the_author_is_not_the_second_person(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia, bob = await inside(desk, "mia", Role.MODERATOR), await inside(desk, "bob", Role.SENIOR_MODERATOR)
    await mia.submit("/desk", "/desk/next")
    path = f"/desk/cases/{case.number}/decide"
    page = await mia.get(f"{path}?reason=hate")
    ending = re.search(r'name="(do_\d+)" value="1"[^>]*><label[^>]*>Account: ended', page.text)
    assert ending
    page = await mia.post(path, {**filled(page), ending[1]: "1", "then": "show"})
    proposal = path_of(await mia.post(path, {**filled(page), "then": "next"}))
    answer = await bob.submit(proposal, f"{proposal}/approve")
    assert (answer.status_code, "This is about you" in answer.text) == (403, True), "Bob filed the report"


async def complained(desk: Desk, town: Town, reason: str = "violence") -> tuple[str, str, int]:
    """A decision of Mia's, with two measures if it is about violence, and Ada's complaint about it."""
    case = await town.case()
    mia = await desk.office.staff("mia", Role.MODERATOR)
    browser = await inside(desk, "mia")
    await desk.act(mia, claim, case.number)
    path = f"/desk/cases/{case.number}/decide"
    await browser.post(path, {**filled(await browser.get(f"{path}?reason={reason}")), "then": "back"})
    (made,) = await decisions_store.decisions_of_case(desk.database, case.number)
    answer = await town.ada.post(f"{SAFETY}/decisions/{made.id}/complaint", {"text": "It was <i>a quotation</i>."})
    return answer.ok()["id"], made.id, case.number


async def test_answering_a_complaint_in_the_browser(desk: Desk) -> None:
    """R85 to R88: claimed, talked about, reversed in part, with an answer."""
    town = await Town.of(desk)
    complaint, decision, _ = await complained(desk, town)
    sam = await inside(desk, "sam", Role.SENIOR_MODERATOR)
    path = f"/desk/complaints/{complaint}"
    assert "It was &lt;i&gt;a quotation&lt;/i&gt;." in (await sam.get("/desk/complaints")).text
    await sam.submit(path, f"{path}/claim")
    await sam.submit(path, f"{path}/message", text="Of whom?")
    page = await sam.get(path)
    assert "Message to who complained" in page.text
    refused = await sam.submit(path, f"{path}/judge", state="partly_reversed", answer="Half of it.")
    assert (refused.status_code, "Say which of the measures" in refused.text) == (400, True)
    refused = await sam.submit(path, f"{path}/judge", state="reversed", answer=" ")
    assert refused.status_code == 400
    answer = await sam.submit(path, f"{path}/judge", state="partly_reversed", answer="Half of it.", lift_2="1")
    assert path_of(answer) == "/desk/complaints"
    assert await desk.measures_held(decision) == ["removed"]
    told = [one["type"] for one in await desk.told(town.ada)]
    assert told == ["statement", "message", "reversal", "complaint"]
    assert "No complaint waits" in (await sam.get("/desk/complaints")).text


async def test_who_decided_does_not_answer_the_complaint(desk: Desk) -> None:
    """R86."""
    town = await Town.of(desk)
    complaint, _, _ = await complained(desk, town)
    await desk.office.staff("mia", Role.SENIOR_MODERATOR)
    mia = await inside(desk, "mia")
    assert "Not for you" in (await mia.get("/desk/complaints")).text
    page = await mia.get(f"/desk/complaints/{complaint}")
    assert f"{complaint}/claim" not in page.text
    with pytest.raises(Exception, match="Who made the decision"):
        await desk.act(desk.office.people["mia"], claim_complaint, complaint)


async def test_who_complains_does_not_answer_it(desk: Desk) -> None:
    town = await Town.of(desk)
    complaint, _, _ = await complained(desk, town, "hate")
    ada = await desk.office.staff("ada", Role.SENIOR_MODERATOR)
    browser = await inside(desk, "ada")
    assert (await browser.get(f"/desk/complaints/{complaint}")).status_code == 403
    with pytest.raises(Exception, match="This is about you"):
        await desk.act(ada, claim_complaint, complaint)


async def test_two_answer_a_complaint_at_one_instant(desk: Desk) -> None:
    town = await Town.of(desk)
    complaint, _, number = await complained(desk, town)
    sam, zoe = await inside(desk, "sam", Role.SENIOR_MODERATOR), await inside(desk, "zoe", Role.SENIOR_MODERATOR)
    path = f"/desk/complaints/{complaint}"
    page = await zoe.get(path)
    key = form_in(page, f"{path}/claim")["key"]
    await sam.submit(path, f"{path}/claim")
    assert (await zoe.post(f"{path}/claim", {"key": key})).status_code == 403
    answer = await zoe.post(f"{path}/judge", {"key": key, "state": "upheld", "answer": "No."})
    assert answer.status_code == 403
    entries = await store.entries(desk.database, number, 50)
    assert [one.what for one in entries].count("complaint_claimed") == 1
