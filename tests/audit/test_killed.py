"""Killed again and again with SIGKILL: what was acknowledged is in the log, and the log is whole."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chappe import audit
from chappe.audit.kept import kept_in
from tests.audit.conftest import SCHEMAS, Ledger
from tests.audit.test_record import examine
from tests.tidy.repository import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KILLS = 4


def run_until_killed(folder: Path, storage: str, lines: int) -> list[tuple[int, str]]:
    """Let it go on until it has acknowledged so many, kill it, and answer all that it acknowledged."""
    command = [sys.executable, "-m", "tests.audit.killed", str(folder), storage]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        told += process.stdout.read().splitlines(keepends=True)
    whole = [line.rstrip("\n").split("\t") for line in told if line.endswith("\n")]
    return [(int(number), subject) for number, subject in whole]


async def test_what_was_acknowledged_is_there_after_every_kill(
    open_database: Callable[[], Any], tmp_path: Path
) -> None:
    database = await open_database()
    storage = getattr(database, "_dsn", "sqlite")
    await database.close()
    dice = random.Random(5)
    told: list[tuple[int, str]] = []
    notes: list[bytes] = []
    for _ in range(KILLS):
        told += run_until_killed(tmp_path, storage, dice.randrange(1, 120))
        notes += kept_in(tmp_path)
    database = await open_database()
    await database.migrate(SCHEMAS)
    ledger = Ledger(database, tmp_path)
    await ledger.sealer.begin()
    await ledger.sealer.catch_up()
    assert ledger.log.trouble is None
    report = await examine(ledger, notes)
    assert report.findings == []
    assert report.uncovered == 0
    assert report.entries >= len(told) > KILLS
    for number, subject in told:
        entry = await audit.entry(database, number)
        assert entry is not None
        assert entry.subject.value == subject
    await ledger.close()
