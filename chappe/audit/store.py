"""All the SQL of the audit log. Nothing here changes an entry but by erasing a part, and nothing deletes one."""

from typing import Protocol

from chappe.audit.entry import COLUMNS, Entry, Part, PartName, entry_of
from chappe.storage import Outcome, Row
from chappe.stream import Transaction


class Fetches(Protocol):
    """A transaction or a database."""

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Rows as committed."""
        ...

    async def fetch_one(self, sql: str, *arguments: object) -> Row | None:
        """The first row as committed, or None."""
        ...


_ADD = (
    f"INSERT INTO audit_entry ({COLUMNS}) VALUES ((SELECT COALESCE(MAX(number), -1) + 1 FROM audit_entry), "
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING number"
)


def add(tx: Transaction, time: int, act: str, actor: Part, subject: Part, body: Part) -> Outcome:
    """Queue an entry. Its number is given out at the flush, in the order of the commits: what fails takes none."""
    parts = [field for part in (actor, subject, body) for field in (part.value, part.salt, part.seal)]
    return tx.conditional(_ADD, time, act, *parts, otherwise=None)


async def entries_from(source: Fetches, number: int, limit: int) -> list[Entry]:
    """The entries from `number` on."""
    sql = f"SELECT {COLUMNS} FROM audit_entry WHERE number >= $1 ORDER BY number LIMIT $2"
    return [entry_of(row) for row in await source.fetch(sql, number, limit)]


async def entry(source: Fetches, number: int) -> Entry | None:
    """One entry."""
    row = await source.fetch_one(f"SELECT {COLUMNS} FROM audit_entry WHERE number = $1", number)
    return None if row is None else entry_of(row)


async def entries_before(
    source: Fetches, number: int, limit: int, *, act: str = "", actor: str = "", subject: str = ""
) -> list[Entry]:
    """The entries before `number`, the newest first; only those of an act, an actor, a subject if one is given."""
    wanted = {"act": act, "actor": actor, "subject": subject}
    given = [(column, value) for column, value in wanted.items() if value]
    where = "".join(f" AND {column} = ${at}" for at, (column, _) in enumerate(given, 3))
    sql = f"SELECT {COLUMNS} FROM audit_entry WHERE number < $1{where} ORDER BY number DESC LIMIT $2"
    return [entry_of(row) for row in await source.fetch(sql, number, limit, *(value for _, value in given))]


async def size(source: Fetches) -> int:
    """How many entries there are."""
    row = await source.fetch_one("SELECT COALESCE(MAX(number), -1) + 1 FROM audit_entry")
    assert row is not None, "an aggregate is always answered"
    return int(row[0])


_ERASE = {
    name: f"UPDATE audit_entry SET {name.value} = NULL, {name.value}_salt = NULL WHERE number = $1" for name in PartName
}


def erase(tx: Transaction, number: int, name: PartName) -> None:
    """Erase a part of an entry; its seal stays."""
    tx.execute(_ERASE[name], number)


# The tree


async def hashes(source: Fetches, ids: list[int]) -> dict[int, bytes]:
    """Stored subtrees by where they stand."""
    rows = await source.fetch("SELECT id, hash FROM audit_hash WHERE id IN (SELECT * FROM each_int($1))", ids)
    return {row[0]: bytes(row[1]) for row in rows}


def add_hash(tx: Transaction, id: int, hashed: bytes) -> None:
    """Store a subtree that is complete now. One that is there already makes the unit collide."""
    tx.execute("INSERT INTO audit_hash VALUES ($1, $2)", id, hashed)


async def newest_checkpoint(source: Fetches) -> tuple[int, str, bytes] | None:
    """Size, origin and note of the checkpoint about most entries."""
    row = await source.fetch_one("SELECT size, origin, note FROM audit_checkpoint ORDER BY size DESC, origin LIMIT 1")
    return None if row is None else (int(row[0]), str(row[1]), bytes(row[2]))


async def note_of(source: Fetches, size: int, origin: str) -> bytes | None:
    """The checkpoint of a size."""
    row = await source.fetch_one("SELECT note FROM audit_checkpoint WHERE size = $1 AND origin = $2", size, origin)
    return None if row is None else bytes(row[0])


def add_checkpoint(tx: Transaction, size: int, origin: str, note: bytes) -> None:
    """Store a signed checkpoint."""
    tx.execute("INSERT INTO audit_checkpoint VALUES ($1, $2, $3)", size, origin, note)
