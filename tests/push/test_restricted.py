"""Nobody is notified of what is restricted, nor of what is demoted; and of what was restored they may still be."""

import pytest

from chappe.push.digests import mail_due
from chappe.restrictions import Kind, Measure
from tests.house import House, Person
from tests.push.gateway import GatewayServer
from tests.push.test_deliveries import friends, quiet, until, with_phone
from tests.restrictions.imposing import decided, restriction, reversed_

pytestmark = pytest.mark.anyio


async def waits(person: Person) -> None:
    """Until they are to be told of something."""

    async def listed() -> list[object]:
        return list((await person.get("/notifications")).ok()["notifications"])

    await until(listed, 1)


@pytest.mark.parametrize("measure", [Measure.REMOVED, Measure.WITHHELD, Measure.DEMOTED])
async def test_what_waits_for_a_phone_is_not_told_once_it_is_restricted(
    house: House, gateway: GatewayServer, measure: Measure
) -> None:
    """getNotifications lists it no more, until it is restored."""
    ann, ben, room_id = await friends(house, name="Kitchen")
    await with_phone(ben, gateway)
    gateway.status = 500
    event_id = await ann.send(room_id, "secret")
    await waits(ben)
    restricted = restriction(Kind.EVENT, event_id, measure, within=room_id)
    await decided(house, restricted)
    assert (await ben.get("/notifications")).ok()["notifications"] == []
    gateway.told.clear()
    gateway.status = 200
    await quiet(gateway, 0)
    await reversed_(house, restricted)
    (listed,) = (await ben.get("/notifications")).ok()["notifications"]
    assert listed["event"]["content"]["body"] == "secret"


async def test_of_a_room_with_restrictions_phones_are_told_no_names(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house, name="Kitchen")
    await with_phone(ben, gateway)
    event_id = await ann.send(room_id, "secret")
    await gateway.until(1)
    await decided(house, restriction(Kind.EVENT, event_id, Measure.REMOVED, within=room_id))
    await ann.send(room_id, "fine")
    told = (await gateway.until(2))[-1]
    assert told["content"]["body"] == "fine"
    assert "room_name" not in told


async def test_a_closed_room_notifies_nobody(house: House, gateway: GatewayServer) -> None:
    ann, ben, room_id = await friends(house)
    await with_phone(ben, gateway)
    gateway.status = 500
    await ann.send(room_id, "secret")
    await waits(ben)
    await decided(house, restriction(Kind.ROOM, room_id, Measure.CLOSED))
    assert (await ben.get("/notifications")).ok()["notifications"] == []
    assert await mail_due(house.chappe.database, house.chappe.bus, house.clock) == 0
