"""Whose keys a client is told to look at again: everybody it shares a room with, and nobody else."""

import asyncio
import random
from typing import Any

import pytest

from chappe.app import Chappe
from chappe.ids import RoomID, UserID
from chappe.keys.news import MAX_KEPT, KeyNews
from chappe.rooms.membership import set_member
from chappe.rooms.rooms import Rooms
from chappe.stream import Command, Device, Log, Shard, Transaction, place, shard_of
from tests.house import House, Person, Said, gather_at_once
from tests.keys.publishing import CrossSigner, Phone, claim, phone
from tests.work import longest_turn

pytestmark = pytest.mark.anyio


async def told(house: House, person: Person) -> tuple[set[str], set[str]]:
    """What the next sync says of others' and own devices, when everything has arrived."""
    await house.settle()
    lists = (await person.sync())["device_lists"]
    assert len(lists["changed"]) == len(set(lists["changed"]))
    return set(lists["changed"]), set(lists["left"])


async def scene(house: House) -> tuple[Phone, Phone, Phone, str]:
    """Anna and Bob in a room; Carl in none. All have synced."""
    anna, bob, carl = [await phone(house, name) for name in ("anna", "bob", "carl")]
    room_id = await anna.person.create_room(preset="public_chat")
    await bob.person.join(room_id)
    await house.settle()
    for one in (anna, bob, carl):
        assert (await one.person.sync())["device_lists"] == {"changed": [], "left": []}
    return anna, bob, carl, room_id


async def test_a_change_is_told_to_those_in_the_same_room_and_to_oneself(house: House) -> None:
    """uploadKeys, uploadCrossSigningKeys: new keys, a new name, the end of a device."""
    anna, bob, carl, _ = await scene(house)
    anna_id = anna.person.user_id
    second = Phone(await anna.person.another_device())
    signer = CrossSigner(anna_id)
    master = second.sign(signer.master_key)

    async def sign() -> None:
        body = {anna_id: {signer.master.public_base64: master}}
        assert (await anna.person.post("/keys/signatures/upload", body)).ok()["failures"] == {}

    for change in (
        second.upload,
        lambda: second.person.put(f"/devices/{second.person.device_id}", {"display_name": "Tablet"}),
        lambda: anna.person.post("/keys/device_signing/upload", signer.body()),
        sign,
        lambda: second.person.post("/logout"),
    ):
        await change()
        for who in (bob, anna):
            assert await told(house, who.person) == ({anna_id}, set())
        assert await told(house, carl.person) == (set(), set())
    assert await told(house, bob.person) == (set(), set())


async def test_what_changes_nothing_is_told_to_nobody(house: House) -> None:
    """The same keys again, one-time keys, claims, a device without keys that comes and goes."""
    anna, bob, carl, _ = await scene(house)
    await anna.upload(one_time=anna.one_time_keys("A"), fallback=anna.one_time_keys("F"))
    await claim(carl.person, anna)
    silent = await anna.person.another_device()
    await silent.put(f"/devices/{silent.device_id}", {"display_name": "Silent"})
    await silent.post("/logout")
    for one in (anna, bob, carl):
        assert await told(house, one.person) == (set(), set())


async def test_a_waiting_client_hears_of_a_change(house: House) -> None:
    anna, bob, _, _ = await scene(house)

    async def change() -> None:
        await Phone(await anna.person.another_device()).upload()

    news, _ = await gather_at_once(bob.person.sync(timeout=20_000), change())
    assert news["device_lists"]["changed"] == [anna.person.user_id]


async def test_who_comes_and_who_goes(house: House) -> None:
    """sync: joins name both sides; leaving the last common room, or being put out of it, names both as left."""
    anna, bob, carl, room_id = await scene(house)
    a, b, c = anna.person.user_id, bob.person.user_id, carl.person.user_id
    await carl.person.join(room_id)
    assert await told(house, carl.person) == ({a, b}, set())
    assert await told(house, anna.person) == ({c}, set())
    await bob.person.put(f"/rooms/{room_id}/state/m.room.member/{b}", {"membership": "join", "displayname": "B"})
    assert await told(house, anna.person) == (set(), set())
    other = await carl.person.create_room(preset="public_chat")
    await bob.person.join(other)
    for one in (anna, bob, carl):
        await told(house, one.person)
    await bob.person.leave(room_id)
    assert await told(house, anna.person) == (set(), {b})
    assert await told(house, carl.person) == (set(), set())
    assert await told(house, bob.person) == (set(), {a})
    await anna.person.post(f"/rooms/{room_id}/kick", {"user_id": c})
    assert await told(house, carl.person) == (set(), {a})
    assert await told(house, anna.person) == (set(), {c})


async def test_who_left_and_came_back_is_told_anew(house: House) -> None:
    """What they changed meanwhile was told to nobody in the room."""
    anna, bob, _, room_id = await scene(house)
    await bob.person.leave(room_id)
    await Phone(await bob.person.another_device()).upload()
    house.clock.advance(3600)
    await bob.person.join(room_id)
    assert await told(house, anna.person) == ({bob.person.user_id}, set())
    assert await told(house, bob.person) == ({anna.person.user_id, bob.person.user_id}, set())


async def test_a_change_while_a_join_is_on_its_way_is_told(house: House) -> None:
    """The room shows the join, and the person's own stream does not have it yet: so nobody knows where to tell."""
    anna, _, carl, room_id = await scene(house)
    effects = house.chappe.outbox._effects
    apply, goes_on = effects["rooms.membership"], asyncio.Event()

    async def late(tx: Transaction, device: Device | None, *arguments: object) -> None:
        await goes_on.wait()
        await apply(tx, device, *arguments)

    effects["rooms.membership"] = late
    joining = asyncio.create_task(carl.person.join(room_id))
    news = await anna.person.sync(timeout=20_000)
    assert news["device_lists"]["changed"] == [carl.person.user_id]
    second = Phone(await carl.person.another_device())
    (await second.upload()).ok()
    for _ in range(50):
        await asyncio.sleep(0.002)
    goes_on.set()
    (await joining).ok()
    assert await told(house, anna.person) == ({carl.person.user_id}, set())


async def test_an_invitation_shares_nothing(house: House) -> None:
    anna, _, carl, room_id = await scene(house)
    await anna.person.invite(room_id, carl.person.user_id)
    await Phone(await carl.person.another_device()).upload()
    assert await told(house, anna.person) == (set(), set())
    assert await told(house, carl.person) == ({carl.person.user_id}, set())


async def test_whom_one_verified_is_told_to_ones_own_devices(house: House) -> None:
    """uploadCrossSigningSignatures: the signature is seen by its maker only, so only they are told."""
    anna, bob, _, _ = await scene(house)
    annas, bobs = CrossSigner(anna.person.user_id), CrossSigner(bob.person.user_id)
    for one, signer in ((anna, annas), (bob, bobs)):
        (await one.person.post("/keys/device_signing/upload", signer.body())).ok()
    second = await anna.person.another_device()
    for who in (anna.person, second, bob.person):
        await told(house, who)
    signed = {bob.person.user_id: {bobs.master.public_base64: annas.sign(bobs.master_key, annas.user_signing)}}
    assert (await anna.person.post("/keys/signatures/upload", signed)).ok()["failures"] == {}
    for who in (anna.person, second):
        assert await told(house, who) == ({bob.person.user_id}, set())
    assert await told(house, bob.person) == (set(), set())


async def test_the_end_of_an_account_is_told(house: House) -> None:
    anna, bob, _, _ = await scene(house)
    challenge = await bob.person.post("/account/deactivate", {})
    auth = {
        "type": "m.login.password",
        "session": challenge.json["session"],
        "identifier": {"type": "m.id.user", "user": "bob"},
        "password": House.PASSWORD,
    }
    (await bob.person.post("/account/deactivate", {"auth": auth})).ok()
    assert await told(house, anna.person) == (set(), {bob.person.user_id})


async def test_changes_are_told_after_a_long_time_away(house: House) -> None:
    """getKeysChanges: the same as the next sync would say; and what is asked for wrongly."""
    anna, bob, carl, room_id = await scene(house)
    since = anna.person.since
    await Phone(await bob.person.another_device()).upload()
    await carl.person.join(room_id)
    for number in range(40):
        await carl.person.send(room_id, f"m{number}")
    await house.settle()
    for _ in range(2):
        lists = (await anna.person.get("/keys/changes", **{"from": since, "to": since})).ok()
        assert lists == {"changed": sorted([bob.person.user_id, carl.person.user_id]), "left": []}
        assert (await anna.person.sync(since=since))["device_lists"] == lists
    await bob.person.leave(room_id)
    lists = (await anna.person.get("/keys/changes", **{"from": since, "to": anna.person.since})).ok()
    assert lists == {"changed": [carl.person.user_id], "left": [bob.person.user_id]}
    for wrong in ({}, {"from": since}, {"from": "x", "to": since}, {"from": since, "to": "x"}):
        assert (await anna.person.get("/keys/changes", **wrong)).status == 400


async def test_a_sync_without_such_news_asks_the_database_nothing_about_keys(house: House) -> None:
    anna, bob, _, room_id = await scene(house)
    asked: list[str] = []
    database = house.chappe.database
    fetch = database.fetch

    async def watched(sql: str, *arguments: object) -> Any:
        asked.append(sql)
        return await fetch(sql, *arguments)

    database.fetch = watched  # type: ignore[method-assign]  # only to look on
    await bob.person.send(room_id, "hello")
    await anna.person.sync()
    await anna.person.sync()
    words = ("device_list", "one_time_key", "fallback_key", "device_keys")
    assert [sql for sql in asked if any(word in sql for word in words)] == []


async def test_changes_are_told_after_a_restart(settings: Any, open_database: Any, house: House) -> None:
    """What the former process knew without asking the database, the new one asks for."""
    anna, bob, carl, room_id = await scene(house)
    await Phone(await bob.person.another_device()).upload()
    await carl.person.join(room_id)
    await house.settle()
    await house.chappe.close()
    house = House(await Chappe.open(settings, house.clock, await open_database()), house.clock)
    for one in (anna, bob, carl):
        one.person.house = house
    assert await told(house, anna.person) == ({bob.person.user_id, carl.person.user_id}, set())
    assert await told(house, anna.person) == (set(), set())
    await house.close()


def test_what_is_let_go_of_is_asked_for() -> None:
    log = Log([0] * 257, "h")
    news = KeyNews(log)
    shard = shard_of("!first:test")
    news.told("!first:test", place(shard, 5))
    for number in range(MAX_KEPT):
        news.told(f"!{number}:test", place(Shard((shard + 1) % 256), number + 1))
    assert [news.may_have("!first:test", place(shard, at)) for at in (4, 5)] == [True, False]
    assert not news.may_have("!other:test", place(shard, 5))


class Follower:
    """A client that knows others' devices only by what it is told."""

    def __init__(self, house: House, phone: Phone) -> None:
        self.house = house
        self.phone = phone
        self.known: dict[str, set[str]] = {}

    @property
    def person(self) -> Person:
        return self.phone.person

    async def sync(self) -> tuple[set[str], set[str]]:
        lists = (await self.person.sync())["device_lists"]
        changed, left = set(lists["changed"]), set(lists["left"])
        assert not changed & left
        for user_id in left:
            self.known.pop(user_id, None)
        if changed:
            asked = {user_id: list[str]() for user_id in changed}
            found = (await self.person.post("/keys/query", {"device_keys": asked})).ok()["device_keys"]
            self.known |= {user_id: set(found[user_id]) for user_id in changed}
        return changed, left


class Town:
    """People who come and go, and change their devices; and what is true of them."""

    def __init__(self, house: House, people: list[Phone], rooms: list[str]) -> None:
        self.house = house
        self.people = people
        self.rooms = rooms
        self.members: dict[str, set[str]] = {room_id: set() for room_id in rooms}
        self.devices = {one.person.user_id: [one] for one in people}

    async def step(self, draw: random.Random) -> None:
        one, room_id = draw.choice(self.people), draw.choice(self.rooms)
        self.house.clock.advance(draw.choice((0, 0, 600)))
        user_id = one.person.user_id
        match draw.randrange(5):
            case 0 | 1 if user_id not in self.members[room_id]:
                (await one.person.join(room_id)).ok()
                self.members[room_id].add(user_id)
            case 2 if user_id in self.members[room_id]:
                (await one.person.leave(room_id)).ok()
                self.members[room_id].remove(user_id)
            case 3 if len(self.devices[user_id]) < 4:
                added = Phone(await self.house.log_in(user_id))
                (await added.upload()).ok()
                self.devices[user_id].append(added)
            case 4 if len(self.devices[user_id]) > 1:
                (await self.devices[user_id].pop().person.post("/logout")).ok()

    def companions(self, user_id: str) -> set[str]:
        inside = [members for members in self.members.values() if user_id in members]
        return set().union(*inside) - {user_id}

    def check(self, follower: Follower) -> None:
        own = follower.person.user_id
        true = {user_id: {one.person.device_id for one in self.devices[user_id]} for user_id in self.companions(own)}
        known = {user_id: devices for user_id, devices in follower.known.items() if user_id != own}
        assert known == true
        if own in follower.known:
            assert follower.known[own] == {one.person.device_id for one in self.devices[own]}


async def town(house: House) -> tuple[Town, list[Follower]]:
    people = [await phone(house, f"p{number}") for number in range(5)]
    owner = await house.person("owner")
    rooms = [await owner.create_room(preset="public_chat") for _ in range(3)]
    made = Town(house, people, rooms)
    for room_id in rooms:
        made.members[room_id].add(owner.user_id)
    made.devices[owner.user_id] = []
    followers = [Follower(house, one) for one in people]
    for follower in followers:
        await follower.sync()
    return made, followers


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_is_missed_and_nobody_else_is_named(house: House, seed: int) -> None:
    """Random joins, leaves, logins and logouts: each follower knows exactly whom they share a room with."""
    made, followers = await town(house)
    draw = random.Random(seed)
    for _ in range(60):
        before = {one.person.user_id: made.companions(one.person.user_id) for one in followers}
        for _ in range(draw.randrange(1, 4)):
            await made.step(draw)
        await house.settle()
        for follower in draw.sample(followers, 3):
            own = follower.person.user_id
            now = made.companions(own)
            changed, left = await follower.sync()
            assert changed <= now | {own}
            assert not left & now
            assert before[own] - now <= left | (before[own] - set(follower.known))
            made.check(follower)


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_is_missed_when_all_happens_at_once(house: House, seed: int) -> None:
    """The same while others sync and nothing waits for anything: what is known at the end is true."""
    made, followers = await town(house)

    async def act(number: int) -> None:
        draw = random.Random(seed * 100 + number)
        own = Town(house, [made.people[number]], made.rooms)
        own.members, own.devices = made.members, made.devices
        for _ in range(25):
            await own.step(draw)

    async def follow(follower: Follower) -> None:
        for _ in range(25):
            await follower.sync()

    await gather_at_once(*(act(number) for number in range(5)), *(follow(one) for one in followers))
    await house.settle()
    for follower in followers:
        await follower.sync()
        made.check(follower)


async def test_a_long_gap_in_a_large_room_keeps_nobody_waiting(house: House) -> None:
    """getKeysChanges: the moves of many people are looked up with others having the loop in between."""
    anna = await house.person("anna")
    room_id = RoomID(await anna.create_room(preset="public_chat"))
    since = (await anna.sync())["next_batch"]

    async def join(tx: Transaction, device: Device | None, people: list[UserID]) -> None:
        room = await tx.of(Rooms).enter(tx, room_id, *people)
        for user_id in people:
            await set_member(tx, room, user_id, user_id, "join")

    people = [UserID(f"@one{number}:{anna.user_id.partition(':')[2]}") for number in range(1_500)]
    for start in range(0, len(people), 100):
        await house.chappe.bus.call(shard_of(room_id), Command(join, None, (people[start : start + 100],)))
    await house.settle()
    answers: list[Said] = []

    async def ask() -> None:
        answers.append(await anna.get("/keys/changes", **{"from": since, "to": since}))

    longest = await longest_turn(ask())
    assert set(answers[0].ok()["changed"]) == set(people)
    # About 300 a person for a hundred of them, now and then two stretches; 1,500 people would be half a million.
    assert longest.lines < 150_000
