"""What this machine can do at most, of each thing a homeserver's work is made of; measured in the same run."""

import asyncio
import itertools
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nacl.signing import SigningKey

from benchmarks.client import Answer, Connection, connect
from benchmarks.measure import Meter, quiet
from benchmarks.peer import ROOT, Peer

EVENT_BYTES = 900
"""A message event as it is stored, with hashes, signature and references."""

ROWS_TOGETHER = 32
"""Rows in a commit that 32 people at once share."""

READ_TOGETHER = 20
"""Rows of one query: the messages a /sync shows of a room."""

HTTP_CONNECTIONS = (1, 8, 32)
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Milliseconds of CPU for one piece of work each, and how many a second the disk confirms."""

    fdatasyncs_a_second: float
    commits_a_second: float
    rows_a_second: float
    commit_ms: float
    row_ms: float
    """A durable commit of one row, and one of `ROWS_TOGETHER` rows that share one."""
    read_ms: float
    """One row of a query for `READ_TOGETHER`."""
    sign_ms: float
    http_ms: dict[int, float]
    """By connections that are used at the same time."""
    megabyte_ms: float
    """A megabyte more in the body of an answer."""
    wake_ms: dict[int, float]
    """One long poll answered and opened again, by how many wait."""


class _BareServer(Peer):
    """`bare_http.py` in the place of a homeserver: it answers every path, `/versions` too."""

    name: ClassVar[str] = "bare"

    def install(self) -> None:
        """Nothing to install."""

    def version(self) -> str:
        """It has none."""
        return ""

    def configure(self) -> None:
        """Nothing to configure."""

    def command(self) -> list[str]:
        """Our own Python, with the repository as the place to import from."""
        return ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "benchmarks.bare_http", str(self.port)]


async def measure_limits(seconds: float, waiting: tuple[int, ...]) -> Limits:
    """All limits, each measured for about `seconds`; `waiting` are the numbers of long polls of the delivery rooms."""
    bare = _BareServer()
    bare.prepare()
    fdatasyncs_s, _ = _repeat(seconds, _fdatasync(bare.folder / "sync.bin"))
    commit_s, commit_cpu_s = _repeat(seconds, _commit(bare.folder / "single.db", 1))
    group_s, group_cpu_s = _repeat(seconds, _commit(bare.folder / "group.db", ROWS_TOGETHER))
    _, read_cpu_s = _repeat(seconds, _read(bare.folder / "group.db"))
    key, event = SigningKey.generate(), os.urandom(EVENT_BYTES)
    _, sign_cpu_s = _repeat(seconds, lambda: key.sign(event))
    try:
        await bare.start()
        http_ms = {count: await _http_ms(bare, seconds, count, _put) for count in HTTP_CONNECTIONS}
        big_ms = await _http_ms(bare, seconds, 1, lambda connection: connection.get(f"/bytes/{MEGABYTE}"))
        wake_ms = {count: await _wake_ms(bare, seconds, count) for count in waiting}
    finally:
        bare.stop()
    return Limits(
        fdatasyncs_a_second=1 / fdatasyncs_s,
        commits_a_second=1 / commit_s,
        rows_a_second=ROWS_TOGETHER / group_s,
        commit_ms=1000 * commit_cpu_s,
        row_ms=1000 * group_cpu_s / ROWS_TOGETHER,
        read_ms=1000 * read_cpu_s / READ_TOGETHER,
        sign_ms=1000 * sign_cpu_s,
        http_ms=http_ms,
        megabyte_ms=big_ms - http_ms[1],
        wake_ms=wake_ms,
    )


def _repeat(seconds: float, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and CPU seconds, of one `work`."""
    count, began_s, cpu_s = 0, time.perf_counter(), time.process_time()
    while (elapsed_s := time.perf_counter() - began_s) < seconds:
        work()
        count += 1
    return elapsed_s / count, (time.process_time() - cpu_s) / count


def _fdatasync(path: Path) -> Callable[[], None]:
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    page = bytes(4096)

    def work() -> None:
        os.write(file, page)
        os.fdatasync(file)

    return work


def _commit(path: Path, rows: int) -> Callable[[], None]:
    """A durable commit of `rows` events, each with the index entry that finds it by its id."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    database.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB) STRICT")
    body = os.urandom(EVENT_BYTES)

    def work() -> None:
        database.execute("BEGIN IMMEDIATE")
        for _ in range(rows):
            database.execute("INSERT INTO event (id, body) VALUES (?, ?)", (os.urandom(16).hex(), body))
        database.execute("COMMIT")

    return work


def _read(path: Path) -> Callable[[], object]:
    """Consecutive rows of what `_commit` wrote, `READ_TOGETHER` in a query."""
    database = sqlite3.connect(path)
    (rows,) = database.execute("SELECT count(*) FROM event").fetchone()
    query = f"SELECT body FROM event WHERE position > ? ORDER BY position LIMIT {READ_TOGETHER}"
    starts = itertools.cycle(range(0, rows - READ_TOGETHER, READ_TOGETHER))
    return lambda: database.execute(query, (next(starts),)).fetchall()


def _put(connection: Connection) -> Awaitable[Answer]:
    return connection.put("/_matrix/client/v3/rooms/x/send/m.room.message/1", "token", bytes(150))


async def _http_ms(
    bare: Peer, seconds: float, connections: int, request: Callable[[Connection], Awaitable[Answer]]
) -> float:
    """CPU of the bare server for one `request`, with so many connections busy."""
    opened = [await connect(bare.port) for _ in range(connections)]
    requests = 0

    async def busy(connection: Connection, until_s: float) -> None:
        nonlocal requests
        while time.perf_counter() < until_s:
            (await request(connection)).require()
            requests += 1

    async with Meter(bare.pid) as meter:
        until_s = time.perf_counter() + seconds
        await asyncio.gather(*(busy(connection, until_s) for connection in opened))
    _close(opened)
    return 1000 * meter.cpu_s / requests


async def _wake_ms(bare: Peer, seconds: float, waiting: int) -> float:
    """CPU of the bare server for one of `waiting` long polls: answered, and opened again. The post is a part of it."""
    waker, *opened = [await connect(bare.port) for _ in range(1 + waiting)]
    polls = [connection.send("GET", "/wait", "token") for connection in opened]
    answered = 0
    await quiet(bare.pid, 0.1)
    async with Meter(bare.pid) as meter:
        until_s = time.perf_counter() + seconds
        while time.perf_counter() < until_s:
            await asyncio.gather(waker.get("/wake"), *polls)
            polls = [connection.send("GET", "/wait", "token") for connection in opened]
            answered += waiting
            await quiet(bare.pid, 0.02)
    _close([waker, *opened])
    return 1000 * meter.cpu_s / answered


def _close(connections: list[Connection]) -> None:
    for connection in connections:
        connection.close()
