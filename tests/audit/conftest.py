"""The audit log by itself, on either engine; and one in memory, for whoever wants to spoil thousands."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from chappe import audit
from chappe.audit import Act, AuditLog, Sealer
from chappe.audit.checkpoint import Checkpoint, origin_of
from chappe.audit.entry import Entry, new_part
from chappe.audit.key import vkey_of
from chappe.audit.note import sign
from chappe.audit.source import PostgresSource, Source, SQLiteSource
from chappe.audit.tree import Frontier, Node
from chappe.resources import Resources
from chappe.storage import Database
from chappe.stream import REGISTER, Command, Device, InProcessBus, Log, Outbox, Transaction, Writer
from chappe.stream.shards import Shard
from tests.house import Clock

ROOT = Path(audit.__file__).parents[1]
SCHEMAS = [ROOT / "stream" / "schema", ROOT / "audit" / "schema"]
SERVER = "example.org"
ACTS = {"test.done": Act("Something was done", "Fait"), "test.staff": Act("Staff", "Personnel", keeps_body=True)}


class Ledger:
    """A server that does nothing but record."""

    def __init__(self, database: Database, folder: Path, history: str = "h1") -> None:
        self.database = database
        self.folder = folder
        self.clock = Clock()
        self.resources = Resources()
        self.writer = Writer(database, Log(database.heads, history))
        self.outbox = Outbox(database, self.writer, audit.EFFECTS)
        self.bus = InProcessBus(database, self.writer, self.outbox, self.clock, self.resources)
        self.sealer: Sealer = audit.install(
            self.resources, folder, SERVER, history, ACTS, self.bus, database, self.clock
        )
        self.log = self.resources.of(AuditLog)

    async def call(self, act: Callable[..., Any], *arguments: object, shard: Shard = REGISTER) -> Any:
        return await self.bus.call(shard, Command(act, None, arguments))

    async def record(self, subject: str = "thing", reason: str = "so", *, actor: str = "@ann:example.org") -> int:
        """Record an act, and say which number its entry got."""
        return int(await self.call(_record, actor, subject, reason))

    async def fill(self, entries: int, *, a_checkpoint_each: bool = True) -> None:
        for at in range(entries):
            await self.record(f"thing {at}", f"because of {at}")
            if a_checkpoint_each:
                await self.sealer.catch_up()
        await self.sealer.catch_up()

    def source(self) -> Source:
        """The log as somebody reads it who has the database. Not on the loop."""
        dsn = getattr(self.database, "_dsn", None)
        return SQLiteSource(self.folder / "chappe.db") if dsn is None else PostgresSource(dsn)

    async def close(self) -> None:
        await self.outbox.stop()
        await self.writer.drain()


async def _record(tx: Transaction, device: Device | None, actor: str, subject: str, reason: str) -> object:
    number = audit.record(tx, actor, "test.done", subject, before={"a": 1}, after={"a": 2}, reason=reason)
    return lambda: number.row[0] if number is not None else -1


@pytest.fixture
async def ledger(open_database: Callable[[], Any], tmp_path: Path) -> AsyncIterator[Ledger]:
    database = await open_database()
    await database.migrate(SCHEMAS)
    ledger = Ledger(database, tmp_path)
    await ledger.sealer.begin()
    yield ledger
    await ledger.close()


KEY = SigningKey(b"a" * 32)
VKEY = vkey_of(KEY, SERVER)


class Copy:
    """A log in memory, as an honest server would store it; then anybody may change it."""

    def __init__(self, stretches: list[int], history: str = "h1") -> None:
        self.rows: list[Entry] = []
        self.hashes: dict[int, bytes] = {}
        self.signed: list[bytes] = []
        tree = Frontier()
        for stretch in stretches:
            for _ in range(stretch):
                number = len(self.rows)
                parts = [new_part(text) for text in ("@ann:example.org", f"thing {number}", '{"reason":"so"}')]
                self.rows.append(Entry(number, 1_700_000_000_000 + number, "test.done", *parts))
                for node, hashed in tree.add(self.rows[-1].hash()):
                    self.hashes[node.stored_at()] = hashed
            checkpoint = Checkpoint(origin_of(SERVER, history), tree.size, tree.root())
            self.signed.append(sign(checkpoint.text(), VKEY.name, KEY))

    def rehash(self) -> None:
        """Store the hashes of what stands there now, as somebody would who has all but the key."""
        tree = Frontier()
        self.hashes.clear()
        for entry in self.rows:
            for node, hashed in tree.add(entry.hash()):
                self.hashes[node.stored_at()] = hashed

    def entries(self, number: int = 0) -> Iterator[Entry]:
        return iter(sorted((row for row in self.rows if row.number >= number), key=lambda row: row.number))

    def node(self, node: Node) -> bytes | None:
        return self.hashes.get(node.stored_at())

    def notes(self) -> Iterator[bytes]:
        return iter(self.signed)

    def close(self) -> None:
        pass
