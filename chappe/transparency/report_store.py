"""The SQL of the yearly report: what staff wrote for it, and its versions. All of it is in the register."""

import msgspec

from chappe.storage import Row
from chappe.stream import Transaction
from chappe.transparency.store import Fetches


class Version(msgspec.Struct, frozen=True):
    """A report that was published. Columns as in `schema/`."""

    year: int
    version: int
    published_at: int
    published_by: str
    reason: str
    decisions: int


async def texts(source: Fetches, year: int) -> dict[str, str]:
    """What staff wrote and entered for a year."""
    return dict(await source.fetch("SELECT what, text FROM report_text WHERE year = $1", year))


def put_text(tx: Transaction, year: int, what: str, text: str, by: str) -> None:
    """Write one of them; an older one is overwritten, and stays in the versions that were published with it."""
    tx.execute(
        "INSERT INTO report_text (year, what, text, written_by, written_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (year, what) DO UPDATE SET text = excluded.text, written_by = excluded.written_by, "
        "written_at = excluded.written_at",
        year, what, text, by, tx.now,
    )  # fmt: skip


async def versions(source: Fetches) -> list[Version]:
    """All that were published, the newest year and version first."""
    rows = await source.fetch(
        "SELECT year, version, published_at, published_by, reason, decisions FROM report_version "
        "ORDER BY year DESC, version DESC"
    )
    return [Version(*row) for row in rows]


async def part(source: Fetches, year: int, version: int, number: int) -> bytes | None:
    """One part of a version."""
    row = await source.fetch_one(
        "SELECT csv FROM report_part WHERE year = $1 AND version = $2 AND part = $3", year, version, number
    )
    return None if row is None else bytes(row[0])


async def parts(source: Fetches, year: int, version: int) -> list[Row]:
    """All parts of a version: number and file."""
    return await source.fetch(
        "SELECT part, csv FROM report_part WHERE year = $1 AND version = $2 ORDER BY part", year, version
    )


def add(tx: Transaction, version: Version, files: dict[int, bytes]) -> None:
    """Publish a version. One of that number must not be there: then the act runs again."""
    tx.execute(
        "INSERT INTO report_version VALUES ($1, $2, $3, $4, $5, $6)",
        version.year, version.version, version.published_at, version.published_by, version.reason, version.decisions,
    )  # fmt: skip
    for number, file in files.items():
        tx.execute("INSERT INTO report_part VALUES ($1, $2, $3, $4)", version.year, version.version, number, file)


def put_month(tx: Transaction, month: str, figures: str) -> None:
    """Keep the figures of a month."""
    tx.execute(
        "INSERT INTO month_figures VALUES ($1, $2, $3) ON CONFLICT (month) DO UPDATE SET figures = excluded.figures, "
        "counted_at = excluded.counted_at",
        month, figures, tx.now,
    )  # fmt: skip


async def months(source: Fetches) -> list[tuple[str, str, int]]:
    """All that are kept, the newest first: month, figures, when they were counted."""
    rows = await source.fetch("SELECT month, figures, counted_at FROM month_figures ORDER BY month DESC")
    return [(row[0], row[1], int(row[2])) for row in rows]
