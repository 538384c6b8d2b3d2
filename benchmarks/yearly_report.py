"""How long the yearly report takes over a large register, and whether the server answers meanwhile.

`python -m benchmarks.yearly_report --decisions 1000000`: fills a SQLite database of its own in a temporary folder,
makes the report there as the server does, and prints how long that took, in seconds and in CPU, and the longest time
for which the loop answered nobody.
"""

import argparse
import asyncio
import contextlib
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from chappe.app import Chappe
from chappe.config import load
from chappe.moderation.categories import categories
from chappe.transparency import Reports
from chappe.transparency.report import start_of

YEAR = 2024
SEED = 15
BEAT_S = 0.005
_LAW = [(code, word) for code, one in categories().items() if 5 in one.sheets for word in one.keywords]
_NOTICES = [(code, word) for code, one in categories().items() if 4 in one.sheets for word in (*one.keywords, "")]
_MEASURES = [
    ("event", "removed"),
    ("event", "demoted"),
    ("room", "frozen"),
    ("account", "suspended"),
    ("media", "blocked"),
]


def fill(path: Path, decisions: int) -> None:
    """A year of a busy desk: half of the decisions on notices, a tenth contested."""
    chance = random.Random(SEED)
    since = start_of(YEAR)
    span = start_of(YEAR + 1) - since

    def rows(of: str) -> Iterator[tuple[object, ...]]:
        for number in range(1, decisions + 1):
            at = since + span * (number - 1) // decisions
            is_notice = number % 2 == 0
            if of == "case":
                yield (number, f"${number}", at)
            elif of == "filing":
                category, keyword = chance.choice(_NOTICES)
                door = "notice" if is_notice else "report"
                yield (f"f{number}", number, door, "X" if number % 40 == 0 else "", category, keyword, at)
            elif of == "decision":
                category, keyword = chance.choice(_LAW)
                source = "notice" if is_notice else "own_initiative"
                decided = min(at + chance.randrange(100_000_000), since + span - 1)
                automation = chance.choice(("fully", "partially", "not"))
                yield (number, f"d{number}", number, decided, "law" if number % 3 else "terms", category,
                       f'["{keyword}"]', source, automation, decided)  # fmt: skip
            elif of == "measure":
                yield (f"d{number}", *chance.choice(_MEASURES))
            elif number % 10 == 0:
                yield (f"c{number}", f"d{number}", number, at, chance.choice(("upheld", "reversed")), at + 9_000_000)

    statements = {
        "case": "INSERT INTO moderation_case VALUES (?, 'event', ?, '', '@a:x', 'public', 0, NULL, '', 'notices', 1,"
        " '', 'en', ?3, ?3, 1, 'decided', '', 0, NULL, '')",
        "filing": "INSERT INTO filing (id, case_number, door, flagger, category, keyword, filed_at, submission,"
        " by_user, name, email, law, country, reason, proof, language, good_faith, is_muted)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?1, '', '', '', '', '', '', 'public', 'en', 1, 0)",
        "decision": "INSERT INTO decision VALUES (?1, ?2, ?3, ?4, '@m:x', '', 'restricted', '@a:x', ?5, 'x', 'x', 'x',"
        " '', 'x', ?6, ?7, '', '[]', '[]', NULL, ?8, '', 'no', ?9, '', ?10, 'en', ?10, '', 'standing')",
        "measure": "INSERT INTO measure VALUES (?1, 0, ?2, 'x', '', ?3, '[]', NULL, 'r', '')",
        "complaint": "INSERT INTO complaint (id, decision, case_number, filed_at, state, decided_at, by_user, filing,"
        " text, claimed_by, claimed_until, decided_by, answer, reversal)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?1, '', '', '', 0, '', '', '')",
    }
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for of, sql in statements.items():
            with connection:
                connection.executemany(sql, rows(of))
            print(f"  filled: {of}", file=sys.stderr)


async def measure(folder: Path, decisions: int) -> None:
    settings = load(None, {}, {"data_dir": str(folder), "transparency": '{ provider = "x", public_page = false }'})
    await (await Chappe.open(settings)).close()
    await asyncio.to_thread(fill, folder / "chappe.db", decisions)
    await _mark_as_seen(folder, decisions)
    chappe = await Chappe.open(settings)
    reports = chappe.resources.of(Reports)
    beating = asyncio.create_task(_longest_pause())
    wall, cpu = time.perf_counter(), time.process_time()
    making = reports.start(YEAR, is_draft=True)
    while not making.is_over:
        await asyncio.sleep(1)
        print(f"  {making.done} of {making.all}", file=sys.stderr)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    wrong = [one for one in making.wrong if "is not written" not in one]
    pause = PAUSES[0] * 1000
    print(f"{decisions} decisions: {wall:.1f} s, {cpu:.1f} s of CPU; longest pause {pause:.0f} ms; wrong: {wrong}")
    await chappe.close()


async def _mark_as_seen(folder: Path, decisions: int) -> None:
    """The outbox is not what is measured."""
    with contextlib.closing(sqlite3.connect(folder / "chappe.db")) as connection, connection:
        connection.execute("INSERT INTO transparency_mark VALUES ('seen', ?, '', 0)", (decisions,))


PAUSES = [0.0]


async def _longest_pause() -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(BEAT_S)
        PAUSES[0] = max(PAUSES[0], time.perf_counter() - began - BEAT_S)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.yearly_report", description="The yearly report, measured.")
    parser.add_argument("--decisions", type=int, default=1_000_000)
    decisions = parser.parse_args().decisions
    with tempfile.TemporaryDirectory(prefix="chappe-report-") as folder:
        uvloop.run(measure(Path(folder), decisions))


if __name__ == "__main__":
    main()
