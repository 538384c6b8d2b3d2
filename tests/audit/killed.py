"""A process that records and seals until it is killed, and says what was acknowledged: number and subject, a line each.

`python -m tests.audit.killed FOLDER STORAGE`, STORAGE as in the setting: sqlite, or an address.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from chappe.storage import Database
from chappe.storage.postgres import PostgresDatabase
from chappe.storage.sqlite import SQLiteDatabase
from tests.audit.conftest import SCHEMAS, Ledger


async def main(folder: Path, storage: str) -> None:
    database: Database
    if storage == "sqlite":
        database = SQLiteDatabase(folder / "chappe.db")
    else:
        database = PostgresDatabase(storage)
        await database.open()
    await database.migrate(SCHEMAS)
    ledger = Ledger(database, folder)
    await ledger.sealer.begin()
    sealing = asyncio.create_task(ledger.sealer.run())

    async def recording(who: int) -> None:
        for at in itertools.count():
            subject = f"{os.getpid()} {who} {at}"
            number = await ledger.record(subject)
            print(f"{number}\t{subject}", flush=True)

    await asyncio.gather(sealing, *(recording(who) for who in range(5)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
