"""Invited people are counted, whichever way the request goes; guests invite and knock in none."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chappe.config import Settings, load
from tests.house import House, Person

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    flags = {"data_dir": str(tmp_path), "registration": "open", "guest_access": "true"}
    return load(None, {"CHAPPE_RATE_LIMITS": "true"}, flags)


async def test_every_invited_person_counts(house: House) -> None:
    anna = await house.person("anna")
    room = await anna.create_room(invite=[f"@p{n}:localhost" for n in range(28)])
    assert (await anna.invite(room, "@more:localhost")).status != 429
    invitation = {"membership": "invite"}
    assert (await anna.set_state(room, "m.room.member", invitation, "@last:localhost")).status != 429
    ways = [
        await anna.invite(room, "@too:localhost"),
        await anna.set_state(room, "m.room.member", invitation, "@many:localhost"),
        await anna.post("/createRoom", {"invite": ["@many:localhost"]}),
    ]
    assert [(said.status, said.errcode) for said in ways] == [(429, "M_LIMIT_EXCEEDED")] * 3
    assert (await anna.post("/createRoom", {})).status == 200


async def test_guests_do_not_knock_or_invite_by_state(house: House, new_guest: Callable[[], Awaitable[Person]]) -> None:
    anna, guest = await house.person("anna"), await new_guest()
    room = await anna.create_room(
        initial_state=[{"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}]
    )
    for membership, whom in (("knock", guest.user_id), ("invite", "@other:localhost")):
        said = await guest.set_state(room, "m.room.member", {"membership": membership}, whom)
        assert (said.status, said.errcode) == (403, "M_GUEST_ACCESS_FORBIDDEN")
    bert = await house.person("bert")
    assert (await bert.set_state(room, "m.room.member", {"membership": "knock"}, bert.user_id)).status == 200
