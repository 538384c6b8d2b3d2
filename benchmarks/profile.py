"""Where the time goes: py-spy looks at the server some hundred times a second while a meter runs.

It sees the thread that holds the interpreter, so neither a commit that waits for the disk nor the HTTP server below.
"""

import asyncio
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path
from types import TracebackType

from benchmarks.client import Unexpected
from benchmarks.measure import Meter
from benchmarks.peer import BUILD, make_environment

REQUIREMENT = "py-spy==0.4.*"
SAMPLES_A_SECOND = 500
ATTACH_SECONDS = 1.0
SHOWN = 25


_LINE = re.compile(r":\d+(?=\)$)")
"""The line in a frame, as in `send (chappe/timeline/send.py:12)`: we count functions."""


class ProfiledMeter(Meter):
    """A meter that also writes where the server was, as folded stacks, and the functions it was in most beside it.

    Being looked at slows a server down: figures measured meanwhile are not to be quoted.
    """

    def __init__(self, root: int, path: Path) -> None:
        super().__init__(root)
        self._folded = path.with_suffix(".folded")
        self._summary = path.with_suffix(".txt")

    async def __aenter__(self) -> "ProfiledMeter":
        spy = make_environment(BUILD / "profile-venv", REQUIREMENT).parent / "py-spy"
        options = [
            "--gil",
            "--nonblocking",
            "--format",
            "raw",
            "--rate",
            str(SAMPLES_A_SECOND),
            "--output",
            str(self._folded),
        ]
        command = [str(spy), "record", *options, "--pid", str(self._root)]
        self._spy = await asyncio.to_thread(
            subprocess.Popen, command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        await asyncio.sleep(ATTACH_SECONDS)
        await super().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        self._spy.send_signal(signal.SIGINT)
        _, told = await asyncio.to_thread(self._spy.communicate)
        if not self._folded.exists():
            raise Unexpected(f"py-spy wrote nothing: {told.decode(errors='replace')}")
        self._summary.write_text(summary(self._folded.read_text()))


def summary(folded: str) -> str:
    """The functions in which most samples were taken: itself running, and itself or what it called."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = [_LINE.sub("", frame) for frame in stack.split(";") if frame]
        if not frames:
            continue
        own[frames[-1]] += int(samples)
        for frame in set(frames):
            whole[frame] += int(samples)
    everything = own.total()
    parts = []
    for title, counts in (("itself", own), ("with what it called", whole)):
        lines = [f"{count / everything:7.1%}  {frame}" for frame, count in counts.most_common(SHOWN)]
        parts.append("\n".join([f"{title}, of {everything} samples", *lines]))
    return "\n\n".join(parts) + "\n"
