"""Rules that take as long as rules may, of many people: others have the loop in between."""

import pytest

from chappe.ids import UserID
from chappe.push import store
from chappe.push.decide import Decider
from chappe.push.look import MAX_MATCHED_CHARS
from chappe.push.rules import require_total
from chappe.push.ruleset import Changes, Rule
from chappe.stream import Command, Device, Transaction, shard_of
from tests.house import House, Person
from tests.push.gateway import GatewayServer
from tests.push.test_deliveries import with_phone
from tests.work import longest_turn

pytestmark = pytest.mark.anyio

PEOPLE = 10


async def test_long_rules_of_many_keep_nobody_waiting(house: House, gateway: GatewayServer) -> None:
    ann = await house.person("ann")
    room_id = await ann.create_room(preset="public_chat")
    pattern = "?" + "!" * 252 + "b"
    slow = Changes(own={"content": [Rule(str(number), ["notify"], pattern=pattern) for number in range(39)]})

    async def put(tx: Transaction, device: Device | None, user_id: UserID) -> None:
        store.put_rules(tx, user_id, require_total(slow), looks=False)

    for number in range(PEOPLE):
        person = await house.person(f"one{number}")
        (await person.join(room_id)).ok()
        user_id = UserID(person.user_id)
        await house.chappe.bus.call(shard_of(user_id), Command(put, None, (user_id,)))
        await with_phone(person, gateway, str(number))
    await ann.send(room_id, "All rules are made ready.")
    await gateway.until(PEOPLE)
    longest = await longest_turn(tell_what_takes_long(ann, room_id, gateway), Decider.actions)
    assert 0 < longest.calls <= PEOPLE // 2


async def tell_what_takes_long(ann: Person, room_id: str, gateway: GatewayServer) -> None:
    await ann.send(room_id, "!" * MAX_MATCHED_CHARS)
    await gateway.until(2 * PEOPLE)
