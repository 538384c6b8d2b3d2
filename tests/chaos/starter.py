"""Starts the server again and again, each time from a process that has loaded the program already.

A start is mostly imports. Here they are done once, and every server is a fork of the process that did them: the same
`chappe serve` from its command line on, with a memory of its own, killed like any other. That makes ten thousand kills
a matter of an hour. What only a start from nothing shows, the other tests and every tenth start of a campaign show.
"""

import asyncio
import json
import os
import selectors
import signal
import sys
from pathlib import Path
from typing import NoReturn


class Forked:
    """A server that was forked: what the tests need of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def returncode(self) -> int | None:
        """The exit status, once it has ended; negative for a signal."""
        return self.ended.result() if self.ended.done() else None

    async def wait(self) -> int:
        """Wait until it has ended. Returns the exit status."""
        return await asyncio.shield(self.ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal. Raises ProcessLookupError when it has ended."""
        if self.ended.done():
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send_signal(signal.SIGKILL)


class Starter:
    """The process that has loaded the program, as the tests see it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._forked: dict[int, Forked] = {}
        self._next: asyncio.Future[Forked] | None = None
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, environment: dict[str, str]) -> "Starter":
        """Start it; servers inherit the environment."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.chaos.starter"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                cwd=Path(__file__).parents[2],
            )
        )

    async def start(self, arguments: list[str], log: Path) -> Forked:
        """Start a server whose standard error goes to the end of a file."""
        assert self._process.stdin is not None
        self._next = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps([arguments, str(log)]).encode() + b"\n")
        return await self._next

    async def close(self) -> None:
        """End it, and whatever it has started and still runs."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            pid, status = json.loads(line)
            if status is None:
                assert self._next is not None
                self._forked[pid] = Forked(pid)
                self._next.set_result(self._forked[pid])
            else:
                self._forked.pop(pid).ended.set_result(status)


def main() -> None:
    """Fork a server for each line of standard input, and tell on standard output when each began and ended."""
    import chappe.app
    import chappe.cli  # noqa: F401  # what a server begins with

    running: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd != 0:
                    pid = running.pop(key.fd)
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _tell(pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                elif line := _line():
                    arguments, log = json.loads(line)
                    if (pid := os.fork()) == 0:
                        _serve(arguments, log)
                    _tell(pid, None)
                    watched = os.pidfd_open(pid)
                    running[watched] = pid
                    selector.register(watched, selectors.EVENT_READ)
                else:
                    for pid in running.values():
                        os.kill(pid, signal.SIGKILL)
                    return


def _line() -> bytes:
    """A line of standard input, without reading on: what is read ahead, the selector would not tell of."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def _tell(pid: int, status: int | None) -> None:
    os.write(1, json.dumps([pid, status]).encode() + b"\n")


def _serve(arguments: list[str], log: str) -> NoReturn:
    """Be the program."""
    from chappe import cli

    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    os.closerange(3, 64)
    status = 1
    try:
        status = cli.run(arguments)
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
