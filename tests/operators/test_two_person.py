"""The two-person rule: just that payload, once, by another person on another device. R35."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chappe import operators
from chappe.app import Chappe
from chappe.errors import Refused
from chappe.mail import Address, Letter
from chappe.mail.letters import Sender, write
from chappe.operators import Kind, Kinds, Role, SharedDevices, approve, propose, refuse
from chappe.operators.grant import revoke
from chappe.operators.store import Proposal, proposal
from chappe.operators.two_person import MAX_OPEN, Payload
from chappe.stream import Transaction
from tests.conftest import make_settings
from tests.house import Clock, House, Person
from tests.mail.relay import relaying, text_of
from tests.operators.conftest import REASON, Office, seat
from tests.operators.test_grant import outcome

pytestmark = pytest.mark.anyio

LIFETIME_MS = 3_600_000
DONE: list[Payload] = []


async def _right(tx: Transaction, payload: Payload) -> None:
    if payload.get("wrong"):
        raise operators.StaffRefused("refused_kind", "This is wrong.")


async def _carry_out(tx: Transaction, told: Proposal, payload: Payload) -> None:
    tx.execute("UPDATE shard SET flushes = flushes + 1000000 WHERE id = 9")
    tx.after_commit(lambda: DONE.append(payload))


KIND = Kind(
    "test.disclose", frozenset({Role.LEGAL}), frozenset({Role.LEGAL_APPROVER, Role.OWNER}), LIFETIME_MS, _right,
    _carry_out, lambda payload: frozenset({str(payload.get("about", ""))}),
)  # fmt: skip


@pytest.fixture
async def desk(office: Office) -> Office:
    """Lea proposes, Paul approves."""
    DONE.clear()
    office.house.chappe.resources.of(Kinds)[KIND.name] = KIND
    await office.staff("lea", Role.LEGAL)
    await office.staff("paul", Role.LEGAL_APPROVER)
    return office


async def proposed(desk: Office, payload: Payload | None = None) -> Proposal:
    lea = desk.people["lea"]
    made = await desk.call(lea, propose, seat(lea), KIND.name, payload or {"case": 7}, REASON)
    found = await proposal(desk.house.chappe.database, made)
    assert found is not None
    return found


async def approving(desk: Office, person: Person, told: Proposal, *, at: str = "", digest: str = "") -> str:
    return await outcome(desk, person, approve, seat(person, at), told.id, digest or told.digest)


async def test_another_person_approves_and_it_is_done_in_the_same_commit(desk: Office) -> None:
    told = await proposed(desk, {"case": 7, "b": [1, None, "é"]})
    assert told.payload == '{"b":[1,null,"é"],"case":7}'
    assert await approving(desk, desk.people["paul"], told) == ""
    assert DONE == [{"case": 7, "b": [1, None, "é"]}]
    assert [act for act, _, _ in await desk.acts()][-2:] == ["proposal.made", "proposal.approved"]
    assert await approving(desk, desk.people["paul"], told) == "refused_over"
    assert len(DONE) == 1


async def test_of_fifty_who_approve_at_once_one_does(desk: Office) -> None:
    told = await proposed(desk)
    paul, olga = desk.people["paul"], desk.people["olga"]
    done = await asyncio.gather(*(approving(desk, (paul, olga)[at % 2], told) for at in range(50)))
    assert sorted(set(done)) == ["", "refused_over"]
    assert done.count("") == 1
    assert len(DONE) == 1
    assert sum(act == "proposal.approved" for act, _, _ in await desk.acts()) == 1


async def test_approving_and_refusing_at_once_is_one_of_both(desk: Office) -> None:
    told = await proposed(desk)
    paul, lea = desk.people["paul"], desk.people["lea"]
    callers = [approving(desk, paul, told), outcome(desk, lea, refuse, seat(lea), told.id, REASON)] * 1
    done = await asyncio.gather(
        *callers, *(outcome(desk, paul, refuse, seat(paul), told.id, REASON) for _ in range(10))
    )
    assert list(done).count("") == 1
    found = await proposal(desk.house.chappe.database, told.id)
    assert found is not None
    assert (found.state == "approved") is bool(DONE)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
async def test_who_may_propose_and_who_may_approve(desk: Office, role: Role) -> None:
    told = await proposed(desk)
    pat = await desk.staff("pat", role)
    may = await outcome(desk, pat, propose, seat(pat), KIND.name, {"case": 1}, REASON)
    assert may == ("" if role in KIND.may_propose else "refused_lacks_role")
    assert await approving(desk, pat, told) == ("" if role in KIND.may_approve else "refused_lacks_role")
    assert bool(DONE) is (role in KIND.may_approve)


async def test_not_the_same_person_even_with_both_roles(desk: Office) -> None:
    await desk.staff("lea", Role.LEGAL_APPROVER)
    told = await proposed(desk)
    assert await approving(desk, desk.people["lea"], told) == "refused_same_person"
    assert await approving(desk, desk.people["lea"], told, at="another browser") == "refused_same_person"
    assert DONE == []


async def test_not_in_the_same_session_browser_or_device(desk: Office) -> None:
    told, lea, paul = await proposed(desk), desk.people["lea"], desk.people["paul"]
    here, there = seat(lea), seat(paul)
    for shared in ({"session": here.session}, {"browser": here.browser}):
        place = operators.Seat(there.user_id, **{"session": there.session, "browser": there.browser} | shared)
        assert await outcome(desk, paul, approve, place, told.id, told.digest) == "refused_same_device"
    assert DONE == []


async def test_not_by_an_account_that_shares_a_browser_with_the_proposers(desk: Office) -> None:
    told, lea, paul = await proposed(desk), desk.people["lea"], desk.people["paul"]
    await desk.house.settle()
    for person in (lea, paul):
        await desk.house.chappe.database.execute_once(
            "INSERT INTO console_browser VALUES ($1, $2, $3)", person.user_id, "one", 1_700_000_000_000
        )
    assert await approving(desk, paul, told) == "refused_same_device"
    assert await approving(desk, desk.people["olga"], told) == ""


async def test_not_by_an_account_that_is_logged_in_on_the_same_device(desk: Office) -> None:
    told, paul = await proposed(desk), desk.people["paul"]
    body = {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": "paul"}, "password": House.PASSWORD,
        "device_id": desk.people["lea"].device_id,
    }  # fmt: skip
    (await desk.house.request("POST", "/login", body)).ok()
    assert await approving(desk, paul, told) == "refused_same_device"


async def test_not_by_an_account_that_is_woken_on_the_same_phone(desk: Office) -> None:
    told, paul = await proposed(desk), desk.people["paul"]
    for person in (desk.people["lea"], paul):
        body = {
            "app_id": "org.example", "pushkey": "phone", "kind": "http", "app_display_name": "a", "lang": "en",
            "device_display_name": "d", "data": {"url": "https://push.example/_matrix/push/v1/notify"}, "append": True,
        }  # fmt: skip
        (await person.post("/pushers/set", body)).ok()
    assert await approving(desk, paul, told) == "refused_same_device"


async def test_not_by_whom_it_concerns(desk: Office) -> None:
    told = await proposed(desk, {"about": "@paul:localhost"})
    paul = desk.people["paul"]
    assert await approving(desk, paul, told) == "refused_concerned"
    assert await outcome(desk, paul, refuse, seat(paul), told.id, REASON) == "refused_concerned"


async def test_only_what_was_shown_is_approved(desk: Office) -> None:
    told, other = await proposed(desk), await proposed(desk, {"case": 8})
    paul = desk.people["paul"]
    for digest in (other.digest, told.digest.upper(), "x", "\u00e9"):
        assert await approving(desk, paul, told, digest=digest) == "refused_over"
    assert DONE == []


async def test_it_expires(desk: Office) -> None:
    told = await proposed(desk)
    desk.house.clock.advance(LIFETIME_MS / 1000 + 1)
    assert await approving(desk, desk.people["paul"], told) == "refused_over"
    assert DONE == []


async def test_a_proposal_ends_with_the_role_of_who_made_it(desk: Office) -> None:
    told, lea = await proposed(desk), desk.people["lea"]
    await desk.call(None, revoke, lea.user_id, "legal", REASON)
    assert await approving(desk, desk.people["paul"], told) == "refused_over"


async def test_refusing_and_withdrawing(desk: Office) -> None:
    one, other, lea, paul = await proposed(desk), await proposed(desk), desk.people["lea"], desk.people["paul"]
    await desk.call(paul, refuse, seat(paul), one.id, "not enough")
    await desk.call(lea, refuse, seat(lea), other.id, "a mistake")
    assert [act for act, _, _ in await desk.acts()][-2:] == ["proposal.refused", "proposal.withdrawn"]
    for told in (one, other):
        assert await approving(desk, paul, told) == "refused_over"
    eve = await desk.staff("eve", Role.MODERATOR)
    third = await proposed(desk)
    assert await outcome(desk, eve, refuse, seat(eve), third.id, REASON) == "refused_lacks_role"


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("none", {}, REASON), (KIND.name, {"wrong": 1}, REASON), (KIND.name, {}, ""), (KIND.name, {}, "x" * 5_000),
        (KIND.name, {"x": "y" * 20_000}, REASON), (KIND.name, {"x": 1.5}, REASON), (KIND.name, {"x": 2**60}, REASON),
    ],
    ids=range(7),
)  # fmt: skip
async def test_what_cannot_be_proposed(desk: Office, kind: str, payload: Any, reason: str) -> None:
    lea, before = desk.people["lea"], await desk.acts()
    with pytest.raises(Refused):
        await desk.call(lea, propose, seat(lea), kind, payload, reason)
    assert await desk.acts() == before


async def test_nobody_fills_the_list(desk: Office) -> None:
    for _ in range(MAX_OPEN):
        await proposed(desk)
    lea = desk.people["lea"]
    assert await outcome(desk, lea, propose, seat(lea), KIND.name, {}, REASON) == "refused_many"


# Breaking the glass


async def glass(office: Office, person: Person, **changes: object) -> str:
    payload = {"user_id": person.user_id, "role": "auditor", "hours": 2} | changes
    return str(await office.call(person, propose, seat(person), "break_glass", payload, "an emergency"))


async def test_two_people_give_a_role_for_some_hours_and_owners_are_told(office: Office) -> None:
    """R141: an administrator cannot read the log alone."""
    adam, sam = await office.staff("adam", Role.ADMINISTRATOR), await office.staff("sam", Role.SENIOR_MODERATOR)
    made = await glass(office, adam)
    told = await proposal(office.house.chappe.database, made)
    assert told is not None
    assert await approving(office, adam, told) == "refused_same_person"
    assert await approving(office, sam, told) == ""
    assert await office.roles_of(adam) == {Role.ADMINISTRATOR, Role.AUDITOR}
    rows = await office.house.chappe.database.fetch("SELECT user_id, proposal_id FROM owner_notice")
    assert [tuple(row) for row in rows] == [("@olga:localhost", made)]
    assert ("break_glass.opened", "@adam:localhost", "@adam:localhost") in await office.acts()
    office.house.clock.advance(2 * 3_600 + 1)
    assert await office.roles_of(adam) == {Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    "changes",
    [{"hours": 9}, {"hours": 0}, {"hours": True}, {"hours": "2"}, {"role": "owner"}, {"role": "administrator"},
     {"role": "child safety"}, {"role": "legal approver"}, {"role": "x"}, {"role": 5}, {"user_id": "@nobody:localhost"},
     {"user_id": None}, {"more": 1}],
    ids=str,
)  # fmt: skip
async def test_what_two_people_cannot_give(office: Office, changes: dict[str, object]) -> None:
    adam = await office.staff("adam", Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        await glass(office, adam, **changes)


async def test_auditors_break_no_glass_and_nobody_shares(office: Office) -> None:
    ada = await office.staff("ada", Role.AUDITOR)
    with pytest.raises(Refused):
        await glass(office, ada, role="moderator")
    assert len(office.house.chappe.resources.of(SharedDevices)) == 3


@pytest.mark.parametrize(("language", "subject"), [("en", "The glass was broken"), ("fr", "d=E2=80=99urgence")])
async def test_the_letter_to_owners(office: Office, language: str, subject: str) -> None:
    values = {"server": "localhost", "user_id": "@olga:localhost", "who": "@adam:localhost", "role": "auditor",
              "hours": "2", "reason": "<b>\nBcc: all"}  # fmt: skip
    letter = Letter("break_glass", language, values)
    written = write(letter, Sender("server@example.org", "Server"), Address("olga@example.org"), "id", 0)
    assert subject.encode() in written
    assert b"&lt;b&gt;" in written
    assert b"\nBcc:" not in written


async def test_owners_with_a_mail_address_get_that_letter(tmp_path: Path) -> None:
    async with relaying() as relay:
        mail = f'{{ host = "127.0.0.1", port = {relay.port}, tls = "none", from_address = "chat@chat.example" }}'
        clock = Clock()
        house = House(await Chappe.open(make_settings(tmp_path, mail=mail), clock), clock)
        office = Office(house)
        await office.staff("olga", Role.OWNER)
        adam, sam = await office.staff("adam", Role.ADMINISTRATOR), await office.staff("sam", Role.SENIOR_MODERATOR)
        await house.settle()
        await house.chappe.database.execute_once(
            "INSERT INTO email_address VALUES ('olga@example.org', '@olga:localhost', 'en', 1, 1)"
        )
        told = await proposal(house.chappe.database, await glass(office, adam))
        assert told is not None
        assert await approving(office, sam, told) == ""
        async with asyncio.timeout(10):
            await relay.arrived.wait()
        assert "gave @adam:localhost the role auditor for 2 hours" in text_of(relay.message())
        assert relay.envelopes[0].rcpt_tos == ["olga@example.org"]
        await house.close()
