"""A homeserver that can be installed, started and stopped: what the benchmarks know about one."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from benchmarks.client import Answer, Unexpected, connect
from benchmarks.measure import SERVER_CORE

ROOT = Path(__file__).parent.parent
BUILD = ROOT / ".build"

START_SECONDS = 120
"""A server that has not answered by then did not start."""
STOP_SECONDS = 30
"""A server that has not ended by then, once asked to, is killed."""


class Peer(ABC):
    """One server on 127.0.0.1, with a data folder of its own that is emptied first."""

    name: ClassVar[str]
    server_name = "localhost"
    secret = "benchmark"

    def __init__(self) -> None:
        self.folder = BUILD / "benchmark-data" / self.name
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def install(self) -> None:
        """Make the server's program available; a second time, do nothing."""

    @abstractmethod
    def version(self) -> str:
        """The program's version, for the report."""

    @abstractmethod
    def configure(self) -> None:
        """Write the configuration into the empty `folder`."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs the server in the foreground."""

    @property
    def pid(self) -> int:
        """The process that was started; its children belong to the server too."""
        assert self._process is not None, "started"
        return self._process.pid

    def prepare(self) -> None:
        """Install, and begin with an empty data folder."""
        self.install()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.configure()

    async def start(self) -> float:
        """Start the server on its core; the seconds until it answered its first request.

        Raises `Unexpected` with the end of its output if it ends instead.
        """
        output = self.folder / "output.log"
        began_s = time.perf_counter()
        self._process = process = self._spawn(output)
        while time.perf_counter() - began_s < START_SECONDS:
            if process.poll() is not None:
                break
            if (answer := await self._try_versions()) and answer.status == 200:
                return time.perf_counter() - began_s
            await asyncio.sleep(0.01)
        raise Unexpected(f"{self.name} did not start:\n{output.read_text(errors='replace')[-3000:]}")

    def _spawn(self, output: Path) -> subprocess.Popen[bytes]:
        pinned = ["taskset", "-c", str(SERVER_CORE)] if (os.cpu_count() or 1) > 1 else []
        # However the benchmark ends, the server ends with it.
        command = ["setpriv", "--pdeathsig", "KILL", *pinned, *self.command()]
        # Programs are compiled with their first start, as on a server: some shells here forbid to keep that.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with output.open("ab") as file:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )

    async def _try_versions(self) -> Answer | None:
        try:
            connection = await connect(self.port)
            try:
                return await connection.get("/_matrix/client/versions")
            finally:
                connection.close()
        except (OSError, Unexpected):
            return None

    def stop(self) -> None:
        """End the server, if it runs; kill it if it does not end."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def make_environment(folder: Path, requirement: str) -> Path:
    """The Python of a virtual environment at `folder` that holds `requirement`; made once, from PyPI."""
    python = folder / "bin" / "python"
    done = folder / "installed.txt"
    if not done.exists() or done.read_text() != requirement:
        uv = str(ROOT / ".venv" / "bin" / "uv")
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", str(ROOT / ".venv/bin/python"), str(folder)], check=True
        )
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), requirement], check=True)
        done.write_text(requirement)
    return python
