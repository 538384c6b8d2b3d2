"""Sync tokens over restarts, other histories and full shards."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from chappe.app import Chappe
from chappe.config import Settings
from chappe.errors import Refused
from chappe.storage import Database
from chappe.stream.token import decode_token, device_digest, digest, encode_token, process_digest
from tests.house import Clock, House, Person

pytestmark = pytest.mark.anyio

MAX_TOKEN_BYTES = 1_536


class Server:
    """A server that can be started again on the same database."""

    def __init__(self, settings: Settings, open_database: Callable[[], Awaitable[Database]]) -> None:
        self._settings = settings
        self._open_database = open_database
        self.house: House

    async def start(self, *before: str) -> None:
        """Start, after some SQL was run on what is stored."""
        database = await self._open_database()
        clock = Clock()
        for sql in before:
            await database.execute_once(sql)
        self.house = House(await Chappe.open(self._settings, clock, database), clock)

    async def restart(self, *before: str, people: list[Person]) -> None:
        await self.house.settle()
        await self.house.close()
        await self.start(*before)
        for person in people:
            person.house = self.house


@pytest.fixture
async def server(settings: Settings, open_database: Callable[[], Awaitable[Database]]) -> AsyncIterator[Server]:
    server = Server(settings, open_database)
    await server.start()
    yield server
    await server.house.close()


def bodies(section: Any) -> list[str]:
    return [e["content"]["body"] for e in section["timeline"]["events"] if e["type"] == "m.room.message"]


async def test_an_old_token_goes_on_after_a_restart_without_loss_or_repetition(server: Server) -> None:
    ann, ben = await server.house.person("ann"), await server.house.person("ben")
    room = await ann.create_room(preset="public_chat")
    (await ben.join(room)).ok()
    await ann.send(room, "told")
    await ben.sync()
    await ann.send(room, "not yet told")
    await server.restart(people=[ann, ben])
    await ann.send(room, "new")
    assert bodies((await ben.sync())["rooms"]["join"][room]) == ["not yet told", "new"]
    assert "rooms" not in await ben.sync()


async def test_who_types_is_told_again_after_a_restart(server: Server) -> None:
    ann, ben = await server.house.person("ann"), await server.house.person("ben")
    room = await ann.create_room(preset="public_chat")
    (await ben.join(room)).ok()
    await ben.sync()
    (await ann.put(f"/rooms/{room}/typing/{ann.user_id}", {"typing": True})).ok()

    def typing(answer: Any) -> list[Any]:
        events = answer["rooms"]["join"][room]["ephemeral"]["events"]
        return [event["content"]["user_ids"] for event in events if event["type"] == "m.typing"]

    assert typing(await ben.sync()) == [[ann.user_id]]
    await server.restart(people=[ann, ben])
    assert typing(await ben.sync()) == [[]]
    assert "rooms" not in await ben.sync()


async def test_a_token_of_another_history_begins_from_the_beginning(server: Server) -> None:
    ann = await server.house.person("ann")
    room = await ann.create_room(name="Tower")
    await ann.sync()
    await server.restart("UPDATE history SET id = 'another'", people=[ann])
    again = (await ann.sync())["rooms"]["join"][room]
    assert "m.room.create" in {event["type"] for event in again["state"]["events"] + again["timeline"]["events"]}
    assert "rooms" not in await ann.sync()


async def test_a_token_from_the_future_begins_from_the_beginning(server: Server) -> None:
    ann = await server.house.person("ann")
    room = await ann.create_room()
    log = server.house.chappe.log
    device = device_digest(ann.device_id)
    ahead = encode_token(digest(log.history), [head + 1 for head in log.heads], process_digest("x"), 0, device)
    assert room in (await ann.sync(since=ahead))["rooms"]["join"]


def test_the_largest_token_is_small_and_comes_back_as_it_was() -> None:
    heads = [2**28 - 1 - shard for shard in range(257)]
    device = device_digest("PHONE")
    token = encode_token(digest("history"), heads, process_digest("process"), 2**32, device, inbox=2**28 - 1)
    assert len(token) <= MAX_TOKEN_BYTES
    read = decode_token(token)
    assert read.positions == dict(enumerate(heads[:256]))
    assert (read.history, read.process, read.ephemeral) == (digest("history"), process_digest("process"), 2**32)
    assert (read.device, read.inbox) == (device, 2**28 - 1)


def test_a_token_of_before_devices_stood_in_it_is_read_and_a_cut_one_is_not() -> None:
    heads = [0] * 257
    heads[3] = 5
    token = encode_token(digest("history"), heads, process_digest("process"), 7, device_digest("PHONE"))
    packed = urlsafe_b64decode(token[3:] + "=" * (-len(token[3:]) % 4))
    before = "s1_" + urlsafe_b64encode(packed[:-4]).rstrip(b"=").decode()
    read = decode_token(before)
    assert (read.positions, read.ephemeral, read.device, read.inbox) == ({3: 5}, 7, None, None)
    for cut in range(1, 4):
        with pytest.raises(Refused):
            decode_token("s2_" + urlsafe_b64encode(packed[:-cut]).rstrip(b"=").decode())


async def test_a_token_does_not_tell_what_strangers_do(house: House) -> None:
    spy, ann = await house.person("spy"), await house.person("ann")
    await spy.create_room()
    before = (await spy.sync())["next_batch"]
    for number in range(40):  # rooms of many shards; one may be the spy's
        await ann.create_room(name=f"Secret {number}")
    after = (await spy.sync())["next_batch"]
    shards = decode_token(before).positions.keys()
    assert len(shards) <= 2, "the spy's own, and that of their room"
    assert decode_token(after).positions.keys() == shards
