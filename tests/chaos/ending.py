"""Reading everything after the last start: what must be there by then, through every door."""

from benchmarks.client import Answer
from tests.chaos.findings import Wrong
from tests.chaos.reading import Chunk, Shown, Synced, page_of
from tests.chaos.record import Event, Found, History, Kind, Write
from tests.chaos.world import JSON, Person, World, path_of, query_of
from tests.chaos.writing import STATE_TYPE

PAGE = 1_000
ROOM_BEGINS_WITH = {"m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules", STATE_TYPE}


async def read_all(world: World) -> None:
    """Put the histories of the rooms and all last values into the record."""
    reader = world.people[0]
    for room_id in world.rooms:
        world.record.histories.append(await history_of(world, room_id))
    for key in dict.fromkeys(write.key for write in world.record.writes if write.key[:1] == ("state",)):
        answer = await reader.line.read(path_of("rooms", key[1], "state", *key[2:]))
        found = str(answer.read(JSON)["mark"]) if answer.status == 200 else None
        world.record.found.append(Found("GET state", key, found))
    for person in (*world.people, *world.movers):
        await _look_as(person, reader)
    for maker in world.makers:
        await _look_at_rooms_of(maker)


async def history_of(world: World, room_id: str) -> History:
    """All of a room, read forwards, and compared with what is read backwards."""
    forwards = await _all_pages(world, room_id, "f")
    backwards = await _all_pages(world, room_id, "b")
    if [event.event_id for event in forwards] != [event.event_id for event in reversed(backwards)]:
        sentence = f"{room_id}: {len(forwards)} events forwards and {len(backwards)} backwards are not the same."
        world.record.remark(Wrong.DIFFERS, sentence)
    return History(room_id, [_event(shown) for shown in forwards], world.before.get(room_id, 0))


async def _all_pages(world: World, room_id: str, dir: str) -> list[Shown]:
    found: list[Shown] = []
    at: str | None = None
    while True:
        page: Chunk = await page_of(world.people[0].line, room_id, dir, at, PAGE)
        found += page.chunk
        if page.end is None or page.end == at:
            return found
        at = page.end


def _event(shown: Shown) -> Event:
    is_redacted = "redacted_because" in shown.unsigned
    return Event(shown.event_id, shown.type, shown.state_key, shown.sender, shown.mark, is_redacted)


async def _look_as(person: Person, reader: Person) -> None:
    """What one person finds of their own: memberships, account data, receipts."""
    world, record = person.world, person.world.record
    fresh = (await person.line.read(query_of("sync", timeout=0))).read(Synced)
    joined = (await person.line.get(path_of("joined_rooms")))["joined_rooms"]
    assert isinstance(joined, list)
    for room_id in world.rooms:
        content = await reader.line.get(path_of("rooms", room_id, "state", "m.room.member", person.user_id))
        value = f"{content['membership']} {content['reason']}" if "reason" in content else None
        record.found.append(Found("GET state", ("member", room_id, person.user_id), value))
        is_in = content["membership"] == "join"
        for door, rooms in (("joined_rooms", joined), ("a fresh sync", fresh.rooms.join)):
            if (room_id in rooms) != is_in:
                sentence = f"{person.user_id} is {'in' if is_in else 'out of'} {room_id}; {door} says otherwise."
                record.remark(Wrong.DIFFERS, sentence)
    marks, receipts = fresh.marks(person.user_id), fresh.receipts()
    for key in dict.fromkeys(write.key for write in record.writes if write.sender == person.user_id):
        if key[:1] == ("receipt",):
            record.found.append(Found("a fresh sync", key, receipts.get(key)))
        elif key[:1] == ("account data",):
            record.found.append(Found("a fresh sync", key, marks.get(key)))
            record.found.append(Found("GET account_data", key, await _account_data(person, key)))
            record.found += [
                Found("sync step by step", key, one.account_data.get(key))
                for one in record.readers
                if one.looks and one.user_id == person.user_id
            ]


async def _account_data(person: Person, key: tuple[str, ...]) -> str | None:
    _, user_id, room_id, data_type = key
    of_room = ("rooms", room_id) if room_id else ()
    answer = await person.line.read(path_of("user", user_id, *of_room, "account_data", data_type))
    return str(answer.read(JSON)["mark"]) if answer.status == 200 else None


async def _look_at_rooms_of(maker: Person) -> None:
    """Each room asked for is there whole, with its alias, or not at all; each that was acknowledged is there."""
    record = maker.world.record
    made: dict[str, str] = {}
    joined = (await maker.line.get(path_of("joined_rooms")))["joined_rooms"]
    assert isinstance(joined, list)
    for room_id in joined:
        state = (await maker.line.read(path_of("rooms", room_id, "state"))).read(list[Shown])
        missing = ROOM_BEGINS_WITH - {event.type for event in state}
        if missing:
            record.remark(Wrong.HALF, f"The new room {room_id} lacks {', '.join(sorted(missing))}.")
        mark = next((event.mark for event in state if event.type == STATE_TYPE), None)
        if mark in made:
            record.remark(Wrong.DOUBLE, f"The request {mark} made the rooms {made[mark]} and {room_id}.")
        made[str(mark)] = room_id
    for write in record.writes:
        if write.kind is Kind.ROOM and write.sender == maker.user_id:
            alias = f"#{write.mark}:{maker.user_id.partition(':')[2]}"
            answer = await maker.line.read(path_of("directory", "room", alias))
            _judge_room(maker.world, write, made.get(write.mark), answer)


def _judge_room(world: World, write: Write, room_id: str | None, alias: Answer) -> None:
    if write.acknowledged_at is not None and room_id != write.value:
        world.record.remark(Wrong.LOST, f"The new room {write.value} ({write.mark}) was acknowledged.")
    points_to = alias.read(JSON)["room_id"] if alias.status == 200 else None
    if points_to != room_id:
        sentence = f"The alias of the request {write.mark} points to {points_to}, and its room is {room_id}."
        world.record.remark(Wrong.HALF, sentence)
