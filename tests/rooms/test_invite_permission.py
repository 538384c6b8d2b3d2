"""People who do not want to be invited, or only by those they know."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.house import House, Person, Said

pytestmark = pytest.mark.anyio


async def choose(person: Person, action: object) -> None:
    content = {} if action is None else {"default_action": action}
    path = f"/user/{quote(person.user_id)}/account_data/m.invite_permission_config"
    (await person.put(path, content)).ok()


async def three_ways(inviter: Person, invited: Person, room_id: str) -> list[Said]:
    return [
        await inviter.invite(room_id, invited.user_id),
        await inviter.set_state(room_id, "m.room.member", {"membership": "invite"}, invited.user_id),
        await inviter.post("/createRoom", {"invite": [invited.user_id], "is_direct": True}),
    ]


async def invitations(person: Person, **query: Any) -> set[str]:
    return set((await person.sync(**query)).get("rooms", {}).get("invite", {}))


async def test_who_wants_no_invitations_gets_none(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    before, room_id = await ann.create_room(), await ann.create_room()
    (await ann.invite(before, ben.user_id)).ok()
    await choose(ben, "block")
    for said in await three_ways(ann, ben, room_id):
        assert (said.status, said.errcode) == (403, "M_INVITE_BLOCKED")
    assert (await ann.invite(before, ben.user_id)).status == 200
    assert await invitations(ben) == set()
    assert len((await ann.get("/joined_rooms")).ok()["joined_rooms"]) == 2
    await choose(ben, None)
    for said in await three_ways(ann, ben, room_id):
        assert said.status == 200
    assert len(await invitations(await ben.another_device())) == 3


@pytest.mark.parametrize("action", ["allow", "", 7, ["block"], {"a": "block"}])
async def test_what_nobody_understands_lets_everybody_invite(house: House, action: object) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await choose(ben, action)
    assert (await ann.invite(await ann.create_room(), ben.user_id)).status == 200


async def test_who_wants_to_be_invited_by_people_they_know(house: House) -> None:
    """Knowing each other is to be in one room: an invitation to it is not enough, and having been there is not."""
    ann, ben, cleo = [await house.person(name) for name in ("ann", "ben", "cleo")]
    public, other = await cleo.create_room(preset="public_chat"), await ann.create_room()
    await choose(ben, "org.chappe.known")
    assert (await ann.invite(other, ben.user_id)).errcode == "M_INVITE_BLOCKED"
    (await ann.join(public)).ok()
    assert (await ann.invite(other, ben.user_id)).errcode == "M_INVITE_BLOCKED"
    (await ben.join(public)).ok()
    (await ann.invite(other, ben.user_id)).ok()
    assert await invitations(ben) == {other}
    (await ann.leave(public)).ok()
    assert (await ann.invite(await ann.create_room(), ben.user_id)).errcode == "M_INVITE_BLOCKED"


async def test_of_ignored_people_no_invitation_is_shown(house: House) -> None:
    """They are not told that they are ignored."""
    ann, ben = await house.person("ann"), await house.person("ben")
    path = f"/user/{quote(ben.user_id)}/account_data/m.ignored_user_list"
    (await ben.put(path, {"ignored_users": {ann.user_id: {}}})).ok()
    (await ann.invite(await ann.create_room(), ben.user_id)).ok()
    assert await invitations(ben) == set()
