"""The original of a redacted message is destroyed in time, and not while it is held."""

import pytest

from chappe.holds import Holds
from chappe.stream import Transaction
from chappe.timeline.purge import DAY_MS, purge_originals
from tests.house import House

pytestmark = pytest.mark.anyio


async def originals(house: House) -> list[bytes]:
    return [row[0] for row in await house.chappe.database.fetch("SELECT client_json FROM redacted_original")]


async def test_originals_are_destroyed_when_their_time_is_over(house: House) -> None:
    anna = await house.person("anna")
    room = await anna.create_room()
    event_id = await anna.send(room, "a secret")
    (await anna.put(f"/rooms/{room}/redact/{event_id}/r1", {})).ok()
    assert b"a secret" in (await originals(house))[0]

    house.clock.advance(6 * DAY_MS / 1000)
    await purge_originals(house.chappe.bus, house.clock, 7)
    assert len(await originals(house)) == 1

    held: list[str] = []

    async def is_held(tx: Transaction, kind: str, subject: str) -> bool:
        held.append(subject)
        return True

    holds = house.chappe.resources.of(Holds)
    holds.checks.append(is_held)
    house.clock.advance(2 * DAY_MS / 1000)
    await purge_originals(house.chappe.bus, house.clock, 7)
    assert held == [event_id]
    assert len(await originals(house)) == 1, "something orders that it be kept"

    holds.checks.clear()
    await purge_originals(house.chappe.bus, house.clock, 7)
    assert await originals(house) == []
