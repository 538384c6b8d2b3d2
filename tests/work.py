"""Counting work instead of time: such figures are the same on a machine that does other things as well."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any


class Work:
    """What this thread has done, as Python tells while it does it."""

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        self.lines = 0
        """Lines gone through; that of a loop counts each time round. What C does at one go is one line."""
        self.calls = 0
        """Calls of the function."""
        self._code = getattr(function, "__code__", None)

    def trace(self, frame: FrameType, kind: str, argument: Any) -> Any:
        """What `sys.settrace` calls for every call and line."""
        if kind == "line":
            self.lines += 1
        elif kind == "call" and frame.f_code is self._code:
            self.calls += 1
        return self.trace


@contextlib.contextmanager
def counted(function: Callable[..., Any] | None = None) -> Iterator[Work]:
    """Count what is done within."""
    work, before = Work(function), sys.gettrace()
    sys.settrace(work.trace)
    try:
        yield work
    finally:
        sys.settrace(before)


@contextlib.contextmanager
def bounded(seconds: float = 30.0) -> Iterator[None]:
    """Give up on what would not end in hours: a bound for what takes a small part of it otherwise."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"It did not end within {seconds:.0f} s.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


async def longest_turn(act: Coroutine[Any, Any, Any], function: Callable[..., Any] | None = None) -> Work:
    """Do something, and tell what was done at most before others had the loop again."""
    longest, lines, calls = Work(), 0, 0
    with counted(function) as work:
        doing = asyncio.create_task(act)
        while not doing.done():
            await asyncio.sleep(0)
            longest.lines = max(longest.lines, work.lines - lines)
            longest.calls = max(longest.calls, work.calls - calls)
            lines, calls = work.lines, work.calls
    await doing
    return longest
