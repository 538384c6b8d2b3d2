"""Misuse: warned first, then suspended for a while, and never deaf to children and threats. R90, R91, Art. 23."""

from typing import Any

import pytest

from chappe.errors import Refused
from chappe.moderation import misuse
from chappe.moderation.complain import complain
from chappe.moderation.file import file
from chappe.moderation.misuse import Factors
from chappe.moderation.records import Filed, Item
from chappe.moderation.words import Door, ItemKind
from chappe.operators import Role
from tests.house import Person
from tests.moderation.conftest import Desk, removal
from tests.moderation.desk import inside

pytestmark = pytest.mark.anyio

WEIGHED = Factors(40, 42, "They named people as criminals.", "They wrote that they would go on.")


async def _files(desk: Desk, who: Person, number: int, **more: Any) -> None:
    item = Item(ItemKind.EVENT, f"${number:043}", "!room:localhost", "@ada:localhost")
    await desk.act(who, file, item, Filed(Door.REPORT, by_user=who.user_id, **more))


async def test_nobody_is_suspended_without_a_warning_and_the_four_factors(desk: Desk) -> None:
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    mia = await desk.office.staff("mia", Role.MODERATOR)
    eve = await desk.house.person("eve")
    with pytest.raises(Refused, match="without a warning"):
        await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 30)
    with pytest.raises(Refused, match="senior moderator"):
        await desk.act(mia, misuse.warn, eve.user_id, "filings", WEIGHED)
    for lacking in (
        Factors(0, 42, "g", "i"),
        Factors(43, 42, "g", "i"),
        Factors(1, 2, " ", "i"),
        Factors(1, 2, "g", ""),
    ):
        with pytest.raises(Refused, match="Weigh all four"):
            await desk.act(sam, misuse.warn, eve.user_id, "filings", lacking)
    await desk.act(sam, misuse.warn, eve.user_id, "complaints", WEIGHED)
    with pytest.raises(Refused, match="without a warning"):
        await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 30)
    warned = await desk.act(sam, misuse.warn, eve.user_id, "filings", WEIGHED)
    await desk.act(sam, misuse.lift_step, warned)
    with pytest.raises(Refused, match="without a warning"):
        await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 30)
    await desk.act(sam, misuse.warn, eve.user_id, "filings", WEIGHED)
    with pytest.raises(Refused, match="reasonable time"):
        await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 400)
    with pytest.raises(Refused, match="decision on a case"):
        await desk.act(sam, misuse.suspend, eve.user_id, "content", WEIGHED, 30)
    await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 30)
    told = [(one["type"], one["step"], one["kind"]) for one in await desk.told(eve)]
    assert told == [
        ("misuse", "warned", "complaints"),
        ("misuse", "warned", "filings"),
        ("misuse", "warned", "filings"),
        ("misuse", "suspended", "filings"),
    ]


async def test_while_suspended_only_children_and_threats_are_heard(desk: Desk) -> None:
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    eve = await desk.house.person("eve")
    await desk.act(sam, misuse.warn, eve.user_id, "filings", WEIGHED)
    suspended = await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 30)
    with pytest.raises(Refused, match="not processed until"):
        await _files(desk, eve, 1)
    await _files(desk, eve, 2, is_threat=True)
    abuse = {"category": "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "keyword": "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"}
    await _files(desk, eve, 3, **abuse)
    await desk.act(sam, misuse.lift_step, suspended)
    await _files(desk, eve, 4)
    await desk.act(sam, misuse.suspend, eve.user_id, "filings", WEIGHED, 1)
    desk.house.clock.advance(86_401)
    await _files(desk, eve, 5)


async def test_complaints_of_whom_they_are_not_processed_are_refused(desk: Desk) -> None:
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    ada = await desk.house.person("ada")
    await _files(desk, await desk.house.person("bob"), 1)
    (case,) = await desk.cases()
    decision = await desk.decided(sam, case.number, removal(case))
    await desk.act(sam, misuse.warn, ada.user_id, "complaints", WEIGHED)
    await desk.act(sam, misuse.suspend, ada.user_id, "complaints", WEIGHED, 10)
    with pytest.raises(Refused, match="court"):
        await desk.act(ada, complain, decision, "unfair")


async def test_a_notifier_without_an_account_is_known_by_mail_address(desk: Desk) -> None:
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    await desk.act(sam, misuse.warn, "Reader@Example.org", "filings", WEIGHED)
    await desk.act(sam, misuse.suspend, "reader@example.org", "filings", WEIGHED, 10)
    item = Item(ItemKind.EVENT, "$" + "a" * 43, "!room:localhost", "@ada:localhost")
    notice = Filed(Door.NOTICE, "r", name="n", email="READER@example.org", good_faith=True)
    with pytest.raises(Refused, match="not processed"):
        await desk.act(None, file, item, notice)


async def test_it_is_done_and_taken_back_in_the_console(desk: Desk) -> None:
    """R118: in both languages, and every step of it in the audit log."""
    eve = await desk.house.person("eve")
    sam = await inside(desk, "sam", Role.SENIOR_MODERATOR)
    fields = {"whom": eve.user_id, "kind": "filings", "number": "40", "of_all": "42", "gravity": "<b>", "intent": "i"}
    assert (await sam.submit("/misuse", "/misuse", step="suspend", days="9", **fields)).status_code == 400
    assert (await sam.submit("/misuse", "/misuse", step="warn", **fields)).status_code == 303
    assert (await sam.submit("/misuse", "/misuse", step="suspend", days="9", **fields)).status_code == 303
    page = await sam.get("/misuse")
    assert "&lt;b&gt;" in page.text
    (row,) = await desk.database.fetch("SELECT id FROM misuse_step WHERE step = 'suspended'")
    assert (await sam.submit("/misuse", f"/misuse/{row[0]}/lift")).status_code == 303
    acts = [act for act, _, _ in await desk.office.acts() if act.startswith("misuse")]
    assert acts == ["misuse.warned", "misuse.suspended", "misuse.lifted"]
