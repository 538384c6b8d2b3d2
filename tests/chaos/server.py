"""A real `chappe serve` in a process of its own, which a test starts, kills and starts again on the same data."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.client import Unexpected, connect
from tests.chaos.starter import Forked, Starter

PROGRAM = Path(sys.executable).with_name("chappe")
START_SECONDS = 20.0
"""Far more than a start takes, for a machine that has other things to do."""
LOOK_SECONDS = 0.005

CONFIGURATION = """\
server_name = "chaos.test"
data_dir = "{data_dir}"
port = {port}
storage = "{storage}"
registration = "open"
rate_limits = false
room_version = "11"
"""


class ServerProcess:
    """One data folder, one port, and the process that serves them at the moment, if any."""

    def __init__(self, folder: Path, storage: str = "sqlite", data: Path | None = None) -> None:
        self.folder = folder
        self.engine = "sqlite" if storage == "sqlite" else "postgres"
        self.data = data or folder / "data"
        self.database = self.data / "chappe.db"
        self.port = free_port()
        self.log = folder / "server.log"
        self.configuration = folder / "chappe.toml"
        self.configuration.write_text(CONFIGURATION.format(data_dir=self.data, port=self.port, storage=storage))
        self._process: asyncio.subprocess.Process | Forked | None = None
        self._starter: Starter | None = None

    @property
    def _arguments(self) -> list[str]:
        return ["serve", "--config", str(self.configuration)]

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    async def spawn(self, before: Callable[[], None] | None = None) -> None:
        """Start the program without waiting for it. `before` runs in the new process, ahead of the program."""
        assert self._process is None, "it runs already"
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(PROGRAM),
                *self._arguments,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
                preexec_fn=before,
                env=_environment(),
            )

    async def start(self, before: Callable[[], None] | None = None) -> float:
        """Start, and return when it answers. Returns the seconds that took."""
        began = time.monotonic()
        await self.spawn(before)
        await self.until_it_answers()
        return time.monotonic() - began

    async def start_loaded(self) -> float:
        """Like `start`, but from a process that has loaded the program already."""
        assert self._process is None, "it runs already"
        if self._starter is None:
            self._starter = await Starter.open(_environment())
        began = time.monotonic()
        self._process = await self._starter.start(self._arguments, self.log)
        await self.until_it_answers()
        return time.monotonic() - began

    async def until_it_answers(self) -> None:
        """Wait for the first answer. Fails with the server's log if the process ended instead."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.returncode is None, f"The server ended:\n{self.last_log()}"
            with contextlib.suppress(OSError, Unexpected):
                connection = await connect(self.port)
                answer = await connection.get("/_matrix/client/versions")
                connection.close()
                if answer.status == 200:
                    return
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"No answer within {START_SECONDS} s:\n{self.last_log()}")

    async def fail_to_start(self, before: Callable[[], None] | None = None) -> tuple[int, str]:
        """Start, and wait until it has ended. Returns its exit status and what it said on standard error."""
        await self.spawn(before)
        return await self.ended(), self.last_log()

    async def ended(self) -> int:
        """Wait until it has ended by itself. Returns its exit status."""
        assert self._process is not None
        status = await asyncio.wait_for(self._process.wait(), START_SECONDS)
        self._process = None
        return status

    async def kill(self) -> None:
        """`kill -9`, whatever it is doing."""
        await self._end(signal.SIGKILL)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[float, int]:
        """Ask it to end. Returns the seconds it took and its exit status."""
        began = time.monotonic()
        status = await self._end(number)
        return time.monotonic() - began, status

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        assert process is not None, "it does not run"
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            return await asyncio.wait_for(process.wait(), START_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise

    async def close(self) -> None:
        """Nothing is left running."""
        if self._process is not None:
            await self.kill()
        if self._starter is not None:
            await self._starter.close()

    def limit_files(self, size_bytes: int) -> None:
        """No file of the running process grows beyond `size_bytes`: to the process, the disk is full."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size_bytes, hard))

    def last_log(self) -> str:
        """The end of what the server said besides its greetings."""
        return self.log.read_text()[-4_000:]


def _environment() -> dict[str, str]:
    """Variables of the tests' own begin with the server's letters too; to it they would be unknown settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHAPPE_")}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
