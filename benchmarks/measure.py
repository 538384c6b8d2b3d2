"""What a server used, as the kernel counted it, and how answers were spread in time."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

SERVER_CORE = 0
CLIENT_CORE = 1
"""The server and everything it starts run on one core, the client on another, where the machine has two."""

AFTERWARDS_SECONDS = 0.5
"""Work that a server puts off until after its answer belongs to the request: a meter keeps running this long."""

QUIET_SHARE = 0.03
"""A server that uses less of a core than this has nothing left to do."""

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process tree has used since it started, and what its core has done since boot."""

    cpu_s: float
    written_bytes: int
    core_busy_s: float


def tree(root: int) -> list[int]:
    """`root` and all its living descendants."""
    found = [root]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(map(int, _read(children).split()))
    return found


def usage(root: int) -> Usage:
    """What the process `root` and its descendants have used, those that have ended and been waited for included."""
    pids = tree(root)
    written_bytes = sum(_keyed_number(Path(f"/proc/{pid}/io"), "write_bytes:") for pid in pids)
    return Usage(sum(map(_cpu_s, pids)), written_bytes, _core_busy_s())


def resident_bytes(root: int) -> int:
    """Memory of `root` and its descendants: proportional set size, so shared pages count once."""
    return sum(_keyed_number(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * 1024 for pid in tree(root))


def _cpu_s(pid: int) -> float:
    """CPU time of one process with all its threads and the children it has waited for; 0 if it is gone.

    The CPU clock of a process counts nanoseconds; /proc/pid/stat only hundredths of a second. The number of the
    clock of another process is made as Linux defines it, in include/linux/posix-timers_types.h.
    """
    try:
        own_s = time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0
    after_name = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return own_s + sum(map(int, after_name[13:15])) / _TICKS  # cutime and cstime


def _read(path: Path) -> str:
    """A file of /proc; empty if the process is gone."""
    try:
        return path.read_text()
    except OSError:
        return ""


def _keyed_number(path: Path, key: str) -> int:
    """The number after `key` in a file of lines; 0 if the process is gone."""
    return next((int(line.split()[1]) for line in _read(path).splitlines() if line.startswith(key)), 0)


def _core_busy_s() -> float:
    """Seconds the server's core has worked since boot, for anybody."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *counts = line.split()
        if name == f"cpu{SERVER_CORE}":
            user, nice, system, _, _, interrupt, soft_interrupt, steal = map(int, counts[:8])
            return (user + nice + system + interrupt + soft_interrupt + steal) / _TICKS
    return 0.0


class Meter:
    """`async with Meter(pid) as meter:` counts what the server used for the work of the block, and a little longer."""

    def __init__(self, root: int) -> None:
        self._root = root
        self.elapsed_s = 0.0
        self.cpu_s = 0.0
        self.written_bytes = 0
        self.client_share = 0.0
        """Part of its core the client used: near 1, rates and latencies are the client's own."""
        self.foreign_share = 0.0
        """Part of the server's core that other programs used: above a few per cent the machine was not quiet."""

    async def __aenter__(self) -> "Meter":
        self._usage, self._client_s, self._at_s = usage(self._root), time.process_time(), time.perf_counter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        self.elapsed_s = time.perf_counter() - self._at_s
        self.client_share = (time.process_time() - self._client_s) / self.elapsed_s
        await asyncio.sleep(AFTERWARDS_SECONDS)
        after = usage(self._root)
        self.cpu_s = after.cpu_s - self._usage.cpu_s
        self.written_bytes = after.written_bytes - self._usage.written_bytes
        foreign_s = after.core_busy_s - self._usage.core_busy_s - self.cpu_s
        self.foreign_share = max(0.0, foreign_s / (self.elapsed_s + AFTERWARDS_SECONDS))


async def quiet(root: int, window_s: float = 0.5, at_most_s: float = 30) -> None:
    """Wait until the server has nothing left to do, or `at_most_s` has passed."""
    deadline_s = time.perf_counter() + at_most_s
    while time.perf_counter() < deadline_s:
        before_s = sum(map(_cpu_s, tree(root)))
        await asyncio.sleep(window_s)
        used_s = sum(map(_cpu_s, tree(root))) - before_s
        if 0 <= used_s < QUIET_SHARE * window_s:  # less than nothing: a child was just ending
            return


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed; `values` must not be empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def pin_client() -> None:
    """Move this process to the client's core, if there is one."""
    if CLIENT_CORE in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {CLIENT_CORE})
