"""sendToDevice: who gets a message, once and in order; floods; and what /sync tells of them."""

import asyncio
from typing import Any

import msgspec
import pytest

from chappe.app import Chappe
from chappe.errors import Refused
from chappe.http import Limit, RateLimits
from chappe.http.rate import DEFAULT_RATES
from chappe.ids import UserID
from chappe.keys import to_device
from chappe.keys.inboxes import MAX_TOLD, MAX_TOLD_BYTES
from tests.house import House, Person, Said, gather_at_once

pytestmark = pytest.mark.anyio

KIND = "m.room_key_request"


async def send(sender: Person, txn: str, messages: object, kind: str = KIND) -> Said:
    return await sender.put(f"/sendToDevice/{kind}/{txn}", {"messages": messages})


async def send_number(sender: Person, to: Person, number: int) -> None:
    (await send(sender, f"n{number}", {to.user_id: {to.device_id: {"number": number}}})).ok()


def events(answer: Any) -> list[Any]:
    return list(answer["to_device"]["events"])


def numbers(answer: Any) -> list[int]:
    return [event["content"]["number"] for event in events(answer)]


async def stored(house: House) -> int:
    await house.settle()
    row = await house.chappe.database.fetch_one("SELECT COUNT(*) FROM to_device_message")
    assert row is not None
    return int(row[0])


async def test_a_message_reaches_its_device_once(house: House) -> None:
    """sendToDevice: the named device is told of it, the others are not, and after the next sync it is gone."""
    ann, ben = await house.person("ann"), await house.person("ben")
    other = await ben.another_device()
    for person in (ben, other):
        await person.sync()
    (await send(ann, "1", {ben.user_id: {ben.device_id: {"a": 1.5}}})).ok()
    assert events(await ben.sync()) == [{"sender": ann.user_id, "type": KIND, "content": {"a": 1.5}}]
    assert events(await other.sync()) == []
    assert events(await ben.sync()) == []
    assert await stored(house) == 0


async def test_a_token_of_another_device_erases_nothing(house: House) -> None:
    """sync: a token shows what its own device has received, and nothing of the person's other ones."""
    ann, ben = await house.person("ann"), await house.person("ben")
    other = await ben.another_device()
    for person in (ben, other):
        await person.sync()
    for number in range(MAX_TOLD + 2):
        await send_number(ann, other, number)
    of_ben = (await ben.sync())["next_batch"]
    for _ in range(2):  # the answer that was lost is told again
        first = await other.sync(since=of_ben)
        assert numbers(first) == list(range(MAX_TOLD))
    assert await stored(house) == MAX_TOLD + 2
    assert numbers(await other.sync()) == [MAX_TOLD, MAX_TOLD + 1]
    assert numbers(await other.sync()) == []
    assert await stored(house) == 0


async def test_a_token_of_another_device_waits_for_nothing_that_is_there(house: House) -> None:
    """sync: what waits for the device is told at once, although nothing has happened since the token."""
    ann, ben = await house.person("ann"), await house.person("ben")
    other = await ben.another_device()
    await send_number(ann, other, 7)
    of_ben = (await ben.sync())["next_batch"]
    assert numbers(await asyncio.wait_for(other.sync(since=of_ben, timeout=60_000), 30)) == [7]


async def test_a_star_reaches_all_devices(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    other = await ben.another_device()
    (await send(ann, "1", {ben.user_id: {"*": {"to": "all"}, other.device_id: {"to": "one"}}})).ok()
    assert [event["content"] for event in events(await ben.sync())] == [{"to": "all"}]
    assert [event["content"] for event in events(await other.sync())] == [{"to": "one"}]


async def test_who_is_unknown_gets_nothing_and_the_others_all_the_same(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    messages = {
        "@nobody:localhost": {"*": {"x": 1}},
        "@far:elsewhere.example": {"*": {"x": 1}},
        ben.user_id: {"NONE": {"x": 1}, "with\0zero": {"x": 1}, "": {"x": 1}, ben.device_id: {"x": 2}},
    }
    (await send(ann, "1", messages)).ok()
    assert [event["content"] for event in events(await ben.sync())] == [{"x": 2}]
    assert await stored(house) == 1


async def test_a_content_arrives_as_it_was_written(house: House) -> None:
    """sendToDevice: it is passed on unread, so that nothing of it is changed: neither numbers nor order nor spaces."""
    ann, ben = await house.person("ann"), await house.person("ben")
    written = '{ "z" :1.50,"a": {"2":"\\u00e9", "1":[ ]}}'
    body = f'{{"messages" : {{"{ben.user_id}": {{"{ben.device_id}" : {written}, "*":{{}}}}}}}}'
    (await ann.put(f"/sendToDevice/{KIND}/1", body.encode())).ok()
    [row] = await house.chappe.database.fetch("SELECT event FROM to_device_message")
    assert bytes(row[0]).endswith(f'"content":{written}}}'.encode())
    assert [event["content"] for event in events(await ben.sync())] == [{"z": 1.5, "a": {"2": "é", "1": []}}]
    twice = body.replace('"z" :1.50', '"a":1')
    assert (await ann.put(f"/sendToDevice/{KIND}/2", twice.encode())).errcode == "M_NOT_JSON"


async def test_the_same_token_tells_the_same_again(house: House) -> None:
    """The answer was lost on its way: what it told is told again, until its token comes back."""
    ann, ben = await house.person("ann"), await house.person("ben")
    first = (await ben.sync())["next_batch"]
    await send_number(ann, ben, 1)
    lost = await ben.sync(since=first)
    await send_number(ann, ben, 2)
    assert (numbers(lost), numbers(await ben.sync(since=first))) == ([1], [1, 2])
    assert numbers(await ben.sync(since=lost["next_batch"])) == [2]
    assert numbers(await ben.sync()) == []
    assert await stored(house) == 0


async def test_many_are_told_in_order_a_hundred_at_a_time(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await ben.sync()
    for number in range(2 * MAX_TOLD + 1):
        await send_number(ann, ben, number)
    told = [numbers(await ben.sync(timeout=10_000)) for _ in range(3)]
    assert [len(part) for part in told] == [MAX_TOLD, MAX_TOLD, 1]
    assert [number for part in told for number in part] == list(range(2 * MAX_TOLD + 1))
    assert numbers(await ben.sync()) == []
    assert await stored(house) == 0


async def test_a_first_sync_tells_what_waits_and_does_not_lose_it(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    for number in range(MAX_TOLD + 5):
        await send_number(ann, ben, number)
    assert len(numbers(await ben.sync())) == MAX_TOLD
    ben.since = None
    assert numbers(await ben.sync()) == list(range(MAX_TOLD))
    assert numbers(await ben.sync()) == list(range(MAX_TOLD, MAX_TOLD + 5))


async def test_large_messages_are_told_a_megabyte_at_a_time(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    large = "x" * (to_device.MAX_MESSAGE_BYTES - 100)
    for number in range(20):
        (await send(ann, str(number), {ben.user_id: {"*": {"number": number, "large": large}}})).ok()
    first, second = await ben.sync(), await ben.sync()
    assert 1 < len(events(first)) < 20
    assert sum(len(event["content"]["large"]) for event in events(first)) <= MAX_TOLD_BYTES
    assert numbers(first) + numbers(second) == list(range(20))


async def test_who_waits_is_woken(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await ben.sync()
    waiting = asyncio.create_task(ben.sync(timeout=20_000))
    await asyncio.sleep(0.05)
    await send_number(ann, ben, 1)
    assert numbers(await asyncio.wait_for(waiting, 5)) == [1]


async def test_a_repeated_request_sends_nothing(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    message = {ben.user_id: {"*": {"number": 1}}}
    said = await gather_at_once(*(send(ann, "same", message) for _ in range(50)))
    assert {one.status for one in said} == {200}
    (await send(ann, "same", message)).ok()
    assert numbers(await ben.sync()) == [1]
    second = await ann.another_device()
    (await send(second, "same", message)).ok()
    (await send(ann, "same", message, kind="m.other")).ok()
    assert numbers(await ben.sync()) == [1, 1]


async def test_a_request_is_remembered_for_a_day(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await send_number(ann, ben, 1)
    house.clock.advance(to_device.REPEATS_KNOWN_MS / 1000 + 1)
    await send_number(ann, ben, 2)
    rows = await house.chappe.database.fetch("SELECT sent_at FROM to_device_request")
    assert len(rows) == 1


async def test_a_thousand_recipients_in_one_request(house: House) -> None:
    ann = await house.person("ann")
    people = [await house.person(f"p{number}") for number in range(20)]
    strangers = {f"@s{number}:localhost": {"*": {"key": "k" * 1000}} for number in range(980)}
    known = {person.user_id: {person.device_id: {"key": "k" * 1000}} for person in people}
    (await send(ann, "1", strangers | known)).ok()
    told = await asyncio.gather(*(person.sync() for person in people))
    assert [len(events(answer)) for answer in told] == [1] * len(people)


async def test_messages_go_with_their_device(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    other = await ben.another_device()
    (await send(ann, "1", {ben.user_id: {"*": {"number": 1}}})).ok()
    (await send(other, "1", {ann.user_id: {"*": {"number": 1}}})).ok()
    (await other.post("/logout")).ok()
    assert await stored(house) == 2
    assert (await house.chappe.database.fetch("SELECT user_id FROM to_device_request")) == [(ann.user_id,)]
    await send_number(ann, other, 2)
    assert await stored(house) == 2
    (await ben.post("/logout/all")).ok()
    assert await stored(house) == 1


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, "M_BAD_JSON"),
        ({"messages": []}, "M_BAD_JSON"),
        ({"messages": {"@ann:localhost": {"D": "text"}}}, "M_BAD_JSON"),
        ({"messages": {"ann": {"D": {}}}}, "M_INVALID_PARAM"),
        ({"messages": {"@ann:localhost": {"D": {"x": "x" * to_device.MAX_MESSAGE_BYTES}}}}, "M_TOO_LARGE"),
        ({"messages": {"@ann:localhost": {f"D{n}": {} for n in range(to_device.MAX_MESSAGES + 1)}}}, "M_TOO_LARGE"),
    ],
)
async def test_what_is_no_message_is_refused(house: House, body: object, errcode: str) -> None:
    ann = await house.person("ann")
    assert (await ann.put(f"/sendToDevice/{KIND}/1", body)).errcode == errcode
    assert await stored(house) == 0


async def test_copies_to_all_devices_count(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    for _ in range(9):
        await ben.another_device()
    content: dict[str, object] = {"x": "x" * 60_000}
    (await send(ann, "1", {ben.user_id: {"*": content}})).ok()
    assert await stored(house) == 10
    ben_id = UserID(ben.user_id)
    none, large = msgspec.Raw(b"{}"), msgspec.Raw(msgspec.json.encode(content))
    assert to_device.weight({ben_id: {"D": none}}, {}) == 1
    assert to_device.weight({ben_id: {f"D{n}": none for n in range(100)}}, {}) == 3
    assert to_device.weight({ben_id: {"*": large}}, {ben_id: ["D"] * 10}) == 37
    with pytest.raises(Refused, match="M_TOO_LARGE"):
        to_device.weight({ben_id: {"*": large}}, {ben_id: ["D"] * 300})


async def test_a_flood_is_refused_and_others_get_through(house: House) -> None:
    house.chappe.application.rates = RateLimits(DEFAULT_RATES, house.clock)
    ann, eve, ben = await house.person("ann"), await house.person("eve"), await house.person("ben")
    large = {ben.user_id: {"*": {"x": "x" * 60_000}}}
    said = [await send(eve, str(number), large) for number in range(300)]
    refused = [one for one in said if one.status == 429]
    assert refused
    assert {one.errcode for one in refused} == {"M_LIMIT_EXCEEDED"}
    assert refused[-1].json["retry_after_ms"] > 0
    burst = DEFAULT_RATES[Limit.TO_DEVICE].burst
    assert await stored(house) == len(said) - len(refused) < burst
    await send_number(ann, ben, 1)


async def test_a_sync_without_messages_asks_nothing(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    await ben.sync()
    inboxes = house.chappe.syncing._inboxes
    asked: list[str] = []

    class Counting:
        async def fetch(self, sql: str, *arguments: object) -> Any:
            asked.append(sql)
            return await house.chappe.database.fetch(sql, *arguments)

        async def fetch_one(self, sql: str, *arguments: object) -> Any:
            asked.append(sql)
            return await house.chappe.database.fetch_one(sql, *arguments)

    inboxes._reads = Counting()
    await ann.create_room()
    for _ in range(3):
        await ben.sync()
    assert asked == []
    await send_number(ann, ben, 1)
    assert numbers(await ben.sync()) == [1]
    assert len(asked) == 1


async def test_messages_arrive_exactly_once_over_restarts(settings: Any, open_database: Any, house: House) -> None:
    """Every other answer is lost and the server is started again between them."""
    ann, ben = await house.person("ann"), await house.person("ben")
    received: list[int] = []
    token = (await ben.sync())["next_batch"]
    for number in range(6):
        await send_number(ann, ben, number)
        answer = await ben.sync(since=token)
        if number % 2:
            received += numbers(answer)
            token = answer["next_batch"]
        await house.settle()
        await house.chappe.close()
        house = House(await Chappe.open(settings, house.clock, await open_database()), house.clock)
        ann.house = ben.house = house
    assert received == list(range(6))
    assert numbers(await ben.sync(since=token)) == []
    assert await stored(house) == 0
    await house.close()
