"""Three people with matrix-nio write in an encrypted room: the server carries what it cannot read."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import nio
import pytest

from tests.chaos.server import ServerProcess
from tests.scenarios.people import Person, answered

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class Table:
    """Everybody who came, each with a folder for their keys."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.address = f"http://127.0.0.1:{server.port}"
        self.folder = folder
        self.people: list[Person] = []

    async def newcomer(self, name: str) -> Person:
        person = self._sit(name)
        await person.register()
        person.keep_syncing()
        return person

    async def second_device(self, of: Person) -> Person:
        person = self._sit(of.user_id)
        await person.log_in("telephone")
        person.keep_syncing()
        return person

    def _sit(self, name: str) -> Person:
        store = self.folder / f"keys{len(self.people)}"
        store.mkdir()
        self.people.append(Person(self.address, name, store=store))
        return self.people[-1]


@pytest.fixture
async def table(server: ServerProcess, tmp_path: Path) -> AsyncIterator[Table]:
    table = Table(server, tmp_path)
    yield table
    for person in table.people:
        await person.close()


async def encrypted_room(owner: Person, *others: Person) -> str:
    created = await owner.client.room_create(
        invite=[other.user_id for other in others], initial_state=[ENCRYPTED], preset=nio.RoomPreset.private_chat
    )
    room_id = str(answered(created, nio.RoomCreateResponse).room_id)
    for other in others:
        answered(await other.client.join(room_id), nio.JoinResponse)
    everybody = {owner.user_id, *(other.user_id for other in others)}
    for person in (owner, *others):
        await person.until(
            lambda person=person: (  # type: ignore[misc]
                (room := person.client.rooms.get(room_id)) and room.encrypted and set(room.users) == everybody
            )
        )
    return room_id


def devices_of(seen_by: Person, person: Person) -> set[str]:
    """A person's devices, as another one's client knows them."""
    return {device.id for device in seen_by.client.device_store.active_user_devices(person.user_id)}


async def test_they_read_each_other_and_nobody_else_does(server: ServerProcess, table: Table) -> None:
    """uploadKeys, queryKeys, claimKeys, sendToDevice, sync: all that a client does to encrypt."""
    ann, ben, cleo = [await table.newcomer(name) for name in ("ann", "ben", "cleo")]
    room_id = await encrypted_room(ann, ben, cleo)
    said = []
    for person, text in ((ann, "Clear sky over Lille"), (ben, "Fog in Strasbourg"), (cleo, "Rain in Brest")):
        await person.send(room_id, text)
        said.append(text)
        for other in (ann, ben, cleo):
            await other.until(lambda other=other: other.heard(room_id) == said)  # type: ignore[misc]

    # A second telephone reads what is said from then on, and not after it is logged out.
    second = await table.second_device(ben)
    await second.until(lambda: room_id in second.client.rooms)
    device_id = second.client.device_id
    await ann.until(lambda: device_id in devices_of(ann, ben))
    await ann.send(room_id, "Storm over Lyon")
    await second.until(lambda: second.heard(room_id) == ["Storm over Lyon"])
    await second.stop_syncing()
    answered(await second.client.logout(), nio.LogoutResponse)
    await ann.until(lambda: device_id not in devices_of(ann, ben))

    # The server is killed; what is said after it is back is read, too.
    await server.kill()
    await server.start()
    await cleo.send(room_id, "Wind in Toulon")
    for other in (ann, ben):
        await other.until(lambda other=other: other.heard(room_id)[-1:] == ["Wind in Toulon"])  # type: ignore[misc]

    for person in table.people:
        await person.close()
    await server.close()
    stored = sqlite3.connect(server.data / "chappe.db")
    everything = b"".join(row[0] for row in stored.execute("SELECT client_json FROM event"))
    assert b"m.room.encrypted" in everything
    assert b"sky over Lille" not in everything


async def test_two_devices_verify_each_other(table: Table) -> None:
    """sendToDevice: by comparing short words, through the server, which knows none of the keys."""
    ann, ben = [await table.newcomer(name) for name in ("ann", "ben")]
    room_id = await encrypted_room(ann, ben)
    await ann.send(room_id, "Shall we compare?")
    await ben.until(lambda: ben.heard(room_id) == ["Shall we compare?"])
    compared: dict[str, list[tuple[str, str]]] = {}

    def confirm(person: Person) -> None:
        async def step(event: nio.KeyVerificationEvent) -> None:
            client = person.client
            if isinstance(event, nio.KeyVerificationStart):
                await client.accept_key_verification(event.transaction_id)
            elif isinstance(event, nio.KeyVerificationKey):
                # The client has put its own key into a queue, and what confirms the words must not overtake it.
                await client.send_to_device_messages()
                compared[person.user_id] = client.key_verifications[event.transaction_id].get_emoji()
                await client.confirm_short_auth_string(event.transaction_id)

        person.client.add_to_device_callback(step, nio.KeyVerificationEvent)

    confirm(ann)
    confirm(ben)
    await ann.until(lambda: ben.client.device_id in devices_of(ann, ben))
    await ben.until(lambda: ann.client.device_id in devices_of(ben, ann))
    bens = ann.client.device_store[ben.user_id][ben.client.device_id]
    anns = ben.client.device_store[ann.user_id][ann.client.device_id]
    answered(await ann.client.start_key_verification(bens), nio.ToDeviceResponse)
    await ann.until(lambda: bens.verified)
    await ben.until(lambda: anns.verified)
    assert compared[ann.user_id] == compared[ben.user_id]
