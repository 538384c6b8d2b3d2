"""Every figure that a process tells about itself, and where it is read."""

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from chappe import transparency
from chappe.accounts import Tokens
from chappe.config import Settings
from chappe.http import Application
from chappe.keys import ToldKeys
from chappe.matching import MatchingReader, Snapshots
from chappe.metrics import Kind, Metrics
from chappe.restrictions import Restrictions
from chappe.rooms import Rooms, Tails
from chappe.rules import Current, Hits
from chappe.storage import Database
from chappe.stream import Log, Outbox, Reader, Writer
from chappe.sync.syncing import Syncing

_POSTGRES_BYTES = "SELECT pg_database_size(current_database())"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Watched:
    """The things of a process that figures are read from."""

    settings: Settings
    database: Database
    application: Application
    log: Log
    writer: Writer
    outbox: Outbox
    syncing: Syncing
    rooms: Rooms
    tails: Tails
    tokens: Tokens
    told_keys: ToldKeys
    restrictions: Restrictions
    readers: Sequence[Reader]
    matching: MatchingReader
    snapshots: Snapshots
    rules: Current
    hits: Hits


def metrics_of(watched: Watched) -> Metrics:
    """All figures, by name."""
    metrics = Metrics()
    _of_transparency(metrics, watched)
    _of_process(metrics, watched)
    _of_requests(metrics, watched)
    _of_writing(metrics, watched)
    _of_memory(metrics, watched)
    _of_restrictions(metrics, watched.restrictions)
    _of_matching(metrics, watched)
    _of_rules(metrics, watched)
    return metrics


def _of_process(metrics: Metrics, watched: Watched) -> None:
    engine = "sqlite" if watched.settings.storage == "sqlite" else "postgres"
    data_dir = watched.settings.data_dir
    began = time.time()
    add, gauge = metrics.add, Kind.GAUGE
    labels = {"version": version("chappe"), "engine": engine}
    add("chappe_info", gauge, "Always 1; the version and the engine are labels.", lambda: [(labels, 1)])
    add("process_start_time_seconds", gauge, "When the process started.", lambda: began)
    add("process_cpu_seconds_total", Kind.COUNTER, "CPU time of the process.", time.process_time)
    add("process_resident_memory_bytes", gauge, "Memory that the process has.", _resident_bytes)
    add("process_open_fds", gauge, "Open files, connections among them.", _open_files)
    add("chappe_disk_free_bytes", gauge, "Room on the disk of data_dir.", lambda: shutil.disk_usage(data_dir).free)

    async def postgres_bytes() -> float:
        return int((await watched.database.fetch(_POSTGRES_BYTES))[0][0])

    read = (lambda: _sqlite_bytes(data_dir)) if engine == "sqlite" else postgres_bytes
    add("chappe_database_bytes", gauge, "Size of the database.", read)


def _of_requests(metrics: Metrics, watched: Watched) -> None:
    application, tally = watched.application, watched.application.tally
    metrics.add("chappe_requests_total", Kind.COUNTER, "Requests answered, by route and status.", tally.answers)
    metrics.add_histogram("chappe_request_seconds", "How long an answer took; /sync waits for news.", tally.durations)
    about = "Requests that are not answered yet, long polls among them."
    metrics.add("chappe_requests_in_flight", Kind.GAUGE, about, lambda: len(application.in_flight))


def _of_writing(metrics: Metrics, watched: Watched) -> None:
    writer, log = watched.writer, watched.log
    add, counter, gauge = metrics.add, Kind.COUNTER, Kind.GAUGE
    add("chappe_flushes_total", counter, "Groups of writes committed.", lambda: writer.flushes)
    add("chappe_units_total", counter, "Writes committed.", lambda: writer.units)
    about = "How long a group took until it was on the disk."
    metrics.add_histogram("chappe_flush_seconds", about, lambda: [({}, writer.took)])
    add("chappe_units_queued", gauge, "Writes that wait for the group before theirs.", lambda: writer.queued)
    add("chappe_effects_waiting", gauge, "Effects in other shards, not applied yet.", lambda: watched.outbox.waiting)
    outbox = watched.outbox
    about = "Pairs of shards between which nothing goes on, since an effect does not hold."
    add("chappe_effects_failing", gauge, about, lambda: outbox.failing)
    about = "Times that an effect did not hold, by its name."
    add(
        "chappe_effect_failures_total", counter, about, lambda: [({"effect": n}, t) for n, t in outbox.failures.items()]
    )
    add("chappe_log_positions", gauge, "Positions given out in all shards.", lambda: sum(log.heads))
    about = "Positions that a reader has still to deal with."
    add("chappe_reader_lag", gauge, about, lambda: [({"reader": r.name}, r.lag) for r in watched.readers])


def _of_memory(metrics: Metrics, watched: Watched) -> None:
    followers, add, gauge = watched.syncing.followers, metrics.add, Kind.GAUGE
    add("chappe_sync_followers", gauge, "People whose rooms are in memory for /sync.", lambda: len(followers))
    add("chappe_sync_waiting", gauge, "Requests to /sync that wait for news.", lambda: followers.waiting)
    add("chappe_rooms_resident", gauge, "Rooms in memory for the next event.", lambda: len(watched.rooms))
    add("chappe_rooms_bytes", gauge, "State and members of those rooms.", lambda: watched.rooms.size_bytes)
    add("chappe_tails_bytes", gauge, "Latest events in memory.", lambda: watched.tails.size_bytes)
    add("chappe_keys_told", gauge, "People whose device keys are in memory, as told.", lambda: len(watched.told_keys))
    about = "Device keys in memory, as told."
    add("chappe_keys_told_bytes", gauge, about, lambda: watched.told_keys.size_bytes)
    add("chappe_tokens_cached", gauge, "Access tokens in memory.", lambda: len(watched.tokens))


def _of_restrictions(metrics: Metrics, restrictions: Restrictions) -> None:
    add, gauge = metrics.add, Kind.GAUGE

    about = "About how many rooms, people and media have restrictions, or had some."
    add("chappe_restrictions_marked", gauge, about, lambda: restrictions.marked)
    about = "Rooms whose restrictions are in memory."
    add("chappe_restrictions_rooms", gauge, about, lambda: restrictions.rooms_loaded)
    add("chappe_restrictions_held", gauge, "Restrictions of those rooms in memory.", lambda: restrictions.held)


def _of_matching(metrics: Metrics, watched: Watched) -> None:
    snapshots, outcomes, add, gauge = watched.snapshots, watched.matching.outcomes, metrics.add, Kind.GAUGE
    about = "Hashes in each list that is in use."
    add(
        "chappe_matching_hashes", gauge, about,
        lambda: [({"list": one.name, "version": str(one.version)}, len(one.index)) for one in snapshots.now.lists],
    )  # fmt: skip
    add("chappe_matching_bytes", gauge, "What those lists take in memory.", lambda: snapshots.now.size_bytes)
    about = "Public media looked at, by what came of it."
    add("chappe_matching_looked_total", Kind.COUNTER, about, lambda: [({"outcome": n}, t) for n, t in outcomes.items()])


def _of_rules(metrics: Metrics, watched: Watched) -> None:
    engine, add, counter = watched.rules.engine, metrics.add, Kind.COUNTER
    add("chappe_rules", Kind.GAUGE, "Automatic rules that are on.", lambda: len(engine))
    about = "Times that a rule held, by its name and stage."
    add(
        "chappe_rule_hits_total", counter, about,
        lambda: [({"rule": name, "stage": stage}, times) for (name, stage), times in engine.hits.items()],
    )  # fmt: skip
    about = "Times that a rule could not say anything, by its name."
    add("chappe_rule_failures_total", counter, about, lambda: [({"rule": n}, t) for n, t in engine.failures.items()])
    add("chappe_rule_hits_lost_total", counter, "Hits that were not written down.", lambda: watched.hits.lost)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def _sqlite_bytes(data_dir: Path) -> int:
    paths = (data_dir / "chappe.db", data_dir / "chappe.db-wal")
    return sum(path.stat().st_size for path in paths if path.exists())


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _of_transparency(metrics: Metrics, watched: Watched) -> None:
    async def statements() -> list[tuple[dict[str, str], float]]:
        return [({"state": state}, count) for state, count in (await transparency.counts(watched.database)).items()]

    async def stopped() -> float:
        return float(await transparency.is_stopped(watched.database))

    about = "Statements of reasons for the EU's database, by state: blocked and refused ones wait for a person."
    metrics.add("chappe_transparency_statements", Kind.GAUGE, about, statements)
    about = "1 while that database takes no token of ours, and nothing is sent."
    metrics.add("chappe_transparency_stopped", Kind.GAUGE, about, stopped)
