"""What is restricted is read on no path, and once it is lifted all of them tell what they told before (R53, R87)."""

from dataclasses import dataclass
from typing import Any

import pytest

from chappe.restrictions import MEASURES, Ground, Kind, Measure, Restriction
from tests.house import House, Person
from tests.restrictions.imposing import decided, restriction, reversed_
from tests.restrictions.paths import SECRET, Asker, steady

pytestmark = pytest.mark.anyio

MEDIA = frozenset({"download", "download as"})
MESSAGES = {
    *("sync", "lazy sync", "state after", "messages", "messages forwards", "event", "context", "peek", "search"),
    *("relations", "threads"),
}
TOPICS = {
    *("sync", "lazy sync", "state after", "context", "state", "topic", "topic event", "peek", "directory"),
    *("directory search", "summary", "hierarchy", "messages", "messages forwards", "search"),
}


@dataclass
class World:
    house: House
    anna: Person
    bob: Person
    room_id: str
    topic_id: str
    asker: Asker


async def upload(person: Person, content: bytes) -> str:
    said = await person.house._client.post(
        "/_matrix/media/v3/upload", content=content, headers={"Authorization": f"Bearer {person.token}"}
    )
    return str(said.json()["content_uri"]).rpartition("/")[2]


async def with_message(house: House, **more: Any) -> tuple[World, str]:
    """A listed room in which a message is edited, replied to in a thread, and referred to."""
    anna, bob = await house.person("anna"), await house.person("bob")
    room_id = await anna.create_room(preset="public_chat", visibility="public", name="Kitchen")
    (await bob.join(room_id)).ok()
    topic = (await anna.set_state(room_id, "m.room.topic", {"topic": "Tea"})).ok()["event_id"]
    mention: dict[str, Any] = {"m.mentions": {"user_ids": [bob.user_id]}}
    event_id = await anna.send(room_id, f"the {SECRET} of @bob", **mention)

    def related(rel_type: str) -> dict[str, Any]:
        return {"m.relates_to": {"rel_type": rel_type, "event_id": event_id}}

    new: dict[str, Any] = {"m.new_content": {"msgtype": "m.text", "body": f"the new {SECRET}"}}
    await anna.send(room_id, f"* the new {SECRET}", **new, **related("m.replace"))
    await bob.send(room_id, "oh", **related("m.thread"))
    await bob.send(room_id, "see", **related("m.reference"))
    await house.caught_up("search")
    await house.caught_up("rooms.directory")
    media_id = await upload(anna, SECRET.encode())
    return World(house, anna, bob, room_id, topic, Asker(room_id, event_id, media_id)), event_id


def has(said: Any) -> bool:
    return SECRET in said.text


async def compare(
    world: World, *imposed: Restriction, paths: set[str], viewer: Person, elsewhere: frozenset[str] = MEDIA
) -> None:
    """No path tells while they hold, and all tell the same as before afterwards."""
    before = await world.asker.all(viewer)
    assert {name for name, said in before.items() if has(said)} >= paths
    await decided(world.house, *imposed)
    held = await world.asker.all(viewer)
    assert {name for name, said in held.items() if has(said)} <= elsewhere
    assert {name: said.status for name, said in held.items() if said.status in (404, 500)} == {
        name: said.status for name, said in before.items() if said.status in (404, 500)
    }
    await reversed_(world.house, *imposed)
    after = await world.asker.all(viewer)
    for name, said in after.items():
        assert (name, steady(said)) == (name, steady(before[name]))


@pytest.mark.parametrize("measure", [Measure.REMOVED, Measure.WITHHELD])
@pytest.mark.parametrize("ground", list(Ground))
async def test_an_event_is_told_on_no_path_and_then_as_before(house: House, measure: Measure, ground: Ground) -> None:
    world, event_id = await with_message(house)
    hidden = restriction(Kind.EVENT, event_id, measure, within=world.room_id, ground=ground)
    for viewer in (world.anna, world.bob):  # the author is told no more than others (R126)
        await compare(world, hidden, paths=MESSAGES, viewer=viewer)


async def test_a_demoted_event_is_where_it_was_and_is_not_found(house: House) -> None:
    world, event_id = await with_message(house)
    demoted = restriction(Kind.EVENT, event_id, Measure.DEMOTED, within=world.room_id)
    await compare(world, demoted, paths={"search"}, viewer=world.bob, elsewhere=MEDIA | MESSAGES - {"search"})
    await decided(house, demoted)
    assert has(await world.asker.read(world.bob, "event"))
    assert has(await world.asker.read(world.bob, "sync"))


async def test_state_is_told_on_no_path_nor_as_what_came_before(house: House) -> None:
    world, _ = await with_message(house)
    set_ = (await world.anna.set_state(world.room_id, "m.room.topic", {"topic": f"All about {SECRET}s"})).ok()
    await house.caught_up("rooms.directory")
    await house.caught_up("search")
    world.asker = Asker(world.room_id, await world.bob.send(world.room_id, "hm"), "nothing")
    hidden = restriction(Kind.EVENT, set_["event_id"], Measure.REMOVED, within=world.room_id)
    message = restriction(Kind.EVENT, world.topic_id, Measure.DEMOTED, within=world.room_id)
    held_before = {name for name, said in (await world.asker.all(world.bob)).items() if has(said)}
    assert held_before >= TOPICS - {"search", "context"}
    await decided(house, hidden, message)
    texts = {name: said.text for name, said in (await world.asker.all(world.bob)).items()}
    assert [name for name, text in texts.items() if "All about" in text] == []
    (await world.anna.set_state(world.room_id, "m.room.topic", {"topic": "Coffee"})).ok()
    for viewer in (world.anna, world.bob):  # `prev_content` of the next topic
        assert "All about" not in (await world.asker.read(viewer, "messages")).text
        assert "All about" not in (await world.asker.read(viewer, "topic event")).text
        assert "All about" not in str(await viewer.sync())


@pytest.mark.parametrize("measure", [Measure.CLOSED, Measure.WITHHELD])
async def test_a_room_is_told_on_no_path_and_then_as_before(house: House, measure: Measure) -> None:
    """R124: never 404, and who blocks it is said."""
    world, _ = await with_message(house)
    (await world.anna.set_state(world.room_id, "m.room.topic", {"topic": f"All about {SECRET}s"})).ok()
    await house.caught_up("rooms.directory")
    await house.caught_up("search")
    in_room = MESSAGES | TOPICS
    closed = restriction(Kind.ROOM, world.room_id, measure, ground=Ground.ORDER)
    for viewer in (world.anna, world.bob):
        await compare(world, closed, paths=in_room, viewer=viewer)
    await decided(house, closed)
    for name in in_room - {"sync", "lazy sync", "state after", "search", "directory", "directory search"}:
        said = await world.asker.read(world.bob, name)
        assert (name, said.status, said.errcode) == (name, 451, "ORG.CHAPPE.WITHHELD")
        assert said.headers["link"] == '<http://127.0.0.1:8008>; rel="blocked-by"'
        assert said.json["org.chappe.restricted"]["decision"] == closed.decision


@pytest.mark.parametrize("by", ["mxc", "sha256"])
@pytest.mark.parametrize(("ground", "status"), [(Ground.ORDER, 451), (Ground.LAW, 451), (Ground.TERMS, 403)])
async def test_media_is_given_to_nobody_and_then_as_before(house: House, by: str, ground: Ground, status: int) -> None:
    anna = await house.person("anna")
    media_id = await upload(anna, SECRET.encode())
    asker = Asker("!r:localhost", "$e", media_id)
    told = await asker.read(anna, "download")
    subject = f"mxc://localhost/{media_id}" if by == "mxc" else told.headers["etag"].strip('"')
    blocked = restriction(Kind.MEDIA, subject, Measure.BLOCKED, ground=ground, told={"contest": "https://x.example/c"})
    await decided(house, blocked)
    for name in ("download", "download as", "thumbnail"):
        said = await asker.read(anna, name)
        assert (said.status, SECRET in said.text) == (status, False)
        assert said.json["org.chappe.restricted"]["told"] == {"contest": "https://x.example/c"}
        assert ("link" in said.headers) == (status == 451)
    await reversed_(house, blocked)
    assert (await asker.read(anna, "download")).text == told.text


def test_every_measure_is_tested_somewhere() -> None:
    here = {Measure.REMOVED, Measure.WITHHELD, Measure.DEMOTED, Measure.CLOSED, Measure.BLOCKED}
    rooms = {Measure.DELISTED, Measure.FROZEN}  # test_rooms.py
    accounts = {Measure.LIMITED, Measure.SUSPENDED, Measure.LOCKED, Measure.TERMINATED}  # test_accounts.py
    assert here | rooms | accounts == {measure for measures in MEASURES.values() for measure in measures}
