"""Browsers: their subscriptions as pushers, what is encrypted to them, and this server as their push gateway."""

import json
import stat
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from py_vapid import Vapid02

from chappe.config import Settings
from chappe.errors import Refused
from chappe.push import Deliveries
from chappe.push.pushers import PATH
from chappe.push.vapid import Vapid
from chappe.push.web_push import MAX_PAYLOAD_BYTES, payload, require_subscription
from tests.house import House, Person
from tests.push.service import PushService, push_service
from tests.push.test_deliveries import friends, until
from tests.push.test_pushers import keys, pusher

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as service:
        yield service


async def offer(person: Person) -> dict[str, Any]:
    return dict((await person.get("/_chappe/client/v1/web_push")).ok())


async def subscribe(person: Person, service: PushService, **more: Any) -> dict[str, Any]:
    """What a client in a browser does. Returns the pusher."""
    offered = await offer(person)
    data = {"url": offered["url"], **service.subscription, **more}
    body = pusher("browser", app_id=offered["app_id"], data=data)
    (await person.post("/pushers/set", body)).ok()
    person.house.chappe.resources.of(Deliveries).first_retry_s = 0.05
    return body


def claims(authorization: str) -> dict[str, Any]:
    token = authorization.partition("t=")[2].partition(",")[0].split(".")[1]
    return dict(json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4))))


async def test_a_message_reaches_the_browser_encrypted_and_signed(house: House, service: PushService) -> None:
    ann, ben, room_id = await friends(house, name="Kitchen")
    await subscribe(ben, service)
    event_id = await ann.send(room_id, "Tea?")
    (pushed,) = await service.until(1)
    assert pushed.body == {
        "event_id": event_id,
        "room_id": room_id,
        "type": "m.room.message",
        "sender": ann.user_id,
        "sender_display_name": "ann",
        "room_name": "Kitchen",
        "content": {"msgtype": "m.text", "body": "Tea?"},
        "prio": "low",
        "counts": {"unread": 1},
        "tweaks": {},
    }
    headers = pushed.headers
    assert headers["content-encoding"] == "aes128gcm"
    assert (headers["ttl"], headers["urgency"]) == ("86400", "normal")
    authorization = headers["authorization"]
    assert Vapid02.verify(authorization)
    assert authorization.endswith("k=" + (await offer(ben))["public_key"])
    told = claims(authorization)
    assert told["aud"] == service.origin
    assert told["sub"] == house.chappe.settings.base_url
    assert 0 < told["exp"] - house.clock.ms // 1000 <= 24 * 60 * 60


async def test_of_an_encrypted_event_only_ids_and_counts_leave(house: House, service: PushService) -> None:
    ann, ben, room_id = await friends(house)
    await subscribe(ben, service)
    path = f"/rooms/{room_id}/send/m.room.encrypted/t1"
    (await ann.put(path, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "SECRET"})).ok()
    (pushed,) = await service.until(1)
    assert set(pushed.body) == {"event_id", "room_id", "prio", "counts", "tweaks"}
    assert pushed.headers["urgency"] == "high"
    event_id = pushed.body["event_id"]
    (await ben.post(f"/rooms/{room_id}/receipt/m.read/{event_id}")).ok()
    pushed = (await service.until(2))[1]
    assert (pushed.body, pushed.headers["topic"]) == ({"counts": {}, "tweaks": {}}, "counts")


async def test_a_long_message_is_told_without_its_content(house: House, service: PushService) -> None:
    ann, ben, room_id = await friends(house)
    await subscribe(ben, service)
    await ann.send(room_id, "a" * 3_900)
    (pushed,) = await service.until(1)
    assert "content" not in pushed.body
    assert pushed.body["type"] == "m.room.message"
    await ann.send(room_id, "b" * 3_000)
    assert (await service.until(2))[1].size <= 4_096


def test_the_longest_payload_fits() -> None:
    ids = {"event_id": "$e", "room_id": "!r", "prio": "high", "counts": {"unread": 1}}
    told = payload({**ids, "content": {}, "room_name": "n" * 5_000, "devices": [{}]}, {})
    assert json.loads(told) == ids
    assert len(payload({**ids, "content": {"body": "b" * 3_700}}, {})) <= MAX_PAYLOAD_BYTES


async def test_a_subscription_that_ended_is_removed_and_one_that_fails_is_tried_again(
    house: House, service: PushService
) -> None:
    ann, ben, room_id = await friends(house)
    await subscribe(ben, service)
    service.status = 503
    event_id = await ann.send(room_id, "Tea?")
    await service.until(3, requests=True)
    service.status = 201
    assert [one.body["event_id"] for one in await service.until(1)] == [event_id]
    service.status = 410
    await ann.send(room_id, "Cake?")
    await until(lambda: keys(ben), 0)
    assert len(service.pushed) == 1


async def test_the_key_is_kept_for_its_owner_alone(house: House) -> None:
    ann = await house.person("ann")
    offered = await offer(ann)
    assert offered["app_id"] == "chappe.web"
    assert offered["url"] == house.chappe.settings.base_url + PATH
    path = house.chappe.settings.data_dir / "web_push.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Vapid(path.parent).public_key == offered["public_key"]
    path.write_text("damaged")
    with pytest.raises(Refused):
        Vapid(path.parent)


async def test_data_with_which_no_browser_can_be_told_is_refused(house: House, service: PushService) -> None:
    ann = await house.person("ann")
    url = (await offer(ann))["url"]
    good = {"url": url, **service.subscription}
    keys = service.subscription["keys"]
    for wrong in (
        {},
        {"url": url},
        {**good, "url": "https://push.example.org" + PATH},
        {**good, "endpoint": 1},
        {**good, "endpoint": "https://10.0.0.1/send"},
        {**good, "endpoint": "http://push.example.org:0/"},
        {**good, "endpoint": "https://[2606:4700::1111]/send"},
        {**good, "endpoint": "file:///etc/passwd"},
        {**good, "keys": {}},
        {**good, "keys": []},
        {**good, "keys": {**keys, "auth": "AAAA"}},
        {**good, "keys": {**keys, "auth": keys["auth"] * 50}},
        {**good, "keys": {**keys, "p256dh": "é"}},
        {**good, "keys": {**keys, "p256dh": "B" + "A" * 86}},
    ):
        said = await ann.post("/pushers/set", pusher(app_id="chappe.web", data=wrong))
        assert said.status == 400, wrong
    with pytest.raises(Refused):
        require_subscription({**good, "endpoint": "https://127.0.0.1/send"}, url, ())
    with pytest.raises(Refused):
        require_subscription(good, url, ())


async def test_this_server_is_a_gateway_for_its_own_people_only(
    house: House, service: PushService, settings: Settings
) -> None:
    """notify: browsers that are subscribed here are told, others rejected."""
    ben = await house.person("ben")
    data = (await subscribe(ben, service))["data"]
    device = {"app_id": "chappe.web", "pushkey": "browser", "data": data, "tweaks": {"sound": "x"}}
    strangers: list[Any] = [
        {**device, "pushkey": "another"},
        {**device, "app_id": "org.example.app"},
        {**device, "pushkey": "\0"},
        {**device, "data": {}},
        {**device, "data": {**data, "keys": {**data["keys"], "auth": "A" * 22}}},
    ]

    async def notify(*devices: Any, **more: Any) -> Any:
        body = {"notification": {"event_id": "$e", "devices": devices, **more}}
        return await house.request("POST", PATH, body)

    said = (await notify(device, *strangers)).ok()
    assert said == {"rejected": [one["pushkey"] for one in strangers]}
    assert [one.body for one in service.pushed] == [{"event_id": "$e", "tweaks": {"sound": "x"}}]
    elsewhere = {**device, "data": {**data, "endpoint": "http://127.0.0.1:1/"}}
    assert (await notify(elsewhere)).ok() == {"rejected": []}
    assert len(service.pushed) == 2  # where it was subscribed
    service.status = 500
    assert (await notify(device)).status == 502
    service.status = 404
    assert (await notify(device)).ok() == {"rejected": ["browser"]}
    assert (await notify(*[device] * 11)).status == 413
    wrongs: list[Any] = [{}, {"notification": 1}, {"notification": {}}, {"notification": {"devices": [1]}}]
    for wrong in wrongs:
        assert (await house.request("POST", PATH, wrong)).status == 400
