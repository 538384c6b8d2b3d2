"""Recording, sealing and verifying on a real database: the order of the commits, crashes, backups, and direct SQL."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chappe import audit
from chappe.audit import kept
from chappe.audit.checkpoint import open_checkpoint
from chappe.audit.seal import seal
from chappe.audit.tree import Frontier, Node
from chappe.audit.verify import What, verify
from chappe.errors import Errcode, Refused
from chappe.storage import Database
from chappe.stream import Command, Device, Transaction, place
from chappe.stream.shards import Shard
from tests.audit.conftest import SCHEMAS, Ledger

pytestmark = pytest.mark.anyio


async def examine(ledger: Ledger, kept_notes: list[bytes] | None = None) -> Any:
    """The log as somebody sees it who has the database and the public key."""
    await ledger.writer.drain()

    def look() -> Any:
        source = ledger.source()
        try:
            return verify(source, [ledger.log.vkey], kept_notes)
        finally:
            source.close()

    return await asyncio.to_thread(look)


async def test_numbers_have_no_gaps_and_each_entry_is_sealed(ledger: Ledger) -> None:
    assert [await ledger.record(f"thing {at}") for at in range(7)] == list(range(7))
    await ledger.sealer.catch_up()
    report = await examine(ledger)
    assert (report.findings, report.entries, report.newest.size) == ([], 7, 7)
    entry = await audit.entry(ledger.database, 3)
    assert entry is not None
    assert (entry.act, entry.actor.value, entry.subject.value) == ("test.done", "@ann:example.org", "thing 3")
    assert entry.body.value is not None
    assert '"after":{"a":2},"before":{"a":1},"reason":"so","tool":"chappe ' in entry.body.value
    note = kept.kept_in(ledger.folder)[-1]
    assert open_checkpoint(note, [ledger.log.vkey]) == report.newest


async def test_fifty_at_once_stand_in_the_order_of_their_commits(ledger: Ledger) -> None:
    recording = asyncio.gather(*(ledger.record(f"thing {at}") for at in range(50)))
    await ledger.sealer.catch_up()
    numbers = await recording
    assert sorted(numbers) == list(range(50))
    await ledger.sealer.catch_up()
    for at, number in enumerate(numbers):
        entry = await audit.entry(ledger.database, number)
        assert entry is not None
        assert entry.subject.value == f"thing {at}"
    assert (await examine(ledger)).findings == []


async def test_what_fails_takes_no_number_and_leaves_no_entry(ledger: Ledger) -> None:
    async def fails(tx: Transaction, device: Device | None) -> None:
        audit.record(tx, audit.SYSTEM, "test.done", "never")
        tx.conditional("SELECT 1 WHERE 1 = 2", otherwise=Refused(Errcode.FORBIDDEN, "No."))

    results = await asyncio.gather(
        ledger.record(), ledger.call(fails), ledger.record(), ledger.call(fails), return_exceptions=True
    )
    assert [result for result in results if isinstance(result, int)] == [0, 1]
    assert sum(isinstance(result, Refused) for result in results) == 2
    assert await ledger.database.fetch("SELECT number FROM audit_entry WHERE subject = 'never'") == []


async def test_two_who_seal_at_once_seal_once(ledger: Ledger) -> None:
    for _ in range(5):
        await ledger.record()
    notes = await asyncio.gather(*(ledger.call(seal) for _ in range(10)))
    assert sum(note is not None for note in notes) == 1
    assert (await examine(ledger)).findings == []


async def test_an_act_in_another_shard_is_recorded_by_its_effect(ledger: Ledger) -> None:
    async def elsewhere(tx: Transaction, device: Device | None) -> None:
        tx.execute("UPDATE shard SET epoch = epoch WHERE id = 7")
        audit.record(tx, "@ann:example.org", "test.done", "!room", reason="there")

    await ledger.call(elsewhere, shard=Shard(7))
    await ledger.outbox.drain()
    entry = await audit.entry(ledger.database, 0)
    assert entry is not None
    assert (entry.subject.value, entry.subject.fits(), entry.body.fits()) == ("!room", True, True)


async def test_reads_are_recorded_before_they_are_answered(ledger: Ledger) -> None:
    ann = Device("@ann:example.org")  # type: ignore[arg-type]  # a user id
    command = Command(audit.record_read, ann, ("audit.read", "log", {"from": 1, "to": 2}))
    await ledger.bus.call(place(Shard(256), 0) >> 40, command)  # type: ignore[arg-type]  # the register
    entry = await audit.entry(ledger.database, 0)
    assert entry is not None
    assert (entry.act, entry.actor.value) == ("audit.read", "@ann:example.org")


async def test_an_act_that_nobody_declared_is_our_mistake(ledger: Ledger) -> None:
    async def undeclared(tx: Transaction, device: Device | None) -> None:
        audit.record(tx, audit.SYSTEM, "test.unknown", "thing")

    with pytest.raises(AssertionError):
        await ledger.call(undeclared)


async def test_what_is_too_long_to_be_kept_for_ever_is_refused(ledger: Ledger) -> None:
    for subject, reason in (("x" * 2_000, "so"), ("thing", "x" * 5_000)):
        with pytest.raises(Refused) as no:
            await ledger.record(subject, reason)
        assert no.value.code is Errcode.TOO_LARGE
    assert await ledger.database.fetch("SELECT * FROM audit_entry") == []


# Starting again


async def test_what_was_recorded_and_not_sealed_is_sealed_after_the_crash(
    open_database: Callable[[], Any], tmp_path: Path
) -> None:
    database: Database = await open_database()
    await database.migrate(SCHEMAS)
    before = Ledger(database, tmp_path)
    await before.fill(3)
    await before.record("not sealed")
    await before.close()
    await database.close()  # nothing else is done, as after a kill
    after = Ledger(await _again(open_database), tmp_path)
    await after.sealer.begin()
    await after.sealer.catch_up()
    assert after.log.trouble is None
    report = await examine(after)
    assert (report.findings, report.newest.size, report.newest.history) == ([], 4, "h1")
    await after.close()


async def test_a_restored_backup_goes_on_under_another_name(open_database: Callable[[], Any], tmp_path: Path) -> None:
    database: Database = await open_database()
    await database.migrate(SCHEMAS)
    before = Ledger(database, tmp_path)
    await before.fill(3)
    kept_before = kept.kept_in(tmp_path)
    await before.close()
    await database.close()
    last: Any = None
    for _ in range(2):  # a second start says nothing again
        database = await _again(open_database)
        after = Ledger(database, tmp_path, "h2")
        await after.sealer.begin()
        await after.sealer.catch_up()
        await after.close()
        last = await examine(after, kept_before)
        await database.close()
    assert (last.findings, last.entries, last.newest.origin) == ([], 4, "example.org/audit/h2")
    reopened = await _again(open_database)
    entry = await audit.entry(reopened, 3)
    assert entry is not None
    assert entry.act == "audit.resumed"
    assert '"before":{"origin":"example.org/audit/h1","size":3}' in str(entry.body.value)


async def test_what_a_restored_backup_has_lost_is_found_by_a_checkpoint_of_before(
    open_database: Callable[[], Any], tmp_path: Path
) -> None:
    database: Database = await open_database()
    await database.migrate(SCHEMAS)
    before = Ledger(database, tmp_path)
    await before.fill(6)
    kept_before = kept.kept_in(tmp_path)
    await before.close()
    await _cut(database, 4)
    await database.close()
    after = Ledger(await _again(open_database), tmp_path, "h2")
    await after.sealer.begin()
    await after.sealer.catch_up()
    assert after.log.trouble is None
    assert (await examine(after)).findings == []
    report = await examine(after, kept_before)
    assert [one.what for one in report.findings if one.what is What.MISSING] == [What.MISSING]
    await after.close()


async def test_an_older_database_put_in_place_is_not_signed_for(
    open_database: Callable[[], Any], tmp_path: Path
) -> None:
    """The same line of history with fewer entries than a kept checkpoint tells of: nothing is signed."""
    database: Database = await open_database()
    await database.migrate(SCHEMAS)
    before = Ledger(database, tmp_path)
    await before.fill(6)
    await before.close()
    await _cut(database, 4)
    await database.close()
    database = await _again(open_database)
    after = Ledger(database, tmp_path)
    await after.sealer.begin()
    assert after.log.trouble is not None
    assert "6 entries" in after.log.trouble
    await after.record("all the same")
    await after.sealer.catch_up()
    assert await database.fetch("SELECT size FROM audit_checkpoint WHERE size > 4") == []
    await after.close()


async def test_nothing_is_signed_over_what_was_changed_under_a_running_server(ledger: Ledger) -> None:
    await ledger.fill(4)
    await _run(ledger, "UPDATE audit_hash SET hash = $1 WHERE id = $2", b"x" * 32, Node(2, 0).stored_at())
    await ledger.record()
    await ledger.sealer.catch_up()
    assert ledger.log.trouble is not None
    assert "do not fit" in ledger.log.trouble
    assert len(await ledger.database.fetch("SELECT size FROM audit_checkpoint")) == 4


@pytest.mark.parametrize("sql", ["DELETE FROM audit_checkpoint", "DELETE FROM audit_checkpoint WHERE size > 2",
                                 "DELETE FROM audit_entry WHERE number = 4"])  # fmt: skip
async def test_nothing_is_signed_over_what_was_deleted(ledger: Ledger, sql: str) -> None:
    await ledger.fill(4)
    await ledger.record("four")
    await _run(ledger, sql)
    if "number" in sql:
        await ledger.record("now the fourth")  # takes the number anew
        await ledger.sealer.catch_up()
        assert (await examine(ledger)).findings == [], "nobody had a checkpoint of it yet"
        return
    await ledger.sealer.catch_up()
    assert ledger.log.trouble is not None


async def test_what_could_not_be_kept_outside_the_database_is_kept_later(ledger: Ledger) -> None:
    (ledger.folder / kept.FOLDER).write_text("in the way")
    await ledger.record()
    with pytest.raises(OSError):
        await ledger.sealer.catch_up()
    (ledger.folder / kept.FOLDER).unlink()
    await ledger.sealer.catch_up()
    [note] = kept.kept_in(ledger.folder)
    checkpoint = open_checkpoint(note, [ledger.log.vkey])
    assert checkpoint is not None
    assert checkpoint.size == 1


async def test_a_checkpoint_that_a_kill_kept_from_its_file_is_kept_by_the_next_start(ledger: Ledger) -> None:
    await ledger.fill(3)
    for path in (ledger.folder / kept.FOLDER).iterdir():
        path.unlink()
    again = Ledger(ledger.database, ledger.folder)
    await again.sealer.begin()
    await again.sealer.catch_up()
    assert len(kept.kept_in(ledger.folder)) == 1


# By direct SQL, each undone again


TAMPERINGS: list[tuple[str, str, set[tuple[What, int, int]]]] = [
    ("altered", "UPDATE audit_entry SET body = '{}' WHERE number = 5", {(What.PART_ALTERED, 5, 5)}),
    ("time", "UPDATE audit_entry SET time = 1 WHERE number = 5", {(What.ALTERED, 5, 5)}),
    ("act", "UPDATE audit_entry SET act = 'x' WHERE number = 0", {(What.ALTERED, 0, 0)}),
    ("blank", "UPDATE audit_entry SET actor = NULL, actor_salt = NULL WHERE number = 9", {(What.PART_MISSING, 9, 9)}),
    ("removed", "DELETE FROM audit_entry WHERE number = 6", {(What.MISSING, 6, 6)}),
    ("several", "DELETE FROM audit_entry WHERE number IN (2, 3, 4, 9)", {(What.MISSING, 2, 4), (What.MISSING, 9, 9)}),
    ("cut", "DELETE FROM audit_entry WHERE number > 7", {(What.MISSING, 8, 11)}),
    ("all", "DELETE FROM audit_entry", {(What.MISSING, 0, 11)}),
    ("hash", "DELETE FROM audit_hash WHERE id = 3", set()),
    ("swapped", "UPDATE audit_entry SET number = -number - 1 WHERE number IN (3, 8); "
     "UPDATE audit_entry SET number = 8 WHERE number = -4; UPDATE audit_entry SET number = 3 WHERE number = -9",
     {(What.MOVED, 3, 3), (What.MOVED, 8, 8)}),
    ("note", "UPDATE audit_checkpoint SET note = note WHERE size = 0", set()),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), [each[1:] for each in TAMPERINGS], ids=[each[0] for each in TAMPERINGS])
async def test_what_direct_sql_does_is_found(ledger: Ledger, sql: str, expected: set[tuple[What, int, int]]) -> None:
    await ledger.fill(12)
    for statement in sql.split("; "):
        await _run(ledger, statement)
    report = await examine(ledger)
    assert {(one.what, one.first, one.last) for one in report.findings} == expected


async def test_random_tampering_with_every_table_is_found(ledger: Ledger) -> None:
    await ledger.fill(20, a_checkpoint_each=False)
    await ledger.fill(11)
    dice = random.Random(7)
    columns = ("time", "act", "actor", "subject", "body", "actor_seal", "subject_seal", "body_seal", "body_salt")
    for _ in range(25):
        number, column = dice.randrange(31), dice.choice(columns)
        rows = await ledger.database.fetch(f"SELECT {column} FROM audit_entry WHERE number = $1", number)
        was = rows[0][0]
        becomes: object = was + 1 if isinstance(was, int) else b"x" * 32 if isinstance(was, bytes) else f"{was} "
        await _run(ledger, f"UPDATE audit_entry SET {column} = $1 WHERE number = $2", becomes, number)
        assert {one.first for one in (await examine(ledger)).findings} == {number}, (column, number)
        await _run(ledger, f"UPDATE audit_entry SET {column} = $1 WHERE number = $2", was, number)
    assert (await examine(ledger)).findings == []


async def _again(open_database: Callable[[], Any]) -> Database:
    database: Database = await open_database()
    await database.migrate(SCHEMAS)
    return database


async def _run(ledger: Ledger, sql: str, *arguments: object) -> None:
    await ledger.writer.drain()
    await ledger.database.execute_once(sql, *arguments)


async def _cut(database: Database, size: int) -> None:
    """What the database was when there were `size` entries."""
    first = Frontier(size, [b"x" * 32] * size.bit_count()).add(b"x" * 32)[0][0].stored_at()
    await database.execute_once("DELETE FROM audit_entry WHERE number >= $1", size)
    await database.execute_once("DELETE FROM audit_hash WHERE id >= $1", first)
    await database.execute_once("DELETE FROM audit_checkpoint WHERE size > $1", size)
