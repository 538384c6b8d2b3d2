"""What a message costs: the same whoever is in the room. Work is counted, and no time is taken."""

import pytest

from tests.house import House, Person
from tests.work import counted

pytestmark = pytest.mark.anyio

MANY = 150


async def lines_of_a_message(house: House, anna: Person, room_id: str) -> int:
    """How many lines are gone through until it is answered and everybody who reads the log has dealt with it."""
    await anna.send(room_id, "The first one enters the room into memory.")
    await _dealt_with(house)
    with counted() as work:
        await anna.send(room_id, "Lunch is ready.")
        await _dealt_with(house)
    return work.lines


async def _dealt_with(house: House) -> None:
    for reader in house.chappe.readers:
        await house.caught_up(reader.name)


@pytest.mark.parametrize("engine", ["sqlite"])  # the other one is waited for in turns, which are never the same
async def test_a_message_costs_the_same_whoever_is_in_the_room(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    small = await anna.create_room(preset="public_chat")
    large = await anna.create_room(preset="public_chat")
    (await ben.join(small)).ok()
    for number in range(MANY):
        (await (await house.person(f"member{number}")).join(large)).ok()
    in_small = min([await lines_of_a_message(house, anna, small) for _ in range(5)])
    in_large = min([await lines_of_a_message(house, anna, large) for _ in range(5)])
    assert in_small > 500
    assert in_large < in_small + MANY  # less than a line for each member
