"""Polls pass through: the server knows nothing of them but that a question is something to read.

The specification has none yet; clients write them as MSC3381 does, under the names that it has until it is in.
"""

from urllib.parse import quote

import pytest

from tests.house import House

pytestmark = pytest.mark.anyio

UNSTABLE = "org.matrix.msc3381.poll"


@pytest.mark.parametrize("prefix", [UNSTABLE, "m.poll"])
async def test_a_poll_arrives_as_it_was_sent_and_its_votes_are_found(house: House, prefix: str) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    room_id = await anna.create_room(preset="public_chat")
    (await ben.join(room_id)).ok()
    await ben.sync()
    question = {
        f"{prefix}.start": {
            "question": {"org.matrix.msc1767.text": "Which tower?", "body": "Which tower?"},
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "answers": [{"id": "old", "org.matrix.msc1767.text": "The old one"}, {"id": "new", "x": ["y", None, 1]}],
        }
    }
    path = f"/rooms/{quote(room_id)}/send"
    asked = (await anna.put(f"{path}/{prefix}.start/1", question)).ok()["event_id"]
    relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": asked}}
    vote = {f"{prefix}.response": {"answers": ["new"]}, **relation}
    end = {f"{prefix}.end": {}, "org.matrix.msc1767.text": "The new one", **relation}
    (await ben.put(f"{path}/{prefix}.response/1", vote)).ok()
    seen = (await ben.sync())["rooms"]["join"][room_id]
    assert [event["content"] for event in seen["timeline"]["events"]] == [question, vote]

    ended = (await anna.put(f"{path}/{prefix}.end/2", end)).ok()["event_id"]
    fresh = (await (await ben.another_device()).sync())["rooms"]["join"][room_id]
    told = fresh["timeline"]["events"]
    assert [event["content"] for event in told[-3:]] == [question, vote, end]
    told = (await ben.get(f"/rooms/{quote(room_id)}/event/{asked}")).ok()
    assert ended in [one["event_id"] for one in told["unsigned"]["m.relations"]["m.reference"]["chunk"]]
    votes = (await anna.get(f"/_matrix/client/v1/rooms/{quote(room_id)}/relations/{asked}")).ok()
    assert [event["content"] for event in votes["chunk"]] == [end, vote]


@pytest.mark.parametrize("prefix", [UNSTABLE, "m.poll"])
async def test_a_question_is_unread_and_a_vote_is_not(house: House, prefix: str) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    room_id = await anna.create_room(preset="public_chat")
    (await ben.join(room_id)).ok()
    path = f"/rooms/{quote(room_id)}/send"
    asked = (await anna.put(f"{path}/{prefix}.start/1", {f"{prefix}.start": {"answers": []}})).ok()["event_id"]
    for kind in ("response", "end"):
        content = {f"{prefix}.{kind}": {}, "m.relates_to": {"rel_type": "m.reference", "event_id": asked}}
        (await anna.put(f"{path}/{prefix}.{kind}/{kind}", content)).ok()
    room = (await ben.sync())["rooms"]["join"][room_id]
    assert room["unread_notifications"] == {"notification_count": 1, "highlight_count": 0}
