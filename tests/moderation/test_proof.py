"""What a report from an encrypted chat proves, and what somebody who forges one gets: R112 to R114."""

import hmac
import json
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chappe.errors import Refused
from chappe.moderation import store
from chappe.moderation.proof import COMMITMENT, OPENING, message_of
from chappe.moderation.records import Case
from chappe.moderation.rules import require_sound_verdict
from chappe.moderation.verdict import Planned
from chappe.operators import StaffRefused
from tests.house import Person
from tests.moderation.conftest import SAFETY, Desk, removal

pytestmark = pytest.mark.anyio

VECTORS = json.loads((Path(__file__).parent / "commitments.json").read_text())
"""The client's tests read the same file."""
KEY = bytes(range(32))
SEALED = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s"}
ENCRYPTION = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]


@pytest.mark.parametrize("one", VECTORS["opened"], ids=lambda one: one["name"])
def test_what_is_committed_to_is_the_same_bytes_everywhere(one: dict[str, Any]) -> None:
    message = message_of(one["room_id"], one["sender"], one["type"], one["content"])
    assert message == one["message"].encode()
    key = _bytes_of(one["opening"])
    assert b64(hmac.new(key, message, sha256).digest()) == one["hmac"]


@pytest.mark.parametrize("one", VECTORS["refused"], ids=lambda one: one["name"])
def test_what_has_no_canonical_form_is_committed_to_by_nobody(one: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        message_of("!r:tower.test", "@ann:tower.test", "m.room.message", one["content"])


def _bytes_of(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))


def b64(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")


class Chat:
    """An encrypted chat in which people say things that the server cannot read."""

    def __init__(self, desk: Desk, room_id: str) -> None:
        self.desk = desk
        self.room_id = room_id
        self._sent = 0

    async def say(self, person: Person, text: str, key: bytes = KEY, **more: Any) -> dict[str, Any]:
        """Say something with a commitment. Returns how a report hands it over."""
        content: dict[str, object] = {"msgtype": "m.text", "body": text}
        message = message_of(self.room_id, person.user_id, "m.room.message", content)
        commitment = {"v": 1, "hmac": b64(hmac.new(key, message, sha256).digest()), **more}
        event_id = await self.send(person, {**SEALED, COMMITMENT: commitment})
        return {"event_id": event_id, "content": content, "opening": b64(key)}

    async def send(self, person: Person, content: dict[str, Any], type: str = "m.room.encrypted") -> str:
        self._sent += 1
        answer = await person.put(f"/rooms/{self.room_id}/send/{type}/x{self._sent}", content)
        return str(answer.ok()["event_id"])

    async def proof(self, reporter: Person, item: str, *disclosed: dict[str, Any]) -> str:
        return await self.filed(reporter, {"kind": "event", "event_id": item}, *disclosed)

    async def filed(self, reporter: Person, body: dict[str, Any], *disclosed: dict[str, Any]) -> str:
        """The proof of a report about something. Each is of its own item, for a repeat is not looked at."""
        sent = {"room_id": self.room_id, **body, "disclosed": list(disclosed)}
        return str((await reporter.post(f"{SAFETY}/reports", sent)).ok()["proof"])

    async def case(self) -> Case:
        return (await self.desk.cases())[-1]


async def chat_of(desk: Desk, *people: Person) -> Chat:
    room_id = await people[0].create_room(initial_state=ENCRYPTION, invite=[one.user_id for one in people[1:]])
    for one in people[1:]:
        await one.join(room_id)
    return Chat(desk, room_id)


async def test_a_message_whose_commitment_is_opened_is_proven(desk: Desk) -> None:
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    before, said, after = await chat.say(bob, "Hello"), await chat.say(ada, "a threat"), await chat.say(bob, "Stop")
    assert await chat.proof(bob, said["event_id"], before, said, after) == "verified"
    assert (await chat.case()).author == ada.user_id


async def test_what_is_changed_or_missing_proves_nothing(desk: Desk) -> None:
    """R114."""
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    other = await chat.say(ada, "harmless", bytes(32))
    forged: list[dict[str, Any]] = [
        {"content": {"msgtype": "m.text", "body": "worse"}},
        {"opening": b64(bytes(31))},
        {"opening": b64(KEY + b"\0")},  # HMAC takes a key with zeros after it for the same
        {"opening": b64(KEY) + "="},
        {"opening": b64(KEY)[:-1] + "*"},
        {"opening": ""},
        {"type": "m.sticker"},
        {"content": {"msgtype": "m.text", "body": "a threat", "x": 0.5}},
        {"content": {"msgtype": "m.text", "body": "a threat", OPENING: b64(KEY)}},
        {"content": other["content"], "opening": other["opening"]},
        {"event_id": other["event_id"]},
        {"event_id": "$nowhere"},
        {"event_id": "nonsense"},
    ]
    for changed in forged:
        said = await chat.say(ada, "a threat")
        assert await chat.proof(bob, said["event_id"], {**said, **changed}) == "unverified", changed
    said = await chat.say(ada, "a threat")
    assert await chat.proof(bob, said["event_id"]) == "unverified"
    said = await chat.say(ada, "a threat")
    assert await chat.proof(bob, said["event_id"], other) == "unverified"
    said = await chat.say(ada, "a threat")
    assert await chat.proof(bob, said["event_id"], said, {**other, "opening": ""}) == "unverified"


async def test_a_commitment_is_good_for_its_sender_and_its_room_alone(desk: Desk) -> None:
    """Whoever repeats what somebody else has committed to has committed to nothing."""
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat, elsewhere = await chat_of(desk, ada, bob), await chat_of(desk, ada, bob)
    said = await chat.say(ada, "a threat")
    sealed = (await bob.get(f"/rooms/{chat.room_id}/event/{said['event_id']}")).ok()["content"]
    repeated = await chat.send(bob, sealed)
    assert await chat.proof(ada, repeated, {**said, "event_id": repeated}) == "unverified"
    moved = await elsewhere.send(ada, sealed)
    assert await elsewhere.proof(bob, moved, {**said, "event_id": moved}) == "unverified"
    foreign = await elsewhere.say(ada, "elsewhere")
    assert await chat.proof(bob, said["event_id"], said, foreign) == "unverified"


@pytest.mark.parametrize("commitment", [None, "x", [], {}, {"v": 2}, {"v": True}, {"hmac": 7}])
async def test_a_commitment_of_another_kind_is_none(desk: Desk, commitment: object) -> None:
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    said = await chat.say(ada, "a threat")
    sealed = (await bob.get(f"/rooms/{chat.room_id}/event/{said['event_id']}")).ok()["content"]
    if isinstance(commitment, dict):
        commitment = {**sealed[COMMITMENT], **commitment} if commitment else {}
    event_id = await chat.send(ada, {**sealed, COMMITMENT: commitment})
    assert await chat.proof(bob, event_id, {**said, "event_id": event_id}) == "unverified"


async def test_what_one_says_oneself_proves_nothing_against_others(desk: Desk) -> None:
    """A room is proven by what others said in it, a person by what they said; neither by who reports them."""
    ada, bob, eve = [await desk.house.person(name) for name in ("ada", "bob", "eve")]
    chat = await chat_of(desk, ada, bob, eve)
    planted, said = await chat.say(bob, "a threat"), await chat.say(ada, "a threat")
    about_ada = {"kind": "account", "room_id": "", "user_id": ada.user_id}
    assert await chat.filed(bob, {"kind": "room"}, planted) == "unverified"
    assert await chat.filed(eve, {"kind": "room"}, planted, said) == "verified"
    assert await chat.filed(bob, about_ada, planted) == "unverified"
    assert await chat.filed(eve, about_ada, planted, said) == "verified"
    assert await chat.filed(bob, {**about_ada, "user_id": eve.user_id}) == "public"


async def test_what_the_server_reads_needs_no_proof(desk: Desk) -> None:
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    plain = await chat.send(ada, {"msgtype": "m.text", "body": "not encrypted"}, "m.room.message")
    assert await chat.proof(bob, plain) == "public"
    assert not (await chat.case()).is_encrypted


async def test_no_account_is_ended_for_what_is_not_proven(desk: Desk) -> None:
    """R114."""
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    ended = (Planned("account", ada.user_id, "terminated"),)
    said = await chat.say(ada, "a threat")
    await chat.proof(bob, said["event_id"])
    await chat.filed(bob, {"kind": "account", "room_id": "", "user_id": ada.user_id}, {**said, "opening": ""})
    await chat.filed(bob, {"kind": "room"}, said)
    for case in await desk.cases():
        proofs = await store.proofs_of(desk.database, case.number)
        with pytest.raises(StaffRefused) as refused:
            require_sound_verdict(case, removal(case, measures=ended), proofs)
        assert refused.value.word == "refused_unproven", case.kind
    proven = await chat.say(ada, "another threat")
    await chat.proof(bob, proven["event_id"], proven)
    case = await chat.case()
    require_sound_verdict(case, removal(case, measures=ended), await store.proofs_of(desk.database, case.number))


async def test_a_report_hands_over_so_much_and_no_more(desk: Desk) -> None:
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    chat = await chat_of(desk, ada, bob)
    said = await chat.say(ada, "a threat")
    limits = (await bob.get(f"{SAFETY}/categories")).ok()["limits"]
    large = [{**said, "content": {"body": "x" * (limits["message_bytes"] // 2)}} for _ in range(2)]
    many = [said] * (limits["messages"] + 1)
    for handed in (large, many):
        sent = {"kind": "event", "room_id": chat.room_id, "event_id": said["event_id"], "disclosed": handed}
        assert (await bob.post(f"{SAFETY}/reports", sent)).errcode == "M_TOO_LARGE"
    assert await desk.cases() == []
