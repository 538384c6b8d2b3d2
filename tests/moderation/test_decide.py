"""Who decides, once, and what a decision has to say. R76 to R79, R86, R114, R135."""

from typing import Any

import msgspec
import pytest

from chappe.errors import Refused
from chappe.moderation.claim import claim, hand_over, move, release
from chappe.moderation.complain import claim_complaint, complain, judge
from chappe.moderation.decide import decide
from chappe.moderation.file import file
from chappe.moderation.records import Case, Filed, Item
from chappe.moderation.reverse import reverse
from chappe.moderation.rules import COMPLAINT_DAYS, MEASURES
from chappe.moderation.second_person import NAME, payload_of
from chappe.moderation.store import CLAIM_MS
from chappe.moderation.verdict import Planned, Verdict
from chappe.moderation.words import Door, ItemKind, Proof
from chappe.operators import Role, approve, propose
from chappe.operators.two_person import digest_of
from tests.house import Person, gather_at_once
from tests.moderation.conftest import Desk, removal
from tests.operators.conftest import seat

pytestmark = pytest.mark.anyio


async def _reported(desk: Desk, author: str = "ada") -> tuple[Person, str, Case]:
    """Somebody who said something that was reported, where, and the case."""
    ada, bob = await desk.office.person(author), await desk.office.person("bob")
    room = await ada.create_room(preset="public_chat")
    await bob.join(room)
    said = await ada.send(room, "look", url="mxc://localhost/abcdefgh")
    await bob.post(f"/rooms/{room}/report/{said}", {"reason": "bad"})
    return ada, room, (await desk.cases())[-1]


async def test_of_two_reviewers_at_one_instant_one_decides(desk: Desk) -> None:
    """R135: two reviewers never decide the same case."""
    mia, max_ = await desk.office.staff("mia", Role.MODERATOR), await desk.office.staff("max", Role.MODERATOR)
    _, _, case = await _reported(desk)
    claims = await gather_at_once(*(_outcome(desk.act(one, claim, case.number)) for one in (mia, max_) * 10))
    holders = {who for who, refused in zip((mia, max_) * 10, claims, strict=True) if not refused}
    assert len(holders) == 1
    (holder,) = holders
    verdict = removal(case)
    made = await gather_at_once(*(_outcome(desk.act(one, decide, case.number, verdict)) for one in (mia, max_) * 10))
    assert made.count("") == 1
    assert len(await desk.database.fetch("SELECT id FROM decision")) == 1
    assert (await desk.database.fetch("SELECT by_user FROM decision"))[0][0] == holder.user_id


async def _outcome(act: Any) -> str:
    try:
        await act
    except Refused as no:
        return no.reason
    return ""


async def test_a_claim_ends_by_itself_and_can_be_given_up_or_handed_over(desk: Desk) -> None:
    """R135."""
    mia, max_ = await desk.office.staff("mia", Role.MODERATOR), await desk.office.staff("max", Role.MODERATOR)
    _, _, case = await _reported(desk)
    await desk.act(mia, claim, case.number)
    with pytest.raises(Refused, match="somebody else has it"):
        await desk.act(max_, claim, case.number)
    desk.house.clock.advance(CLAIM_MS / 1000 + 1)
    with pytest.raises(Refused, match="not in your hands"):
        await desk.act(mia, decide, case.number, removal(case))
    await desk.act(max_, claim, case.number)
    await desk.act(max_, hand_over, case.number, mia.user_id, "she reads French")
    await desk.act(mia, release, case.number, "not sure")
    await desk.act(max_, claim, case.number)
    await desk.act(max_, move, case.number, "child_safety", "looks like a minor")
    with pytest.raises(Refused, match="needs the role child safety"):
        await desk.act(max_, claim, case.number)


ROLES = {
    Role.MODERATOR: {"notices", "reports", "automatic", "threat"},
    Role.SENIOR_MODERATOR: {"notices", "reports", "automatic", "threat"},
    Role.CHILD_SAFETY: {"child_safety", "threat"},
    Role.OWNER: set(),
    Role.ADMINISTRATOR: set(),
    Role.LEGAL: set(),
    Role.AUDITOR: set(),
}


@pytest.mark.parametrize("role", list(ROLES))
async def test_each_role_works_on_its_own_queues_alone(desk: Desk, role: Role) -> None:
    """R111, R135: every role against every queue."""
    who = await desk.office.staff("who", role)
    for number, stream in enumerate(("threat", "child_safety", "notices", "reports", "automatic"), 1):
        await _filed(desk, number, stream)
        refused = await _outcome(desk.act(who, claim, number))
        assert bool(refused) != (stream in ROLES[role]), (role, stream, refused)


async def _filed(desk: Desk, number: int, stream: str) -> None:
    filed = {
        "threat": Filed(Door.REPORT, is_threat=True),
        "child_safety": Filed(
            Door.REPORT, "", "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"
        ),
        "notices": Filed(Door.NOTICE, "r", name="n", email="n@example.org", good_faith=True),
        "reports": Filed(Door.REPORT),
        "automatic": Filed(Door.AUTOMATIC, "rule 1"),
    }[stream]
    item = Item(ItemKind.EVENT, f"${number:043}", "!room:localhost", "@ada:localhost")
    await desk.act(None, file, item, filed)


async def test_nobody_decides_what_is_about_themselves(desk: Desk) -> None:
    """The author, and who reported it, are refused every step."""
    for name in ("ada", "bob"):
        await desk.office.staff(name, Role.MODERATOR, Role.SENIOR_MODERATOR)
    ada, _, case = await _reported(desk)
    bob = await desk.office.person("bob")
    for one in (ada, bob):
        with pytest.raises(Refused, match="about you"):
            await desk.act(one, claim, case.number)
        with pytest.raises(Refused, match="about you"):
            await desk.act(one, decide, case.number, removal(case))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"facts": " "}, "Give the facts"),
        ({"explanation": ""}, "Give the facts"),
        ({"proportionality": ""}, "lighter measures"),
        ({"ground": None}, "on which law"),
        ({"ground_reference": "nonsense"}, "no such term"),
        ({"category": "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", "keywords": ()}, "category is none of"),
        ({"keywords": ("KEYWORD_PHISHING",)}, "keyword is not of that category"),
        ({"content_types": ()}, "what sort of content"),
        ({"territories": ("DE",)}, "Only withholding"),
        ({"measures": (Planned("event", "$other", "removed", "!x"),)}, "what its case is about"),
        ({"measures": (Planned("account", "@eve:localhost", "locked"),)}, "what its case is about"),
        ({"explanation": "x" * 2_001}, "too long"),
        ({"measures": ()}, "Without a measure"),
    ],
)
async def test_a_decision_that_lacks_what_it_has_to_say_is_refused(
    desk: Desk, change: dict[str, Any], told: str
) -> None:
    """R77, R17: nothing of it is stored, and nothing is restricted."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    _, _, case = await _reported(desk)
    await desk.act(mia, claim, case.number)
    verdict = msgspec.structs.replace(removal(case), **change)
    with pytest.raises(Refused, match=told):
        await desk.act(mia, decide, case.number, verdict)
    assert await desk.database.fetch("SELECT id FROM decision") == []
    assert await desk.database.fetch("SELECT id FROM restriction") == []


ACTIONS = [(kind, measure) for kind, found in MEASURES.items() for measure in found]


@pytest.mark.parametrize(("kind", "measure"), ACTIONS)
async def test_no_restriction_is_without_its_decision_and_statement(desk: Desk, kind: str, measure: str) -> None:
    """R78: for every measure there is, decision, statement, restriction and audit record come together; and go."""
    mia, sam = await desk.office.staff("mia", Role.MODERATOR), await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    ada, room, case = await _reported(desk)
    subject = {"event": case.item, "room": room, "account": ada.user_id, "media": "mxc://localhost/abcdefgh"}[kind]
    planned = Planned(kind, subject, measure, room if kind == "event" else "", 7)
    territories = ("DE", "FR") if measure == "withheld" else ()
    verdict = removal(case, measures=(planned,), territories=territories)
    await desk.act(mia, claim, case.number)
    if measure == "terminated":
        with pytest.raises(Refused, match="Two people"):
            await desk.act(mia, decide, case.number, verdict)
        decision = await _by_two(desk, mia, sam, case, verdict)
    else:
        decision = await desk.act(mia, decide, case.number, verdict)
    restrictions = await desk.database.fetch("SELECT decision, measure FROM restriction")
    assert restrictions == [(decision, measure)]
    assert await desk.database.fetch("SELECT decision, user_id FROM statement") == [(decision, ada.user_id)]
    acts = [act for act, _, subject in await desk.office.acts() if subject == f"case {case.number}"]
    assert acts == ["case.decided"]

    await desk.act(sam, reverse, decision, [], "It was wrong.")
    assert await desk.database.fetch("SELECT decision FROM restriction") == []
    assert await desk.measures_held(decision) == []


async def _by_two(desk: Desk, first: Person, second: Person, case: Case, verdict: Verdict) -> str:
    payload = payload_of(case.number, verdict)
    made = await desk.act(first, propose, seat(first), NAME, payload, "it is that bad")
    row = await desk.database.fetch_one("SELECT payload FROM proposal WHERE id = $1", made)
    assert row is not None
    digest = digest_of(NAME, row[0].encode())
    with pytest.raises(Refused, match="senior moderator"):
        await desk.act(first, approve, seat(first), made, digest)
    await desk.act(second, approve, seat(second), made, digest)
    found = await desk.database.fetch("SELECT id, by_user, second FROM decision")
    assert found[0][1:] == (first.user_id, second.user_id)
    return str(found[0][0])


async def test_an_account_is_not_ended_for_what_nothing_proves(desk: Desk) -> None:
    """R114: an unverified report of an encrypted chat may limit an account, and never ends it."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada = await desk.office.person("ada")
    item = Item(ItemKind.EVENT, "$" + "e" * 43, "!room:localhost", ada.user_id, is_encrypted=True)
    await desk.act(None, file, item, Filed(Door.REPORT, proof=Proof.UNVERIFIED))
    (case,) = await desk.cases()
    await desk.act(mia, claim, case.number)
    ended = removal(case, measures=(Planned("account", ada.user_id, "terminated"),))
    with pytest.raises(Refused, match="Nothing proves"):
        await desk.act(mia, propose, seat(mia), NAME, payload_of(case.number, ended), "he is bad")
    await desk.act(mia, decide, case.number, removal(case, measures=(Planned("account", ada.user_id, "limited"),)))


async def test_a_complaint_is_judged_by_somebody_else_and_reverses_in_part(desk: Desk) -> None:
    """R86, R87, R88."""
    sue = await desk.office.staff("sue", Role.SENIOR_MODERATOR)
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada, room, case = await _reported(desk)
    both = (Planned("event", case.item, "removed", room), Planned("account", ada.user_id, "suspended", days=7))
    decision = await desk.decided(sue, case.number, removal(case, measures=both))
    made = await desk.act(ada, complain, decision, "too much")
    with pytest.raises(Refused, match="Who made the decision"):
        await desk.act(sue, claim_complaint, made)
    with pytest.raises(Refused, match="needs the role senior moderator"):
        await desk.act(mia, claim_complaint, made)
    with pytest.raises(Refused, match="not in your hands"):
        await desk.act(sam, judge, made, "upheld", "No.", [])
    await desk.act(sam, claim_complaint, made)
    with pytest.raises(Refused, match="which of the measures"):
        await desk.act(sam, judge, made, "partly_reversed", "Once is enough.", [])
    await desk.act(sam, judge, made, "partly_reversed", "Once is enough.", [2])
    assert await desk.measures_held(decision) == ["removed"]
    with pytest.raises(Refused, match="not in your hands"):
        await desk.act(sam, judge, made, "upheld", "No.", [])


async def test_one_complains_for_six_months_about_ones_own_alone(desk: Desk) -> None:
    """R85: at least six months; nobody complains for somebody else."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada, _, case = await _reported(desk)
    eve = await desk.office.person("eve")
    decision = await desk.decided(mia, case.number, removal(case))
    with pytest.raises(Refused, match="no such decision"):
        await desk.act(eve, complain, decision, "let her")
    desk.house.clock.advance((COMPLAINT_DAYS - 1) * 86_400)
    await desk.act(ada, complain, decision, "late, and in time")
    with pytest.raises(Refused, match="already"):
        await desk.act(ada, complain, decision, "again")


async def test_after_six_months_a_complaint_is_refused_and_says_where_else(desk: Desk) -> None:
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada, _, case = await _reported(desk)
    decision = await desk.decided(mia, case.number, removal(case))
    desk.house.clock.advance(COMPLAINT_DAYS * 86_400 + 1)
    with pytest.raises(Refused, match="court"):
        await desk.act(ada, complain, decision, "too late")
