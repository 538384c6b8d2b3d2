"""Who grants and revokes what, and who cannot go. Every pair of roles is tried."""

import asyncio
from typing import Any

import pytest

from chappe.errors import Refused
from chappe.operators import rules
from chappe.operators.grant import grant, revoke, set_languages
from chappe.operators.require import require
from chappe.operators.roles import Role
from tests.house import House, Person
from tests.operators.conftest import REASON, Office

pytestmark = pytest.mark.anyio


async def outcome(office: Office, person: Person | None, act: Any, *arguments: object) -> str:
    """The word of the refusal, or "" if it was done."""
    try:
        await office.call(person, act, *arguments)
    except Refused as no:
        return str(getattr(no, "word", no.code.code))
    return ""


@pytest.mark.parametrize("actor", Role, ids=lambda role: role.value)
async def test_who_grants_and_revokes_which_role(office: Office, actor: Role) -> None:
    boss = await office.staff("boss", actor)
    for role in Role:
        target = await office.person(f"t{role.word}")
        may = role in rules.GRANTS.get(actor, ())
        expected = "" if may else "refused_grant" if actor in rules.GRANTS else "refused_lacks_role"
        assert await outcome(office, boss, grant, target.user_id, role.value, REASON) == expected, role
        assert (role in await office.roles_of(target)) is may
        if not may:
            await office.staff(f"t{role.word}", role)
        assert await outcome(office, boss, revoke, target.user_id, role.value, REASON) == expected, role
        assert (role in await office.roles_of(target)) is not may


@pytest.mark.parametrize("held", Role, ids=lambda role: role.value)
async def test_roles_that_exclude_each_other(office: Office, held: Role) -> None:
    for role in Role:
        person = await office.staff(f"t{role.word}", held)
        expected = "refused_together" if role in rules.EXCLUDES[held] else ""
        expected = "refused_has_role" if role is held else expected
        assert await outcome(office, None, grant, person.user_id, role.value, REASON) == expected, role


def test_who_runs_machines_sees_neither_orders_nor_sealed_material_and_who_audits_does_nothing_else() -> None:
    """R35, R111, R141."""
    assert rules.EXCLUDES[Role.ADMINISTRATOR] >= {Role.CHILD_SAFETY, Role.LEGAL, Role.LEGAL_APPROVER, Role.AUDITOR}
    assert rules.EXCLUDES[Role.AUDITOR] == frozenset(Role) - {Role.AUDITOR}
    assert all(one in rules.EXCLUDES[other] for one in Role for other in rules.EXCLUDES[one])
    assert not {Role.CHILD_SAFETY, Role.LEGAL_APPROVER, Role.ADMINISTRATOR, Role.OWNER} & rules.BREAK_GLASS


async def test_nobody_grants_to_themselves(office: Office) -> None:
    olga, adam = office.people["olga"], await office.staff("adam", Role.ADMINISTRATOR)
    assert await outcome(office, olga, grant, olga.user_id, "legal", REASON) == "refused_self"
    assert await outcome(office, adam, grant, adam.user_id, "moderator", REASON) == "refused_self"
    await office.staff("olga", Role.MODERATOR)
    assert await outcome(office, olga, revoke, olga.user_id, "moderator", REASON) == "refused_self"


async def test_each_change_is_recorded_with_before_after_and_reason(office: Office) -> None:
    mia = await office.person("mia")
    await office.call(office.people["olga"], grant, mia.user_id, "moderator", "needed in French")
    await office.call(office.people["olga"], revoke, mia.user_id, "moderator", "left")
    assert (await office.acts())[-2:] == [
        ("operator.granted", "@olga:localhost", "@mia:localhost"),
        ("operator.revoked", "@olga:localhost", "@mia:localhost"),
    ]
    rows = await office.house.chappe.database.fetch("SELECT body FROM audit_entry ORDER BY number")
    assert '"after":["moderator"],"before":[],"reason":"needed in French"' in rows[-2][0]
    assert '"after":[],"before":["moderator"],"reason":"left"' in rows[-1][0]


async def test_what_is_refused_is_not_recorded(office: Office) -> None:
    before = await office.acts()
    mia = await office.person("mia")
    olga = office.people["olga"]
    for name, role, reason in (
        ("@nobody:localhost", "moderator", REASON),
        (mia.user_id, "moderator", " "),
        (mia.user_id, "moderator", "x" * 3_000),
        (mia.user_id, "moderator", "a\0b"),
        (mia.user_id, "king", REASON),
        (mia.user_id, "", REASON),
    ):
        assert await outcome(office, olga, grant, name, role, reason), (name, role)
        assert await outcome(office, olga, revoke, name, role, reason), (name, role)
    assert await outcome(office, mia, grant, olga.user_id, "moderator", REASON) == "refused_not_staff"
    assert await office.acts() == before


async def test_the_last_owner_cannot_go(office: Office) -> None:
    olga = office.people["olga"]
    assert await outcome(office, None, revoke, olga.user_id, "owner", REASON) == "refused_last_owner"
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "olga"}, "password": House.PASSWORD}
    assert (await olga.post("/account/deactivate", {"auth": auth})).status == 403
    assert Role.OWNER in await office.roles_of(olga)
    await office.staff("otto", Role.OWNER)
    (await olga.post("/account/deactivate", {"auth": auth})).ok()
    assert await office.roles_of(olga) == frozenset()
    assert ("operator.ended", "@olga:localhost", "@olga:localhost") in await office.acts()


async def test_two_owners_who_revoke_each_other_at_once_leave_one(office: Office) -> None:
    olga, otto = office.people["olga"], await office.staff("otto", Role.OWNER)
    done = await asyncio.gather(
        *(
            outcome(office, one, revoke, other.user_id, "owner", REASON)
            for one, other in ((olga, otto), (otto, olga)) * 25
        )
    )
    assert done.count("") == 1
    rows = await office.house.chappe.database.fetch("SELECT user_id FROM operator_role WHERE role = 'owner'")
    assert len(rows) == 1


async def test_of_fifty_who_grant_one_role_at_once_one_does(office: Office) -> None:
    mia = await office.person("mia")
    olga = office.people["olga"]
    done = await asyncio.gather(*(outcome(office, olga, grant, mia.user_id, "moderator", REASON) for _ in range(50)))
    assert done.count("") == 1
    assert set(done) == {"", "refused_has_role"}
    assert sum(act == "operator.granted" and subject == mia.user_id for act, _, subject in await office.acts()) == 1


async def test_administrators_and_owners_are_operators_of_accounts_too(office: Office) -> None:
    adam = await office.person("adam")
    accounts = "/_chappe/admin/v1/accounts"
    assert (await adam.get(accounts)).status == 403
    await office.staff("adam", Role.ADMINISTRATOR)
    assert (await adam.get(accounts)).status == 200
    await office.call(office.people["olga"], revoke, adam.user_id, "administrator", REASON)
    assert (await adam.get(accounts)).status == 403
    await office.staff("adam", Role.MODERATOR)
    assert (await adam.get(accounts)).status == 403


@pytest.mark.parametrize("how", ["locked", "suspended", "deactivated"])
async def test_an_account_that_cannot_be_used_has_no_rights(office: Office, how: str) -> None:
    mia = await office.staff("mia", Role.MODERATOR)
    database = office.house.chappe.database
    assert (await require(database, 0, mia.user_id, Role.MODERATOR)).has(Role.MODERATOR)
    await office.house.settle()
    await database.execute_once(f"UPDATE account SET {how}_at = 1 WHERE user_id = $1", mia.user_id)
    with pytest.raises(Refused):
        await require(database, 0, mia.user_id, Role.MODERATOR)
    assert await outcome(office, None, grant, mia.user_id, "legal", REASON) == "refused_no_account"


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
async def test_require_lets_through_just_those_roles(office: Office, role: Role) -> None:
    person = await office.staff("pat", role)
    database = office.house.chappe.database
    for other in Role:
        if other is role:
            assert (await require(database, 0, person.user_id, other)).roles == {role}
            continue
        with pytest.raises(Refused):
            await require(database, 0, person.user_id, other)
    assert (await require(database, 0, person.user_id)).has(role)
    nobody = await office.person("nobody")
    with pytest.raises(Refused):
        await require(database, 0, nobody.user_id)


async def test_languages(office: Office) -> None:
    mia, nia = await office.staff("mia", Role.MODERATOR), await office.staff("nia", Role.MODERATOR)
    await office.call(mia, set_languages, mia.user_id, ["fr", "pt-BR"])
    assert (await office.operator(mia)).languages == ("fr", "pt-br")
    assert await outcome(office, nia, set_languages, mia.user_id, ["en"]) == "refused_lacks_role"
    for wrong in (["x" * 40], ["<b>"], [f"a{chr(97 + at)}" for at in range(26)]):
        assert await outcome(office, mia, set_languages, mia.user_id, wrong) == "refused_languages"
    await office.call(office.people["olga"], set_languages, mia.user_id, ["en"])
    assert (await office.operator(mia)).languages == ("en",)
