"""What obeying restrictions costs an event that is read: `python -m benchmarks.restrictions`.

Pages of 100 events of one room are taken through the one way that every read path takes (`timeline/visible.py`), by CPU
time, in turns: without restrictions at all, in a room without any, and in a room with some. Goals: 3 µs more for an
event where nothing is restricted, 10 µs where something is.
"""

import argparse
import asyncio
import tempfile
import time
from statistics import median

from chappe.app import Chappe
from chappe.config import load
from chappe.ids import RoomID, UserID
from chappe.restrictions import Ground, Kind, Measure, Restriction, impose
from chappe.rooms import StoredEvent, reading
from chappe.stream import REGISTER, Command, Device, Transaction, place, shard_of
from chappe.timeline.unsigned import present
from chappe.timeline.visible import Viewer, Withholding, sight_of, visible
from tests.house import CHEAP, Clock, House

EVENTS = 100


async def room_of(house: House, name: str) -> tuple[RoomID, list[StoredEvent]]:
    person = await house.person(name)
    room_id = RoomID(await person.create_room(preset="public_chat"))
    for number in range(EVENTS):
        await person.send(room_id, f"message {number}, about as long as people write in a chat")
    head = place(shard_of(room_id), 2**40 - 1)
    return room_id, await reading.events_before(
        house.chappe.database, room_id, place(shard_of(room_id), 0), head, EVENTS
    )


async def restrict(house: House, room_id: RoomID, events: list[StoredEvent]) -> None:
    async def act(tx: Transaction, device: Device | None) -> None:
        for number, event in enumerate(events):
            restriction = Restriction(
                id=f"r{number}", kind=Kind.EVENT, subject=event.event_id, within=room_id, measure=Measure.REMOVED,
                decision="D1", ground=Ground.TERMS, reason_code="spam", since=0,
            )  # fmt: skip
            await impose(tx, restriction)

    await house.chappe.bus.call(REGISTER, Command(act, None, ()))


async def page(house: House, events: list[StoredEvent], viewer: Viewer, withholding: Withholding) -> None:
    """A page, as every path reads one: how the viewer sees the room, what they may see, and its JSON."""
    reads, room_id = house.chappe.database, events[0].room_id
    fresh = [StoredEvent(*(getattr(event, name) for name in StoredEvent.__struct_fields__[:9])) for event in events]
    sight = await sight_of(reads, room_id, viewer, withholding)
    seen = await visible(reads, fresh, viewer, sight, withholding)
    await present(reads, seen, viewer, sight, 1_800_000_000_000)


async def measure(turns: int, pages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = load(None, {"CHAPPE_RATE_LIMITS": "false"}, {"data_dir": folder, "registration": "open"})
        clock = Clock()
        chappe = await Chappe.open(settings, clock, None, CHEAP)
        house = House(chappe, clock)
        free, free_events = await room_of(house, "ann")
        some, some_events = await room_of(house, "ben")
        most, most_events = await room_of(house, "cleo")
        assert free not in (some, most)
        await restrict(house, some, some_events[:1])
        await restrict(house, most, most_events)
        obeying, nothing = Withholding(chappe.restrictions), Withholding()
        ways = {
            "no restrictions at all": (free_events, "ann", nothing),
            "nothing restricted in the room": (free_events, "ann", obeying),
            "1 of 100 events restricted": (some_events, "ben", obeying),
            "the same, not obeyed": (some_events, "ben", nothing),
            "100 of 100 restricted": (most_events, "cleo", obeying),
        }
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(turns):
            for name, (events, who, withholding) in ways.items():
                viewer = Viewer(UserID(f"@{who}:localhost"))
                began = time.process_time()
                for _ in range(pages):
                    await page(house, events, viewer, withholding)
                took[name].append((time.process_time() - began) / pages / EVENTS * 1e6)
        base = median(took["no restrictions at all"])
        for name, each in took.items():
            print(f"{name:34} {median(each):8.2f} µs an event, {median(each) - base:+8.2f}")
        await house.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--pages", type=int, default=40)
    given = parser.parse_args()
    asyncio.run(measure(given.turns, given.pages))


if __name__ == "__main__":
    main()
