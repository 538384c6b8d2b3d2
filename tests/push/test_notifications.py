"""GET /notifications: what somebody with a pusher was told of and has not read."""

from typing import Any

import pytest

from tests.house import House
from tests.push.gateway import GatewayServer
from tests.push.test_deliveries import friends, with_phone

pytestmark = pytest.mark.anyio


async def test_what_was_told_and_not_read_is_listed(house: House, gateway: GatewayServer) -> None:
    """getNotifications: newest first, page by page; `only=highlight` leaves out the rest."""
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    mention: Any = {"m.mentions": {"user_ids": [ben.user_id]}}
    sent = [await ann.send(room_id, "one"), await ann.send(room_id, "Ben?", **mention), await ann.send(room_id, "two")]
    await house.caught_up("push")
    listed = (await ben.get("/notifications")).ok()
    assert [one["event"]["event_id"] for one in listed["notifications"]] == sent[::-1]
    assert "next_token" not in listed
    newest = listed["notifications"][0]
    assert (newest["room_id"], newest["read"], newest["actions"]) == (room_id, False, ["notify"])
    assert newest["event"]["content"]["body"] == "two"
    assert "room_id" not in newest["event"]
    page = (await ben.get("/notifications", limit=2)).ok()
    assert len(page["notifications"]) == 2
    rest = (await ben.get("/notifications", limit=2, **{"from": page["next_token"]})).ok()
    assert [one["event"]["event_id"] for one in rest["notifications"]] == sent[:1]
    (loud,) = (await ben.get("/notifications", only="highlight")).ok()["notifications"]
    assert loud["event"]["event_id"] == sent[1]
    assert {"set_tweak": "highlight", "value": True} in loud["actions"]
    (await ann.put(f"/rooms/{room_id}/redact/{sent[2]}/r1", {})).ok()
    assert (await ben.get("/notifications", limit=1)).ok()["notifications"][0]["event"]["content"] == {}
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{sent[1]}")).ok()
    await house.caught_up("push")
    left = (await ben.get("/notifications")).ok()["notifications"]
    assert [one["event"]["event_id"] for one in left] == [sent[2]]
    assert (await ann.get("/notifications")).ok() == {"notifications": []}
    assert (await ben.get("/notifications", **{"from": "x"})).status == 400
