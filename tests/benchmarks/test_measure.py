"""What a process used is counted, its children included."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.measure import Meter, percentile, quiet, resident_bytes

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
PARENT = (
    f"input()\nimport subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])\n{BURN}print('done')\ninput()"
)


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    """A process that works when it gets a line, half of it in a child, and tells when it is done."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-uc", PARENT], stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


@pytest.mark.anyio
async def test_the_work_of_a_server_and_of_a_child_that_ended_is_counted(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin
    assert worker.stdout
    await quiet(worker.pid, window_s=0.1)
    async with Meter(worker.pid) as meter:
        print(file=worker.stdin, flush=True)
        assert await asyncio.to_thread(worker.stdout.readline) == "done\n"
    assert 0.55 < meter.cpu_s < 0.7
    assert meter.elapsed_s > 0.5
    assert meter.client_share < 0.5
    assert 2e6 < resident_bytes(worker.pid) < 100e6


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.99) == 100
    assert percentile(values, 0.5) == 51
    assert percentile([7.0], 0.99) == 7
