"""Two people with a client nobody here wrote meet, talk, and lose nothing when the server is killed."""

import asyncio
from collections.abc import AsyncIterator

import nio
import pytest
from nio.responses import PublicRoomsResponse

from tests.chaos.server import ServerProcess
from tests.scenarios.people import Person, answered

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ALIAS = "#signals:tower.test"


class Table:
    """Everybody who came, so that nobody is left behind."""

    def __init__(self, server: ServerProcess) -> None:
        self.address = f"http://127.0.0.1:{server.port}"
        self._people: list[Person] = []

    async def newcomer(self, name: str) -> Person:
        person = self._sit(name)
        await person.register()
        return person

    async def second_device(self, of: Person) -> Person:
        person = self._sit(of.user_id)
        await person.log_in("telephone")
        assert person.client.device_id != of.client.device_id
        return person

    async def clear(self) -> None:
        for person in self._people:
            await person.close()

    def _sit(self, name: str) -> Person:
        self._people.append(Person(self.address, name))
        return self._people[-1]


@pytest.fixture
async def table(server: ServerProcess) -> AsyncIterator[Table]:
    table = Table(server)
    yield table
    await table.clear()


async def open_room(ann: Person, ben: Person) -> str:
    """Ann's public room, in which both are, and both clients are open."""
    created = await ann.client.room_create(
        visibility=nio.RoomVisibility.public, alias="signals", name="Signals", preset=nio.RoomPreset.public_chat
    )
    room_id = str(answered(created, nio.RoomCreateResponse).room_id)
    answered(await ben.client.join(ALIAS), nio.JoinResponse)
    for person in (ann, ben):
        person.keep_syncing()
        await person.until(lambda person=person: room_id in person.client.rooms)  # type: ignore[misc]
    return room_id


async def test_they_find_each_other_and_talk(table: Table) -> None:
    ann, ben = await table.newcomer("ann"), await table.newcomer("ben")
    created = await ann.client.room_create(
        visibility=nio.RoomVisibility.public,
        alias="signals",
        name="Signals",
        topic="What the towers say",
        preset=nio.RoomPreset.public_chat,
    )
    room_id = answered(created, nio.RoomCreateResponse).room_id

    # Ben has heard of no room yet, only of the server.
    listed = await ben.client.list_public_rooms(filter_generic_search_term="signal")
    (found,) = answered(listed, PublicRoomsResponse).public_rooms
    assert (found.room_id, found.name, found.topic, found.num_joined_members) == (
        room_id,
        "Signals",
        "What the towers say",
        1,
    )
    resolved = answered(await ben.client.room_resolve_alias(found.canonical_alias), nio.RoomResolveAliasResponse)
    assert resolved.room_id == room_id
    joined = answered(await ben.client.join(found.canonical_alias), nio.JoinResponse)
    assert joined.room_id == room_id

    ann.keep_syncing()
    ben.keep_syncing()
    await ann.until(lambda: room_id in ann.client.rooms and ben.user_id in ann.client.rooms[room_id].users)
    await ben.until(lambda: room_id in ben.client.rooms)
    room = ben.client.rooms[room_id]
    assert (room.display_name, room.canonical_alias, room.joined_count, room.encrypted) == ("Signals", ALIAS, 2, False)

    # They talk, each seeing the other type first.
    answered(await ann.client.room_typing(room_id, True, timeout=20_000), nio.RoomTypingResponse)
    await ben.until(lambda: ben.typing.get(room_id) == [ann.user_id])
    await ann.send(room_id, "Clear sky over Lille")
    answered(await ann.client.room_typing(room_id, False), nio.RoomTypingResponse)
    await ben.until(lambda: ben.heard(room_id) == ["Clear sky over Lille"] and ben.typing[room_id] == [])
    last = await ben.send(room_id, "Fog in Strasbourg")
    await ann.until(lambda: ann.heard(room_id) == ["Clear sky over Lille", "Fog in Strasbourg"])
    assert ben.heard(room_id) == [] or ben.heard(room_id)[0] == "Clear sky over Lille"

    # Ann has read it, and Ben is told.
    answered(await ann.client.update_receipt_marker(room_id, last), nio.UpdateReceiptMarkerResponse)
    answered(await ann.client.room_read_markers(room_id, last, last), nio.RoomReadMarkersResponse)
    await ben.until(lambda: (ann.user_id, last) in ben.receipts)
    await ann.until(lambda: ann.client.rooms[room_id].unread_notifications == 0)

    # Ann gets another name, in the room too.
    answered(await ann.client.set_displayname("Ann of the Tower"), nio.ProfileSetDisplayNameResponse)
    await ben.until(lambda: ben.client.rooms[room_id].user_name(ann.user_id) == "Ann of the Tower")

    # A slip is taken back.
    slip = await ben.send(room_id, "my password is …")
    await ann.until(lambda: ann.heard(room_id)[-1:] == ["my password is …"])
    answered(await ben.client.room_redact(room_id, slip, "slip"), nio.RoomRedactResponse)
    await ann.until(
        lambda: any(isinstance(event, nio.RedactionEvent) and event.redacts == slip for _, event in ann.seen)
    )
    read = answered(await ann.client.room_get_event(room_id, slip), nio.RoomGetEventResponse)
    assert isinstance(read.event, nio.RedactedEvent)
    assert not ann.refusals
    assert not ben.refusals


async def test_a_second_device_reads_the_history(table: Table) -> None:
    ann, ben = await table.newcomer("ann"), await table.newcomer("ben")
    room_id = await open_room(ann, ben)
    said = [f"signal {number}" for number in range(45)]
    for number, text in enumerate(said):
        await (ann, ben)[number % 2].send(room_id, text)

    telephone = await table.second_device(ann)
    first = answered(await telephone.client.sync(), nio.SyncResponse)
    timeline = first.rooms.join[room_id].timeline
    assert timeline.limited
    read = [event.body for event in reversed(timeline.events) if isinstance(event, nio.RoomMessageText)]
    at: str | None = timeline.prev_batch
    pages = 0
    while at is not None:
        page = answered(await telephone.client.room_messages(room_id, at, limit=10), nio.RoomMessagesResponse)
        read += [event.body for event in page.chunk if isinstance(event, nio.RoomMessageText)]
        at, pages = page.end, pages + 1
    assert read[::-1] == said
    assert pages >= 3
    devices = answered(await telephone.client.devices(), nio.DevicesResponse).devices
    assert {device.display_name for device in devices} == {"laptop", "telephone"}


async def test_invited_in_left_and_shown_out(table: Table) -> None:
    ann, ben = await table.newcomer("ann"), await table.newcomer("ben")
    ann.keep_syncing()
    ben.keep_syncing()
    created = await ann.client.room_create(name="Cabinet", preset=nio.RoomPreset.private_chat, invite=[ben.user_id])
    room_id = answered(created, nio.RoomCreateResponse).room_id
    await ben.until(lambda: ben.invited == [room_id])
    assert ben.client.invited_rooms[room_id].display_name == "Cabinet"
    answered(await ben.client.join(room_id), nio.JoinResponse)
    await ben.until(lambda: room_id in ben.client.rooms)
    answered(await ben.client.room_leave(room_id), nio.RoomLeaveResponse)
    await ben.until(lambda: ben.left == [room_id])
    refused = await ben.client.join(room_id)
    assert isinstance(refused, nio.JoinError)
    assert refused.status_code == "M_FORBIDDEN"

    answered(await ann.client.room_invite(room_id, ben.user_id), nio.RoomInviteResponse)
    await ben.until(lambda: ben.invited == [room_id, room_id])
    answered(await ben.client.join(room_id), nio.JoinResponse)
    answered(await ann.client.room_kick(room_id, ben.user_id, "The cabinet is closed"), nio.RoomKickResponse)
    await ben.until(lambda: ben.left == [room_id, room_id])
    await ann.send(room_id, "only for me")
    rooms = answered(await ben.client.joined_rooms(), nio.JoinedRoomsResponse).rooms
    assert room_id not in rooms
    assert ben.heard(room_id) == []


async def test_the_server_is_killed_in_the_middle(server: ServerProcess, table: Table) -> None:
    ann, ben = await table.newcomer("ann"), await table.newcomer("ben")
    room_id = await open_room(ann, ben)
    before = {person.user_id: (person.client.access_token, person.client.device_id) for person in (ann, ben)}
    said = [f"before {number}" for number in range(5)]
    ids = [await ann.send(room_id, text) for text in said]
    await ben.until(lambda: len(ben.heard(room_id)) == 5)
    token, told = ben.client.next_batch, len(ben.tokens)

    # While she sends and he waits, the process is killed. Both clients keep trying by themselves.
    sending = asyncio.create_task(ann.send(room_id, "during", txn="during"))
    await server.kill()
    late = asyncio.create_task(ben.send(room_id, "into the dark"))
    await asyncio.sleep(0.1)
    assert not late.done()
    await server.start()
    ids += [await sending, await late]
    assert await ann.send(room_id, "during", txn="during") == ids[5]
    ids.append(await ann.send(room_id, "after"))

    for person in (ann, ben):
        await person.until(lambda person=person: person.heard(room_id)[-1:] == ["after"])  # type: ignore[misc]
        assert sorted(person.heard(room_id)) == sorted([*said, "during", "into the dark", "after"])
        assert person.heard(room_id)[:5] == said
        assert (person.client.access_token, person.client.device_id) == before[person.user_id]
        assert not person.refusals
    assert len(ben.tokens) > told

    # His old token tells exactly what came after it, and a fresh device reads everything once.
    answer = answered(await ben.client.sync(since=token, timeout=0), nio.SyncResponse)
    anew = [event.event_id for event in answer.rooms.join[room_id].timeline.events]
    assert sorted(anew) == sorted(ids[5:])
    assert not answer.rooms.join[room_id].timeline.limited
    telephone = await table.second_device(ben)
    history = answered(await telephone.client.room_messages(room_id, limit=100), nio.RoomMessagesResponse)
    texts = [event.event_id for event in history.chunk if isinstance(event, nio.RoomMessageText)]
    assert sorted(texts) == sorted(ids)
    assert ann.heard(room_id) == ben.heard(room_id)
