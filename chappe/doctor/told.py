"""What the public and the EU are told: whether anything of it waits for somebody."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chappe.doctor.finding import Finding, Look, bad, ok, warn

_STATES = "SELECT state, COUNT(*) FROM database_statement GROUP BY state"
_STOPPED = "SELECT at FROM transparency_mark WHERE what = 'stopped'"
_REPORTS = "SELECT year FROM report_version"
CONNECT_SECONDS = 5.0
DUE_MONTH = 3
"""A report is out within two months of the end of its year: before March. Regulation (EU) 2024/2835, Annex II."""
FIRST_YEAR = 2026
"""Of the first report of this form that covers a whole year."""


def check_told(look: Look) -> Iterator[Finding]:
    """Whether statements of reasons reach the EU's database, and the yearly report is out."""
    wanted = look.settings.transparency
    if wanted is None:
        return
    try:
        states, stopped, years = _read(look)
    except (sqlite3.Error, OSError, ValueError):
        return  # `database` tells what is wrong with it
    if stopped:
        mend = "Make a new token there, and write it into the file of database_token_file. That ends the old one."
        yield bad("transparency", "the Transparency Database takes our token no more: nothing is sent", mend)
    held = {state: count for state, count in states if state in ("blocked", "refused") and count}
    if held:
        told = " and ".join(f"{count} {state}" for state, count in sorted(held.items()))
        yield warn(
            "transparency", f"statements wait for a person: {told}", "Look at them in the console: Transparency."
        )
    elif not stopped:
        where = "sent" if wanted.database_url else "queued: no database is set"
        yield ok("transparency", f"statements of reasons are {where}")
    yield from _report({year for (year,) in years}, datetime.now(UTC))


def _report(years: set[int], now: datetime) -> Iterator[Finding]:
    due = now.year - 1
    if due >= FIRST_YEAR and now.month >= DUE_MONTH and due not in years:
        mend = f"`chappe transparency report {due}`, or the button in the console."
        yield bad("transparency", f"the report of {due} is not published: it was due by the end of February", mend)


Rows = list[tuple[Any, ...]]


def _read(look: Look) -> tuple[Rows, Rows, Rows]:
    if look.settings.storage == "sqlite":
        path = look.settings.data_dir / "chappe.db"
        address = f"{path.absolute().as_uri()}?mode=rw"
        with contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)) as connection:
            connection.execute("PRAGMA query_only=ON")
            states, stopped, years = (connection.execute(sql).fetchall() for sql in (_STATES, _STOPPED, _REPORTS))
            return states, stopped, years
    import asyncpg  # an extra

    async def read() -> tuple[Rows, Rows, Rows]:
        connection = await asyncpg.connect(look.settings.storage, timeout=CONNECT_SECONDS)
        try:
            found = [[tuple(row) for row in await connection.fetch(sql)] for sql in (_STATES, _STOPPED, _REPORTS)]
        finally:
            await connection.close()
        return found[0], found[1], found[2]

    try:
        return asyncio.run(read())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise OSError(str(error)) from error
