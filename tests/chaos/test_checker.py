"""The checker finds what is planted: in a record made by hand, and in the database of a real server."""

import shutil
import sqlite3
from collections.abc import Callable

import pytest

from tests.chaos.campaign import Campaign, campaign
from tests.chaos.checker import check
from tests.chaos.ending import read_all
from tests.chaos.findings import Wrong, told
from tests.chaos.record import Attempt, Event, Found, History, Kind, Look, Page, Reader, Record, Section, Write
from tests.chaos.server import ServerProcess
from tests.chaos.test_kill import new_seed
from tests.chaos.world import World, path_of

ROOM = "!room:test"
ANN, BEN = "@ann:test", "@ben:test"
STATE = ("state", ROOM, "org.example.mark", "ben")


def sent(number: int, at: float, *attempts: Attempt, **about: object) -> Write:
    """A write first sent at `at`, acknowledged a second later as $number unless other attempts are given."""
    answered = attempts or (Attempt(at, at + 1, 200, f"${number}"),)
    write = Write(f"m{number}", Kind.MESSAGE, ANN, ROOM, attempts=list(answered))
    for name, value in about.items():
        setattr(write, name, value)
    return write


def good_record() -> Record:
    """One room over two crashes.

    m3 was repeated and answered at the second try; m4 was never answered, and stored; m5 neither; m6 redacts m1;
    m7 and m8 set the same state, m8 without an answer and in vain; m9 was refused, since the server was busy.
    """
    events = [Event("$0", "m.room.create", "", ANN, None, is_redacted=False)]
    for number in (1, 2, 3, 4, 6, 7):
        type, state_key = (STATE[2], STATE[3]) if number == 7 else ("m.room.message", None)
        events.append(Event(f"${number}", type, state_key, ANN, f"m{number}", is_redacted=False))
    events[1] = Event("$1", "m.room.message", None, ANN, None, is_redacted=True)
    writes = [
        sent(1, 10),
        sent(2, 12),
        sent(3, 14, Attempt(14), Attempt(16, 17, 200, "$3")),
        sent(4, 18, Attempt(18)),
        sent(5, 18, Attempt(18)),
        sent(6, 20, kind=Kind.REDACTION, target="$1"),
        sent(7, 22, kind=Kind.STATE, sender=BEN, key=STATE, value="m7"),
        sent(8, 24, Attempt(24), kind=Kind.STATE, sender=BEN, key=STATE, value="m8"),
        sent(9, 24, Attempt(24, 25, 503)),
    ]
    steps = Reader(ANN, "ann")
    steps.looks = [
        Look(9, None, {ROOM: Section(["$0"], is_limited=True)}),
        Look(9.5, "t1", {ROOM: Section(["$1", "$2"], is_limited=False)}),
        Look(16.5, "t2", {ROOM: Section(["$3", "$4"], is_limited=False)}),
        Look(23.5, "t3", {ROOM: Section(["$7"], is_limited=True)}),
        Look(26, "t4", {}),
    ]
    pages = Reader(BEN, "ben", pages=[Page(13.5, ROOM, ["$3", "$2", "$1"])])
    found = [Found("GET state", STATE, "m7"), Found("a fresh sync", STATE, "m7")]
    return Record(writes, [steps, pages], [History(ROOM, events, 1)], found)


def event_of(record: Record, number: int) -> Event:
    return next(event for event in record.histories[0].events if event.event_id == f"${number}")


def write_of(record: Record, number: int) -> Write:
    return next(write for write in record.writes if write.mark == f"m{number}")


def lose(record: Record) -> None:
    record.histories[0].events.remove(event_of(record, 3))


def lose_what_has_no_event_id(record: Record) -> None:
    write_of(record, 4).attempts = [Attempt(18, 19, 200)]
    record.histories[0].events.remove(event_of(record, 4))


def lose_a_redaction(record: Record) -> None:
    record.histories[0].events[1] = Event("$1", "m.room.message", None, ANN, "m1", is_redacted=False)


def lose_the_room(record: Record) -> None:
    record.histories.clear()


def store_twice(record: Record) -> None:
    record.histories[0].events.append(event_of(record, 3))


def store_again_under_another_id(record: Record) -> None:
    record.histories[0].events.append(Event("$33", "m.room.message", None, ANN, "m3", is_redacted=False))


def store_an_unanswered_one_twice(record: Record) -> None:
    record.histories[0].events.append(Event("$44", "m.room.message", None, ANN, "m4", is_redacted=False))


def answer_a_repeat_with_another_event(record: Record) -> None:
    write_of(record, 3).attempts.append(Attempt(30, 31, 200, "$4"))


def invent(record: Record) -> None:
    record.histories[0].events.append(Event("$99", "m.room.message", None, ANN, "m99", is_redacted=False))


def refuse(record: Record) -> None:
    write_of(record, 5).attempts.append(Attempt(30, 31, 403, reason="No."))


def store_what_was_refused(record: Record) -> None:
    record.histories[0].events.append(Event("$9", "m.room.message", None, ANN, "m9", is_redacted=False))


def swap(record: Record) -> None:
    events = record.histories[0].events
    events[2], events[3] = events[3], events[2]


def show_in_another_order(record: Record) -> None:
    record.readers[0].looks[2].rooms[ROOM].event_ids = ["$4", "$3"]


def show_what_vanishes(record: Record) -> None:
    record.readers[0].looks[2].rooms[ROOM].event_ids = ["$3", "$5", "$4"]


def show_on_a_page_what_vanishes(record: Record) -> None:
    record.readers[1].pages[0].event_ids = ["$3", "$5", "$2", "$1"]


def leave_out_within_an_answer(record: Record) -> None:
    record.readers[0].looks[3].rooms[ROOM] = Section(["$6", "$7"], is_limited=True)
    record.readers[0].looks[2].rooms[ROOM].event_ids = ["$2", "$4"]
    record.readers[0].looks[1].rooms[ROOM].event_ids = ["$1"]


def leave_out_between_answers(record: Record) -> None:
    record.readers[0].looks[3].rooms[ROOM].is_limited = False


def leave_out_at_the_end(record: Record) -> None:
    del record.readers[0].looks[3:]


def show_again(record: Record) -> None:
    record.readers[0].looks[2].rooms[ROOM].event_ids = ["$2", "$3", "$4"]


def show_late(record: Record) -> None:
    record.readers[0].looks.insert(2, Look(19, "t2", {}))
    record.readers[0].looks.insert(2, Look(17.5, "t2", {}))


def show_late_on_a_page(record: Record) -> None:
    record.readers[1].pages[0].asked_at = 22


def go_back_to_an_older_value(record: Record) -> None:
    record.found = [Found("GET state", STATE, None)]


def keep_what_was_overtaken(record: Record) -> None:
    record.writes.append(sent(10, 30, kind=Kind.STATE, sender=BEN, key=STATE, value="m10"))
    event = Event("$10", STATE[2], STATE[3], BEN, "m10", is_redacted=False)
    record.histories[0].events.append(event)
    record.found = [Found("GET state", STATE, "m8")]


def let_doors_differ(record: Record) -> None:
    record.found.append(Found("joined_rooms", STATE, "m8"))


PLANTED: list[tuple[Callable[[Record], None], Wrong, str]] = [
    (lose, Wrong.LOST, "The message m3 of @ann:test was acknowledged as $3 at 17.000 s."),
    (lose_what_has_no_event_id, Wrong.LOST, "The message m4 of @ann:test was acknowledged at 19.000 s."),
    (lose_a_redaction, Wrong.LOST, "The redaction m6 of @ann:test was acknowledged, and $1 still has its content."),
    (lose_the_room, Wrong.LOST, "The room !room:test is gone."),
    (store_twice, Wrong.DOUBLE, "$3 stands 2 times in !room:test."),
    (store_again_under_another_id, Wrong.DOUBLE, "The request m3 made 2 events in !room:test: $3, $33."),
    (store_an_unanswered_one_twice, Wrong.DOUBLE, "The request m4 made 2 events in !room:test: $4, $44."),
    (answer_a_repeat_with_another_event, Wrong.CHANGED_ID, "m3 of @ann:test was answered with $3 and then $4."),
    (invent, Wrong.INVENTED, "$99 (m.room.message of @ann:test, mark m99) in !room:test."),
    (refuse, Wrong.REFUSED, "The message m5 of @ann:test was answered 403: No."),
    (store_what_was_refused, Wrong.REFUSED_YET_STORED, "The message m9 of @ann:test is stored as $9."),
    (swap, Wrong.ORDER, "m2 of @ann:test was acknowledged at 13.000 s, and stands behind The message m3"),
    (show_in_another_order, Wrong.ORDER, "$3 was shown behind $4 to ann in !room:test, syncing at 16.500 s."),
    (show_what_vanishes, Wrong.VANISHED, "$5 was shown to ann in !room:test, syncing at 16.500 s."),
    (show_on_a_page_what_vanishes, Wrong.VANISHED, "$5 was shown to ben in !room:test, paging at 13.500 s."),
    (leave_out_within_an_answer, Wrong.GAP, "1 events, the first $3, between $2 and $4: ann in !room:test"),
    (leave_out_between_answers, Wrong.GAP, "1 events, the first $6, before what was shown to ann"),
    (leave_out_at_the_end, Wrong.GAP, "ann was never shown $6 and what follows it in !room:test."),
    (show_again, Wrong.SHOWN_TWICE, "$2 was shown again to ann in !room:test, syncing at 16.500 s."),
    (show_late, Wrong.LATE, "$3 was acknowledged before ann asked at 17.500 s, and not in the answer."),
    (show_late_on_a_page, Wrong.LATE, "$6 was acknowledged before ben asked at 22.000 s, and not in the answer."),
    (go_back_to_an_older_value, Wrong.STALE, "GET state gives None; it must be m7 or m8."),
    (keep_what_was_overtaken, Wrong.STALE, "GET state gives m8; it must be m10."),
    (let_doors_differ, Wrong.DIFFERS, "GET state says m7, joined_rooms says m8."),
]


def test_a_good_record_is_found_good() -> None:
    assert check(good_record()) == []


@pytest.mark.parametrize(("plant", "wrong", "sentence"), PLANTED, ids=[plant.__name__ for plant, _, _ in PLANTED])
def test_what_is_planted_is_found(plant: Callable[[Record], None], wrong: Wrong, sentence: str) -> None:
    record = good_record()
    plant(record)
    found = [finding.sentence for finding in check(record) if finding.wrong is wrong]
    assert any(sentence in one for one in found), told(check(record))


def test_every_kind_of_wrong_has_been_planted() -> None:
    assert {wrong for _, wrong, _ in PLANTED} == set(Wrong) - {Wrong.HALF}  # that one is seen while reading


# For real: rows of a database are changed between two runs of the server.

Plant = Callable[[sqlite3.Connection, Write], None]


def take_a_row(database: sqlite3.Connection, write: Write) -> None:
    assert database.execute("DELETE FROM event WHERE event_id = ?", write.event_ids).rowcount == 1


def double_a_row(database: sqlite3.Connection, write: Write) -> None:
    (place,) = database.execute("SELECT place FROM event WHERE event_id = ?", write.event_ids).fetchone()
    shard = place >> 40
    database.execute("UPDATE shard SET head = head + 1 WHERE id = ?", (shard,))
    database.execute("CREATE TEMP TABLE double AS SELECT * FROM event WHERE place = ?", (place,))
    database.execute(
        """UPDATE double SET place = (id << 40) | head, event_id = 'x' || event_id, repeat_key = NULL,
        client_json = CAST(replace(CAST(client_json AS TEXT), event_id, 'x' || event_id) AS BLOB)
        FROM shard WHERE shard.id = ?""",
        (shard,),
    )
    assert database.execute("INSERT INTO event SELECT * FROM double").rowcount == 1
    database.execute("DROP TABLE double")


def swap_with_the_first_one(database: sqlite3.Connection, write: Write) -> None:
    (place,) = database.execute("SELECT place FROM event WHERE event_id = ?", write.event_ids).fetchone()
    first = "SELECT MIN(place) FROM event WHERE room_id = ? AND type = 'm.room.message'"
    (other,) = database.execute(first, (write.room_id,)).fetchone()
    for before, after in ((place, -1), (other, place), (-1, other)):
        database.execute("UPDATE event SET place = ? WHERE place = ?", (after, before))


PLANTED_FOR_REAL: list[tuple[Plant, set[Wrong]]] = [
    (take_a_row, {Wrong.LOST, Wrong.VANISHED}),
    (double_a_row, {Wrong.DOUBLE}),
    (swap_with_the_first_one, {Wrong.ORDER}),
]


@pytest.mark.slow
@pytest.mark.anyio
async def test_what_is_planted_in_a_real_database_is_found(server: ServerProcess) -> None:
    await server.start()
    done = await campaign(server, new_seed(), kills=2)
    assert check(done.world.record) == []
    await server.end()
    whole = server.folder / "whole"
    shutil.copytree(server.data, whole)
    for plant, expected in PLANTED_FOR_REAL:
        shutil.rmtree(server.data)
        shutil.copytree(whole, server.data)
        victim = last_message(done.world.record)
        with sqlite3.connect(server.database) as database:
            plant(database, victim)
        database.close()
        await server.start()
        findings = check(await read_again(done))
        named = [one for one in findings if victim.mark in one.sentence or victim.event_ids[0] in one.sentence]
        assert expected <= {finding.wrong for finding in named}, f"{plant.__name__}: {told(findings)}"
        if plant is take_a_row:
            assert await repeat(done.world, victim) != victim.event_ids[0]
            assert Wrong.CHANGED_ID in {finding.wrong for finding in check(done.world.record)}
            victim.attempts.pop()
        done.world.close()
        await server.end()


def last_message(record: Record) -> Write:
    """An acknowledged message with hundreds before it, neither redacted nor named in a receipt."""
    named = {write.target for write in record.writes} | {write.value for write in record.writes}
    return next(
        write
        for write in reversed(record.writes)
        if write.kind is Kind.MESSAGE and write.event_ids and named.isdisjoint(write.event_ids)
    )


async def read_again(done: Campaign) -> Record:
    """The record with what is found now."""
    record = done.world.record
    record.histories, record.found, record.remarks = [], [], []
    await read_all(done.world)
    return record


async def repeat(world: World, write: Write) -> str:
    """The same request once more; the event it is answered with."""
    person = next(person for person in world.people if person.user_id == write.sender)
    path = path_of("rooms", write.room_id, "send", "m.room.message", write.mark)
    await person.send(write, "PUT", path, {"msgtype": "m.text", "body": "Line is open.", "mark": write.mark})
    return write.event_ids[-1]
